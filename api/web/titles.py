"""The names of packages and processes in the reader's language."""

from typing import cast

from flask import g

from api import current
from api.web.words import of
from engine.casework import titles


def package_name(deployment_id: str, key: str = "") -> str:
    """What a version's package is called; key: the last resort."""
    return of(_known().packages.get(deployment_id, {})) or key or deployment_id


def process_name(process_id: str | None) -> str:
    """What a process is called; its id where nothing is deployed under it any more."""
    return of(_known().processes.get(process_id or "", {})) or process_id or ""


def _known() -> titles.Titles:
    """Read once for a page."""
    if "titles" not in g:
        with current.engine().read(current.visitor()) as tx:
            g.titles = titles.read(tx)
    return cast("titles.Titles", g.titles)
