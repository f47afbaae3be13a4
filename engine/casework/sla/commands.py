"""Starting, stopping, pausing and extending the clocks of a case; explaining a date."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from engine.calendar import arithmetic
from engine.calendar import explain as explaining
from engine.calendar.explain import Step
from engine.calendar.limits import Mode, parse
from engine.calendar.office import Office
from engine.casework import offices
from engine.casework.sla import rows
from engine.casework.sla.clock import OFFICE_KINDS, ClockKind, SlaClock, Truth, project, spells
from engine.errors import Conflict, NotFound
from engine.models.base import new_id
from engine.models.clocks import sla_clocks
from engine.models.tasks import human_tasks
from engine.transaction import Engine, Transaction


class ClockStopped(Conflict):
    """Expected a running clock, but it was stopped at {at}."""

    zh = "时钟已于 {at} 停止，不能再操作。"


class ExtendedBefore(Conflict):
    """Expected a limit that was never extended, but it was extended by {extension}; the law allows one extension."""

    zh = "该时限已延长过 {extension}；依法只能延长一次。"


class ExtensionTooLate(Conflict):
    """Expected the extension before the limit ended at {due_at}, but it is asked for afterwards; the case is overdue."""

    zh = "时限已于 {due_at} 届满，逾期后不能再办理延期。"


def start(
    tx: Transaction,
    case_no: str,
    kind: ClockKind,
    limit: str,
    *,
    office: str,
    statutory_limit: str = "",
    mode: str = "day",
    stage: str = "",
    started_at: datetime | None = None,
) -> SlaClock:
    """Starts a clock at `started_at` (now). limit: `5WD`, or empty: no limit, shown as such and never as on time."""
    wanted = (kind, limit, statutory_limit)
    return start_many(tx, case_no, [wanted], office=office, mode=mode, stage=stage, started_at=started_at)[0]


def start_many(
    tx: Transaction,
    case_no: str,
    wanted: Iterable[tuple[ClockKind, str, str]],
    *,
    office: str,
    mode: str = "day",
    stage: str = "",
    started_at: datetime | None = None,
) -> tuple[SlaClock, ...]:
    """Starts several clocks in one statement: (kind, limit, statutory limit the red light counts from)."""
    begin = started_at or tx.now
    made = [_made(tx, case_no, kind, limit, statutory, office, mode, stage, begin) for kind, limit, statutory in wanted]
    if made:
        running = [*rows.running(tx, case_no), *made]
        tx.insert(sla_clocks, made)
        tx.remember(sla_clocks, case_no, running)
        rows.project_case(tx, case_no, running)
    return tuple(rows.view(tx, row) for row in made)


def _made(
    tx: Transaction,
    case_no: str,
    kind: ClockKind,
    limit: str,
    statutory: str,
    office: str,
    mode: str,
    stage: str,
    begin: datetime,
) -> dict[str, object]:
    row: dict[str, object] = {
        "id": new_id(),
        "case_no": case_no,
        "kind": kind,
        "stage": stage,
        "office": office,
        "limit": limit,
        "statutory_limit": statutory,
        "mode": mode,
        "started_at": begin,
        "stopped_at": None,
        "pauses": [],
        "extension": "",
        "extended_by": "",
        "extension_reason": "",
        "breached_at": None,
        "rung": 0,
    }
    place = offices.of(tx, office)
    seen = project(place, rows.truth(row), tx.now)
    return {**row, **rows.columns(place, seen, row, tx.now)}


def of_case(tx: Transaction, case_no: str) -> tuple[SlaClock, ...]:
    """All clocks of a case, oldest first, colours as of now."""
    named = sa.select(*sla_clocks.c, sa.func.coalesce(human_tasks.c.name, "").label("stage_name"))
    joined = named.outerjoin(human_tasks, human_tasks.c.id == sla_clocks.c.stage)
    query = joined.where(sla_clocks.c.case_no == case_no).order_by(sla_clocks.c.id)
    return tuple(rows.view(tx, row) for row in tx.rows(query))


def stop(tx: Transaction, case_no: str, *kinds: ClockKind, stage: str | None = None) -> tuple[SlaClock, ...]:
    """Stops the running clocks of these kinds (all when none is named), in one stage if given.

    A clock that was over keeps `breached_at`."""
    left: list[dict[str, object]] = []
    meant: list[dict[str, object]] = []
    for row in rows.running(tx, case_no):
        is_meant = (not kinds or row["kind"] in kinds) and (stage is None or row["stage"] == stage)
        (meant if is_meant else left).append(row)
    if not meant:
        return ()
    stopped = rows.store_all(tx, [(row, {"stopped_at": tx.now, "pauses": _closed(row, tx.now)}) for row in meant])
    tx.remember(sla_clocks, case_no, left)
    rows.project_case(tx, case_no, left)
    return tuple(rows.view(tx, row) for row in stopped)


def _closed(row: Mapping[str, object], now: datetime) -> list[dict[str, object]]:
    pauses = row["pauses"]
    assert isinstance(pauses, list | tuple)
    return [{**p, "end": p.get("end") or now.isoformat()} for p in pauses]


def pause(tx: Transaction, case_no: str, reason: str, *, declared: str = "") -> tuple[SlaClock, ...]:
    """Pauses the office's clocks of a case. declared: what the applicant was told; an overrun counts again.

    Source: 行政许可法 art. 45; DOMAIN 2.3."""
    opened = {"start": tx.now.isoformat(), "end": None, "declared": declared or None, "reason": reason}
    return _change_office_clocks(tx, case_no, lambda row: [*_pauses(row), opened])


def resume(tx: Transaction, case_no: str) -> tuple[SlaClock, ...]:
    """Ends the open pause of the office's clocks."""
    return _change_office_clocks(tx, case_no, lambda row: _closed(row, tx.now))


def _pauses(row: Mapping[str, object]) -> list[dict[str, object]]:
    pauses = row["pauses"]
    assert isinstance(pauses, list | tuple)
    return list(pauses)


def _change_office_clocks(
    tx: Transaction, case_no: str, change: Callable[[Mapping[str, object]], object]
) -> tuple[SlaClock, ...]:
    changed, all_running = [], []
    for row in rows.running(tx, case_no):
        is_meant = row["kind"] in OFFICE_KINDS
        all_running.append(rows.store(tx, row, pauses=change(row)) if is_meant else row)
        changed.extend(all_running[-1:] if is_meant else [])
    rows.project_case(tx, case_no, all_running)
    return tuple(rows.view(tx, row) for row in changed)


def extend(tx: Transaction, case_no: str, extension: str, *, approver: str, reason: str) -> tuple[SlaClock, ...]:
    """Extends committed and statutory limit once, before they end. Raises ExtendedBefore, ExtensionTooLate, ClockStopped.

    Source: 行政许可法 art. 42 (approved by the head, reasons told to the applicant); asking late is overdue (DOMAIN 2.3)."""
    parse(extension)
    meant = (ClockKind.COMMITTED, ClockKind.STATUTORY)
    running = rows.running(tx, case_no)
    clocks = [row for row in running if row["kind"] in meant]
    if not clocks:
        raise ClockStopped(at=tx.now)
    for row in clocks:
        _check_extendable(tx, row)
    changes = {"extension": extension, "extended_by": approver, "extension_reason": reason}
    extended = [rows.store(tx, row, **changes) for row in clocks]
    rows.project_case(tx, case_no, [*extended, *(r for r in running if r["kind"] not in meant)])
    return tuple(rows.view(tx, row) for row in extended)


def _check_extendable(tx: Transaction, row: Mapping[str, object]) -> None:
    if row["extension"]:
        raise ExtendedBefore(extension=row["extension"])
    due_at = project(offices.of(tx, str(row["office"])), rows.truth(row), tx.now).due_at
    if due_at is not None and tx.now > due_at:
        raise ExtensionTooLate(due_at=due_at.isoformat())


def explain(tx: Transaction, clock_id: str) -> tuple[Step, ...]:
    """How the date was computed, day by day; each Step has first, last, zh, en; () without a limit. Raises NotFound."""
    row = tx.row(sa.select(sla_clocks).where(sla_clocks.c.id == clock_id))
    if row is None:
        raise NotFound(thing=("时钟", "the clock"), key=clock_id)
    return _explained(offices.of(tx, str(row["office"])), rows.truth(row), tx.now)


def steps_of(engine: Engine, clock: SlaClock, now: datetime) -> tuple[Step, ...]:
    """The same for a clock that was read before."""
    names = Truth.__dataclass_fields__
    place = offices.last_seen(engine, clock.office)
    return _explained(place, Truth(**{name: getattr(clock, name) for name in names}), now)


def _explained(office: Office, known: Truth, now: datetime) -> tuple[Step, ...]:
    if not known.limit:
        return ()
    return explaining.steps(
        office,
        known.started_at,
        parse(known.limit),
        mode=Mode(known.mode),
        pauses=spells(known),
        extension=parse(known.extension) if known.extension else None,
        now=known.stopped_at or now,
    )


def preview(tx: Transaction, office: str, limit: str, *, start_at: datetime, extension: str = "") -> Sequence[datetime]:
    """(due,) or (due, due with the extension), for a page that shows what a date would be."""
    place = offices.of(tx, office)
    plain = arithmetic.due(place, start_at, parse(limit)).at
    if not extension:
        return (plain,)
    return (plain, arithmetic.due(place, start_at, parse(limit), extension=parse(extension)).at)
