"""秒报秒批 of each service: how many fields were prefilled, how many cases were decided automatically or handed over, and why."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from engine.casework import access, boards, cases
from engine.models.cases import cases as case_table
from engine.models.catalogue import service_items
from engine.transaction import Transaction

_LATEST = 200
"""Cases whose reasons and seconds are looked at for each service."""


@dataclass(frozen=True, slots=True)
class Instant:
    """One service. fields, prefilled: of all its applications. automatic, handed_over: cases. reasons: why people had to look,
    the commonest first. p95_seconds: from submission to an automatic decision, of the latest ones; None before the first."""

    code: str
    name: Mapping[str, str]
    submitted: int
    fields: int
    prefilled: int
    automatic: int
    handed_over: int
    reasons: tuple[tuple[str, int], ...]
    p95_seconds: float | None

    @property
    def prefilled_percent(self) -> int | None:
        """Share of the fields nobody had to fill in."""
        return round(100 * self.prefilled / self.fields) if self.fields else None

    @property
    def automatic_percent(self) -> int | None:
        """Share of the finished decisions that no person made."""
        return round(100 * self.automatic / (self.automatic + self.handed_over)) if self.automatic + self.handed_over else None


def services(tx: Transaction) -> tuple[Instant, ...]:
    """The services of the actor's office (of the whole city for its bureau) that somebody applied for, busiest first."""
    access.require(tx, "board.view")
    totals: dict[str, Counter[str]] = {}
    for (_, code), measures in boards.counted(tx).items():
        into = totals.setdefault(code, Counter())
        for measure, n in measures.items():
            into[measure.partition(":")[0] if measure[:10] == "automatic:" else measure] += n
    names = _names(tx, [code for code, total in totals.items() if total["submitted"]])
    found = [_service(tx, code, names[code], totals[code]) for code in names]
    return tuple(sorted(found, key=lambda service: (-service.submitted, service.code)))


def _names(tx: Transaction, codes: list[str]) -> dict[str, Mapping[str, str]]:
    query = sa.select(service_items.c.code, service_items.c.name_zh, service_items.c.name_en).where(
        service_items.c.code.in_(codes)
    )
    return {row["code"]: {"zh": row["name_zh"], "en": row["name_en"]} for row in tx.rows(query)}


def _service(tx: Transaction, code: str, name: Mapping[str, str], total: Counter[str]) -> Instant:
    counts = (total["submitted"], total["fields"], total["fields_prefilled"], total["automatic"], total["handed_over"])
    return Instant(code, name, *counts, _reasons(tx, code), _p95(tx, code))


def _latest(tx: Transaction, code: str, *conditions: sa.ColumnElement[bool]) -> sa.Select[tuple[object, ...]]:
    mine = (case_table.c.item_code == code, *conditions, *cases.visible_to(tx))
    return sa.select(case_table).where(*mine).order_by(case_table.c.case_no.desc()).limit(_LATEST)


def _reasons(tx: Transaction, code: str) -> tuple[tuple[str, int], ...]:
    rows = tx.rows(_latest(tx, code))
    return tuple(Counter(str(reason) for row in rows for reason in row["hand_over_reasons"]).most_common(3))


def _p95(tx: Transaction, code: str) -> float | None:
    rows = tx.rows(_latest(tx, code, case_table.c.decided_at.is_not(None), case_table.c.handled_by.is_(None)))
    seconds = sorted((row["decided_at"] - row["submitted_at"]).total_seconds() for row in rows)
    return round(seconds[int(len(seconds) * 0.95)], 1) if seconds else None
