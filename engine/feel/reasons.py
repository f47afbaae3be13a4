"""Why a value became null: kept while someone asks for an explanation, and free of cost otherwise."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

Value = TypeVar("Value")
"""Whatever the caller would have given had it not been null."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One cause of a null. code: constant such as `feel.type`; en, zh: full sentences."""

    code: str
    en: str
    zh: str

    def sentence(self, language: str = "zh") -> str:
        """The sentence in `zh` or `en`."""
        return self.zh if language.startswith("zh") else self.en


class _Kept(threading.local):
    """The list that collects in this thread, if any."""

    reasons: list[Reason] | None = None


_kept = _Kept()
_MOST = 50


def null(code: str, en: str, zh: str) -> Value | None:
    """Null, with its reason kept when someone collects."""
    kept = _kept.reasons
    if kept is not None and len(kept) < _MOST:
        kept.append(Reason(code, en, zh))
    return None


@contextmanager
def collect() -> Iterator[list[Reason]]:
    """Collects the reasons given in this thread until left."""
    before, _kept.reasons = _kept.reasons, []
    try:
        yield _kept.reasons
    finally:
        _kept.reasons = before
