"""Why a case was decided as it was: its decisions, each proved again, as sentences for the applicant and tables for officers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine import dmn
from engine.casework import access, case_rows
from engine.dmn import Decision, Recorded, ShownTable
from engine.errors import NotFound
from engine.feel import render, to_plain
from engine.models.cases import cases
from engine.runtime import decisions, plans
from engine.runtime.decisions import Made
from engine.transaction import Transaction

MOST_CASES = 2000
"""Cases that one back-test looks at, the newest first."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One decision of a case. version: of the package; zh, en: sentences. is_proved: the record came out again, bit for bit."""

    name: str
    label: str
    label_en: str
    element_id: str
    at: datetime
    version: int
    is_proved: bool
    zh: tuple[str, ...]
    en: tuple[str, ...]
    tables: tuple[ShownTable, ...]
    value: object


@dataclass(frozen=True, slots=True)
class Replayed:
    """One recorded decision decided again."""

    made: Made
    is_proved: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """A case whose outcome another version would change, with the sentences of the new decision.

    differences: (label, before, after) of what differs; one with an empty label where the values are no contexts."""

    case_no: str
    before: object
    after: object
    differences: tuple[tuple[str, str, str], ...]
    zh: tuple[str, ...]
    en: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a version would have decided. looked_at: recorded decisions tried; changed: those with another outcome."""

    decision: str
    looked_at: int
    changed: tuple[Changed, ...]


Words = Callable[[str], str]


def of_case(
    tx: Transaction, case_no: str, *, source_zh: Words = str, source_en: Words = str, action: str = "case.view"
) -> tuple[Explained, ...]:
    """The decisions of a case, oldest first; of several passes the last one of each decision. source_zh, source_en: names of
    sources. Raises NotFound for those who may not see the case."""
    row = case_rows.allowed(tx, case_no, action)
    newest = {(made.element_id, made.name): made for made in decisions.of_root(tx, str(row["root_id"]))}
    found = (_explained(tx, made, row["facts"], source_zh, source_en) for made in newest.values())
    return tuple(each for each in found if each is not None)


def _explained(tx: Transaction, made: Made, facts: Mapping[str, object], source_zh: Words, source_en: Words) -> Explained | None:
    """The decision in words; None when its table is nowhere to be found any more, which is for operators and not for a page."""
    try:
        _, version, decision = decisions.source_of(tx, made)
    except NotFound:
        return None
    decided = dmn.explain(decision, made.data)
    return Explained(
        name=made.name,
        label=decision.label,
        label_en=decision.label_en,
        element_id=made.element_id,
        at=made.at,
        version=version,
        is_proved=dmn.replay(decision, made.data),
        zh=dmn.sentences(decided, facts, "zh", source_words=source_zh),
        en=dmn.sentences(decided, facts, "en", source_words=source_en),
        tables=dmn.tables(decided),
        value=to_plain(decided.value),
    )


def replay(tx: Transaction, case_no: str) -> tuple[Replayed, ...]:
    """Every decision of a case decided again on its recorded facts. Raises NotFound when there is no such case or table."""
    row = case_rows.allowed(tx, case_no, "case.view")
    return tuple(Replayed(made, decisions.is_proved(tx, made)) for made in decisions.of_root(tx, str(row["root_id"])))


def backtest(
    tx: Transaction, files: Mapping[str, bytes], *, item_code: str = "", decision: str = "", on: date | None = None
) -> tuple[Backtest, ...]:
    """The tables among the files tried on recorded cases: exactly whose outcome they would change, table by table.

    item_code: cases of this service only, else of all that ask a decision of that name. decision: only this one. on: as on this
    day; without it each case as on its own day, or the first day of the newest version where that is later.
    Raises NotFound when the files have no such decision, NotYours."""
    access.require(tx, "definition.view")
    known = {found.name: found for found in plans.decisions_of(files).values()}
    if decision:
        if decision not in known:
            raise NotFound(thing=("决策表", "the decision"), key=decision)
        known = {decision: known[decision]}
    recorded = _recorded(tx, item_code)
    return tuple(
        Backtest(name, len(mine), tuple(_changed(change, found) for change in dmn.backtest(found, mine, on=on)))
        for name, found in known.items()
        if (mine := [Recorded(case_no, made.data) for case_no, made in recorded if made.name == name]) or decision
    )


def _changed(change: dmn.Change, decision: Decision) -> Changed:
    zh, en = (dmn.sentences(change.decided, language=language) for language in ("zh", "en"))
    labels = {output.name: output.label for table in decision.tables for output in table.table.outputs}
    return Changed(change.case, change.before, change.after, tuple(_differences(change.before, change.after, labels)), zh, en)


def _differences(before: object, after: object, labels: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        yield "", render.text(before), render.text(after)
        return
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            yield labels.get(key) or key, render.text(before.get(key)), render.text(after.get(key))


def _recorded(tx: Transaction, item_code: str) -> list[tuple[str, Made]]:
    """The last decision of each name of every case, the newest cases first."""
    query = sa.select(cases.c.case_no, cases.c.root_id).where(cases.c.root_id.is_not(None))
    query = query.where(cases.c.item_code == item_code) if item_code else query
    rows = tx.connection.execute(query.order_by(cases.c.submitted_at.desc(), cases.c.case_no.desc()).limit(MOST_CASES)).all()
    numbers: dict[str, Any] = {row.root_id: row.case_no for row in rows}
    return [(numbers[made.root_id], made) for made in _last(decisions.of_roots(tx, list(numbers)))]


def _last(found: tuple[Made, ...]) -> Iterator[Made]:
    yield from {(made.root_id, made.element_id, made.name): made for made in found}.values()
