"""Decisions of a case for pages, with the sources' names in words."""

from api.web.words import SOURCES
from engine.casework import decided
from engine.casework.decided import Explained
from engine.transaction import Transaction


def of_case(tx: Transaction, case_no: str, *, action: str = "case.view") -> tuple[Explained, ...]:
    """Every decision that tables made in a case, explained. Raises NotFound for those who may not see the case."""
    return decided.of_case(tx, case_no, source_zh=_zh, source_en=_en, action=action)


def _zh(source: str) -> str:
    return SOURCES.get(source, (source, source))[0]


def _en(source: str) -> str:
    return SOURCES.get(source, (source, source))[1]
