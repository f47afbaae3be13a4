"""Climbing the ladder: each rung once, in working hours, written down with whom it reached; a dry run names them first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.casework import access, audit, case_rows, notices, offices, people
from engine.casework.sla import ladder, rows
from engine.casework.sla.ladder import LADDER, Rung
from engine.models.base import new_id
from engine.models.cases import cases
from engine.models.clocks import escalations, sla_clocks
from engine.models.identity import accounts
from engine.models.instances import instances
from engine.models.tasks import human_tasks
from engine.transaction import Engine, Transaction


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of one clock: when it is due or was climbed, and whom it reaches: addresses, and names of the people behind."""

    clock_kind: str
    rung: int
    name: str
    zh: str
    en: str
    at: datetime | None
    reached: tuple[str, ...]
    names: tuple[str, ...]
    is_done: bool


def sweep(engine: Engine, limit: int = 50) -> int:
    """Climbs the rungs that are due; returns how many clocks were looked at. For the worker; any number may sweep at once."""
    with engine.begin(SYSTEM) as tx:
        due = sa.select(sla_clocks.c.id, cases.c.root_id).join(cases, cases.c.case_no == sla_clocks.c.case_no)
        due = due.join(instances, instances.c.id == cases.c.root_id).where(
            sla_clocks.c.escalate_at <= tx.now, sla_clocks.c.stopped_at.is_(None)
        )
        found = tx.rows(due.order_by(sla_clocks.c.escalate_at).limit(limit).with_for_update(of=instances, skip_locked=True))
        for row in found:
            _climb(tx, row["id"], row["root_id"])
        return len(found)


def _climb(tx: Transaction, clock_id: str, root_id: str) -> None:
    clock = tx.row(sa.select(sla_clocks).where(sla_clocks.c.id == clock_id))
    if clock is None or clock["stopped_at"] is not None or clock["escalate_at"] is None or clock["escalate_at"] > tx.now:
        return
    rung, number = LADDER[clock["rung"]], clock["rung"]
    reached = _reach(tx, clock, rung)
    case_no = clock["case_no"]
    for to in reached:
        key = f"escalation:{clock_id}:{number}:{to}"
        notices.write(tx, to, f"escalation.{rung.name}", {"case_no": case_no}, case_no=case_no, key=key)
    values = {"id": new_id(), "case_no": case_no, "clock_id": clock_id, "rung": number, "name": rung.name}
    tx.connection.execute(escalations.insert().values(**values, reached=list(reached), at=tx.now))
    audit.write(tx, root_id, "sla.escalated", {"rung": rung.name, "zh": rung.zh, "en": rung.en, "to": list(reached)})
    rows.store(tx, clock, rung=number + 1)


def _reach(tx: Transaction, clock: Mapping[str, Any], rung: Rung) -> tuple[str, ...]:
    """The addresses of a rung: who holds the case's tasks, their groups, the office's head, the city's bureau."""
    if rung.name == "holder":
        return notices.holders(tx, clock["case_no"])
    if rung.name == "colleagues":
        return _groups(tx, clock["case_no"])
    return (notices.role("supervisor", clock["office"] if rung.name == "head" else access.CITY_OFFICE),)


def _groups(tx: Transaction, case_no: str) -> tuple[str, ...]:
    query = sa.select(human_tasks.c.candidate_groups).where(human_tasks.c.business_key == case_no, human_tasks.c.state == "open")
    found = [group for groups in tx.connection.execute(query).scalars() for group in groups or () if group != "applicant"]
    return tuple(notices.group(name) for name in dict.fromkeys(found))


def dry_run(tx: Transaction, case_no: str) -> tuple[Step, ...]:
    """Every rung of a case's running clocks: when it is due and whom it would reach now, by name. Raises NotFound."""
    case_rows.allowed(tx, case_no, "case.view")
    done = {
        (row["clock_id"], row["rung"]): row for row in tx.rows(sa.select(escalations).where(escalations.c.case_no == case_no))
    }
    return tuple(
        _step(tx, clock, number, rung, done.get((clock["id"], number)))
        for clock in rows.running(tx, case_no)
        if clock["kind"] in ladder.CLIMBING and clock["limit"]
        for number, rung in enumerate(LADDER)
    )


def _step(tx: Transaction, clock: Mapping[str, Any], number: int, rung: Rung, past: Mapping[str, Any] | None) -> Step:
    reached = tuple(past["reached"]) if past else _reach(tx, clock, rung)
    at = past["at"] if past else ladder.moment(offices.of(tx, clock["office"]), rung, clock)
    names = names_of(tx, reached)
    return Step(clock["kind"], number, rung.name, rung.zh, rung.en, at, reached, names, past is not None)


def names_of(tx: Transaction, addresses: Sequence[str]) -> tuple[str, ...]:
    """The names of the people behind addresses, each once; an address nobody answers is named itself."""
    found: list[str] = []
    officers = tx.rows(sa.select(accounts).where(accounts.c.kind == "officer", accounts.c.is_active.is_(True)))
    for address in addresses:
        behind = [row["name"] for row in officers if _answers(row, address)]
        found.extend(behind or [people.name(tx, address)])
    return tuple(dict.fromkeys(found))


def _answers(row: Mapping[str, Any], address: str) -> bool:
    if address.startswith("role:"):
        role, _, office = address.removeprefix("role:").partition("@")
        return role in row["roles"] and row["office"] == office
    if address.startswith("group:"):
        return address.removeprefix("group:") in row["groups"]
    return bool(row["id"] == address)
