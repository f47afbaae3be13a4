"""Lights that change by themselves, and what a changed calendar does to all open clocks.

A sweep locks the cases it works on and skips those somebody else holds, so that any number of workers may sweep at once; a
killed worker's locks end with its connection. Everything a change of light causes is written in that one transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.calendar.colours import Colour
from engine.casework import audit, cards, catalogue, manifest, offices
from engine.casework.sla import rows
from engine.casework.sla.clock import project
from engine.models.cases import cases
from engine.models.clocks import sla_clocks
from engine.models.instances import instances
from engine.ports import WorkingCalendar
from engine.transaction import Engine, Transaction

_LIT = (Colour.WARNING, Colour.YELLOW, Colour.RED)


def sweep(engine: Engine, limit: int = 200) -> int:
    """Takes cases with clocks whose light changes now, stores colour and next change, writes card, notice and history.

    limit: clocks looked at in this one transaction. Returns how many clocks were brought up to date; 0 = nothing was due."""
    with engine.begin(SYSTEM) as tx:
        found = _due_cases(tx, limit)
        return sum(_bring_up_to_date(tx, case_no, root_id) for case_no, root_id in found.items())


def _due_cases(tx: Transaction, limit: int) -> dict[str, str]:
    query = (
        sa.select(cases.c.case_no, cases.c.root_id)
        .join(sla_clocks, cases.c.case_no == sla_clocks.c.case_no)
        .join(instances, instances.c.id == cases.c.root_id)
        .where(sla_clocks.c.next_change_at < tx.now, sla_clocks.c.stopped_at.is_(None))
        .order_by(sla_clocks.c.next_change_at)
        .limit(limit)
        .with_for_update(of=instances, skip_locked=True)
    )
    return {row.case_no: row.root_id for row in tx.connection.execute(query)}


def _bring_up_to_date(tx: Transaction, case_no: str, root_id: str) -> int:
    """Reads the clocks again under the lock: whoever held it before may have stopped or paused them."""
    count, running = 0, []
    for before in rows.running(tx, case_no):
        change_at = before["next_change_at"]
        if not isinstance(change_at, datetime) or change_at >= tx.now:
            running.append(before)
            continue
        after = rows.store(tx, before)
        if after["colour"] != before["colour"]:
            _lit(tx, case_no, root_id, before, after)
        running.append(after)
        count += 1
    rows.project_case(tx, case_no, running)
    return count


def _lit(tx: Transaction, case_no: str, root_id: str, before: Mapping[str, object], after: Mapping[str, object]) -> None:
    if after["colour"] in _LIT:
        cards.issue(tx, case_no, after, held=_held_levels(tx, case_no))
    audit.write(tx, root_id, "sla.light_changed", {"clock": after["kind"], "from": before["colour"], "to": after["colour"]})


def _held_levels(tx: Transaction, case_no: str) -> tuple[str, ...]:
    """The levels whose cards wait for confirmation, as the item says."""
    deployment_id = tx.value(sa.select(cases.c.deployment_id).where(cases.c.case_no == case_no))
    return manifest.texts(manifest.table(catalogue.manifest_of(tx, str(deployment_id)), "supervision").get("hold"))


def recompute_all(engine: Engine, calendar: WorkingCalendar | None = None, *, batch: int = 1000) -> int:
    """Projects all open clocks anew after the calendar changed, in small transactions; returns how many changed.

    calendar: the new one, which becomes the engine's; None: the engine's offices have already been given theirs. A clock that
    was already yellow or red keeps its breach and its card: the correction is a person's (DOMAIN 2.3)."""
    if calendar is not None:
        engine.calendar = calendar
    changed, after = 0, ""
    while True:
        with engine.begin(SYSTEM) as tx:
            read = open_after(tx, after, batch)
            changed += recompute_batch(tx, read)
        if len(read) < batch:
            return changed
        after = str(read[-1]["id"])


def open_after(tx: Transaction, after: str, batch: int) -> list[dict[str, object]]:
    """The next open clocks by id, read under the locks of their cases' root instances."""
    is_next = sa.and_(sla_clocks.c.id > after, sla_clocks.c.stopped_at.is_(None), sla_clocks.c.limit != "")
    ids = tx.connection.execute(sa.select(sla_clocks.c.id).where(is_next).order_by(sla_clocks.c.id).limit(batch)).scalars().all()
    if not ids:
        return []
    owners = sa.select(cases.c.root_id).join(sla_clocks, cases.c.case_no == sla_clocks.c.case_no).where(sla_clocks.c.id.in_(ids))
    lock = sa.select(instances.c.id).where(instances.c.id.in_(owners)).order_by(instances.c.id).with_for_update()
    tx.connection.execute(lock).all()
    again = sa.select(sla_clocks).where(sla_clocks.c.id.in_(ids)).order_by(sla_clocks.c.id)
    return tx.rows(again)


def recompute_batch(tx: Transaction, read: Iterable[dict[str, object]]) -> int:
    """Projects these clocks anew; returns how many changed. A breached one keeps its record, its cards say what would differ."""
    updates: list[dict[str, object]] = []
    moved: set[str] = set()
    for row in read:
        if row["stopped_at"] is not None:
            continue
        office = offices.of(tx, str(row["office"]))
        projected = project(office, rows.truth(row), tx.now)
        if rows.is_held(projected, row):
            cards.recheck(tx, row, projected.due_at, projected.calendar_version)
        seen = rows.columns(office, projected, row, tx.now)
        if any(row[name] != value for name, value in seen.items()):
            updates.append({"clock_id": row["id"], **seen})
        if seen["due_at"] != row["due_at"] or seen["colour"] != row["colour"]:
            moved.add(str(row["case_no"]))
    if updates:
        names = [name for name in updates[0] if name != "clock_id"]
        values: dict[str, sa.BindParameter[object]] = {name: sa.bindparam(name) for name in names}
        tx.connection.execute(sla_clocks.update().where(sla_clocks.c.id == sa.bindparam("clock_id")).values(values), updates)
    if moved:
        rows.project_cases(tx, sorted(moved))
    return len(updates)
