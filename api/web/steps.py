"""The names of steps in the reader's language."""

from collections.abc import Mapping
from typing import cast

from flask import g

from api import current
from engine.runtime import names


def step_name(stage: str | None) -> str:
    """The step a task or a case stands at, in the reader's language; asks the database once for a page in English, else never."""
    if not stage or current.language() != "en":
        return stage or ""
    return names.translated(stage, _known())


def _known() -> Mapping[str, str]:
    if "step_names" not in g:
        with current.engine().read(current.visitor()) as tx:
            g.step_names = names.english(tx)
    return cast("Mapping[str, str]", g.step_names)
