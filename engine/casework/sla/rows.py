"""Clock rows in and out of the database, and the case's own light that follows from them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine import statements
from engine.calendar import arithmetic, colours
from engine.calendar.colours import Colour, Thresholds
from engine.calendar.limits import Mode, parse
from engine.calendar.office import Office
from engine.casework import counting, kept, offices, urgency
from engine.casework.sla import ladder
from engine.casework.sla.clock import ClockKind, Projection, SlaClock, Truth, breach, is_paused, project
from engine.models.cases import cases
from engine.models.clocks import sla_clocks
from engine.models.tasks import human_tasks, task_candidates
from engine.transaction import Transaction

_PROJECTED = tuple(field.name for field in fields(Projection))
_WORST = (Colour.RED, Colour.YELLOW, Colour.WARNING, Colour.PAUSED, Colour.GREEN, Colour.NO_LIMIT)
_MAIN = (ClockKind.ISSUING, ClockKind.COMMITTED, ClockKind.PRE_ACCEPTANCE, ClockKind.SUPPLEMENT)


def truth(row: Mapping[str, object]) -> Truth:
    """The truth of a stored clock."""
    known = {name: row[name] for name in ("limit", "statutory_limit", "mode", "started_at", "stopped_at", "extension")}
    pauses = row["pauses"]
    assert isinstance(pauses, list | tuple)
    return Truth(kind=ClockKind(str(row["kind"])), pauses=tuple(pauses), **known)  # type: ignore[arg-type]  # columns are typed by the table


def columns(office: Office, projection: Projection, row: Mapping[str, object], now: datetime) -> dict[str, object]:
    """What to store: the projection, the first breach, and when the next rung of the ladder is due.

    A breached record keeps the dates it was breached by when the calendar changes: only a person takes that back (DOMAIN 2.3)."""
    values: dict[str, object] = {name: getattr(projection, name) for name in _PROJECTED}
    if is_held(projection, row):
        values.update(_as_it_was(projection, row, now))
    values["breached_at"] = row.get("breached_at") or breach(projection, now)
    rung = row.get("rung") or 0
    assert isinstance(rung, int)
    values["escalate_at"] = ladder.next_due(office, ClockKind(str(row["kind"])), projection, values, rung)
    return values


def is_held(projection: Projection, row: Mapping[str, object]) -> bool:
    """Whether a stored breach stands against a calendar that says something else."""
    return bool(row.get("breached_at")) and row.get("calendar_version") != projection.calendar_version


def _as_it_was(projection: Projection, row: Mapping[str, object], now: datetime) -> dict[str, object]:
    kept = {name: row[name] for name in ("due_at", "warning_at", "yellow_at", "red_at", "calendar_version", "is_provisional")}
    if projection.colour == Colour.STOPPED:
        return kept
    lights = Thresholds(row["warning_at"], row["yellow_at"], row["red_at"])  # type: ignore[arg-type]  # columns are typed by the table
    return {**kept, "colour": colours.colour(lights, now), "next_change_at": lights.after(now)}


def running(tx: Transaction, case_no: str) -> list[dict[str, object]]:
    """The running clocks of a case, oldest first."""
    return [dict(row) for row in tx.once(sla_clocks, case_no, lambda: _running(tx, case_no))]


def _running(tx: Transaction, case_no: str) -> list[dict[str, object]]:
    return [row for row in tx.find_all(sla_clocks, order=("id",), case_no=case_no) if row["stopped_at"] is None]


def store(tx: Transaction, row: dict[str, object], **changes: object) -> dict[str, object]:
    """Changes the truth of one clock, projects it anew and stores both."""
    return store_all(tx, [(row, changes)])[0]


def store_all(tx: Transaction, changed: Sequence[tuple[dict[str, object], Mapping[str, object]]]) -> list[dict[str, object]]:
    """The same for several clocks, each with the same truths changed, in one statement."""
    values = [{**changes, **_projected(tx, {**row, **changes})} for row, changes in changed]
    if values:
        keyed = [{"_id": row["id"], **new} for (row, _), new in zip(changed, values, strict=True)]
        tx.connection.execute(statements.update(sla_clocks, ("id",)), keyed)
    return [{**row, **new} for (row, _), new in zip(changed, values, strict=True)]


def _projected(tx: Transaction, row: Mapping[str, object]) -> dict[str, object]:
    office = offices.of(tx, str(row["office"]))
    return columns(office, project(office, truth(row), tx.now), row, tx.now)


def view(tx: Transaction, row: Mapping[str, object]) -> SlaClock:
    """A clock for people, its colour as of this transaction's now."""
    known = truth(row)
    office = offices.of(tx, str(row["office"]))
    seen = project(office, known, tx.now)
    limit = parse(known.limit) if known.limit else None
    due_at = row["due_at"] if is_held(seen, row) else seen.due_at
    left = None
    if limit is not None and isinstance(due_at, datetime):
        as_of = known.stopped_at or tx.now
        left = arithmetic.remaining(office, as_of, due_at, limit.unit, mode=Mode(known.mode))
    values = {**row, **columns(office, seen, row, tx.now)}
    names = SlaClock.__dataclass_fields__
    kept = {name: value for name, value in values.items() if name in names}
    kept.update(
        kind=known.kind, pauses=known.pauses, remaining=left, unit=limit.unit if limit else "", is_paused=is_paused(known)
    )
    return SlaClock(**kept)  # type: ignore[arg-type]  # columns are typed by the table


def project_case(tx: Transaction, case_no: str, clocks: Iterable[Mapping[str, object]] | None = None) -> str:
    """Writes the case's light, dates and the urgency of its open tasks from its running clocks; returns the light.

    clocks: the running ones, if the caller has just read them."""
    rows = list(clocks) if clocks is not None else list(running(tx, case_no))
    case = kept.case(tx, case_no)
    assert case is not None
    light = _light(rows) if case["is_open"] else Colour.STOPPED
    main = _main(rows)
    due_at: Any = main["due_at"] if main else None
    values: dict[str, object] = {"light": light, "due_at": due_at}
    values.update(_promises(rows))
    changed = kept.store(tx, case, **values) if any(case[name] != value for name, value in values.items()) else case
    if due_at != case["due_at"] or (light != case["light"] and case["stage"]):
        urgency.set_for(tx, human_tasks.c.business_key == case_no, changed)
    counting.light(tx, case["office"], case["item_code"], case["light"], light)
    return light


def project_cases(tx: Transaction, case_nos: Sequence[str]) -> None:
    """The same for many cases at once, in a handful of statements whatever their number: a calendar's recomputation.

    The caller holds the cases' roots."""
    clocks: dict[str, list[Mapping[str, object]]] = {case_no: [] for case_no in case_nos}
    is_running = sa.and_(sla_clocks.c.case_no.in_(case_nos), sla_clocks.c.stopped_at.is_(None))
    for row in tx.rows(sa.select(sla_clocks).where(is_running).order_by(sla_clocks.c.id)):
        clocks[row["case_no"]].append(row)
    columns = [cases.c[name] for name in ("case_no", "office", "item_code", "is_open", *_ON_CASE)]
    before = tx.rows(sa.select(*columns).where(cases.c.case_no.in_(case_nos)))
    after = [{**case, **_case_values(case, clocks[case["case_no"]])} for case in before]
    changed = [new for new, old in zip(after, before, strict=True) if new != old]
    if changed:
        _store_all(tx, changed)
    moves = Counter((o["office"], o["item_code"], o["light"], n["light"]) for n, o in zip(after, before, strict=True))
    for (office, item_code, was, now), number in moves.items():
        if was != now:
            counting.add(tx, office, item_code, [(f"light:{was}", -number), (f"light:{now}", number)])


_ON_CASE = ("light", "due_at", "promised_at", "statutory_at")


def _case_values(case: Mapping[str, object], clocks: list[Mapping[str, object]]) -> dict[str, object]:
    main = _main(clocks)
    light = _light(clocks) if case["is_open"] else Colour.STOPPED
    return {"light": light, "due_at": main["due_at"] if main else None, **_promises(clocks)}


def _store_all(tx: Transaction, changed: list[dict[str, Any]]) -> None:
    """Cases, their open tasks and the candidates' rows of these, each by one statement for all."""
    given = [{f"_{name}": row[name] for name in ("case_no", *_ON_CASE)} for row in changed]
    stored = {name: sa.bindparam(f"_{name}", type_=cases.c[name].type) for name in _ON_CASE}
    case_no = sa.bindparam("_case_no", type_=sa.Text)
    tx.connection.execute(cases.update().where(cases.c.case_no == case_no).values(stored), given)
    urgent = [{**row, "_due_at": urgency.of(row["_due_at"])} for row in given]
    shown = {"sort_due_at": sa.bindparam("_due_at", type_=human_tasks.c.sort_due_at.type), "light": stored["light"]}
    is_open = sa.and_(human_tasks.c.business_key == case_no, human_tasks.c.state == "open")
    tx.connection.execute(human_tasks.update().where(is_open).values(shown), urgent)
    theirs = task_candidates.c.task_id.in_(sa.select(human_tasks.c.id).where(is_open))
    tx.connection.execute(task_candidates.update().where(theirs).values(shown), urgent)


def _light(rows: Iterable[Mapping[str, object]]) -> str:
    shown = {row["colour"] for row in rows if row["kind"] != ClockKind.SUPPLEMENT}
    if not shown and any(True for _ in rows):
        return Colour.PAUSED  # only the applicant's own clock runs: the office waits
    return next((c for c in _WORST if c in shown), Colour.NO_LIMIT)


def _main(rows: Iterable[Mapping[str, object]]) -> Mapping[str, object] | None:
    by_kind = {row["kind"]: row for row in rows}
    return next((by_kind[kind] for kind in _MAIN if kind in by_kind), None)


def _promises(rows: Iterable[Mapping[str, object]]) -> dict[str, object]:
    names = {ClockKind.COMMITTED: "promised_at", ClockKind.STATUTORY: "statutory_at"}
    return {names[ClockKind(str(r["kind"]))]: r["due_at"] for r in rows if r["kind"] in names}
