"""Case rows: found, locked, moved to another state, turned into a Case for people."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine.actors import ActorKind
from engine.casework import access, agency, audit, kept, kinship
from engine.casework.states import TERMINAL, WORDS, CaseState, check
from engine.casework.view import Case
from engine.errors import NotFound
from engine.models.cases import cases
from engine.models.instances import instances
from engine.models.tasks import human_tasks, task_candidates
from engine.transaction import Transaction

Row = kept.Row


def find(tx: Transaction, case_no: str) -> Row | None:
    """The row without a lock."""
    return kept.case(tx, case_no)


def locked(tx: Transaction, case_no: str) -> Row:
    """The row, locked until the transaction ends. Raises NotFound.

    The lock is the root instance's row, as in every step: one mutex for a case, so that nobody waits in a circle."""
    joined = cases.join(instances, instances.c.id == cases.c.root_id)
    query = sa.select(cases).select_from(joined).where(cases.c.case_no == case_no).with_for_update(of=instances)
    row = tx.row(query)
    if row is None:
        raise NotFound(thing=("办件", "the case"), key=case_no)
    return dict(row)


def about(row: Mapping[str, Any]) -> access.About:
    """What access needs to know of a case."""
    owners = {row["account_id"], row["applicant_no"]} - {None, ""}
    return access.About(office=row["office"], owners=frozenset(owners))


def allowed(tx: Transaction, case_no: str, action: str, *, lock: bool = False) -> Row:
    """The row, if the actor may do `action` with it. Raises NotFound otherwise: nobody learns that a case exists."""
    row = locked(tx, case_no) if lock else find(tx, case_no)
    if row is None or not may(tx, row, action):
        raise NotFound(thing=("办件", "the case"), key=case_no)
    return row


def may(tx: Transaction, row: Mapping[str, Any], action: str) -> bool:
    """Whether the actor may do `action` with a case: by office, as its owner or their agent, or as who took it in or works on it.

    An agent's transaction says for whom they act, as a deputy's does."""
    known = about(row)
    if access.may(tx, action, known):
        return True
    if agency.is_agent(tx, row):
        tx.actor = replace(tx.actor, on_behalf_of=row["account_id"])
        return access.may(tx, action, replace(known, owners=known.owners | {tx.actor.id}))
    is_handled = row.get("intake_by") == tx.actor.id or _is_handled(tx, row["root_id"])
    return access.may(tx, action, replace(known, is_handled=is_handled))


def _is_handled(tx: Transaction, root_id: str | None) -> bool:
    """Whether the actor has, had or may take a task of this root."""
    if tx.actor.kind is not ActorKind.OFFICER or root_id is None:
        return False
    mine = sa.or_(human_tasks.c.assignee == tx.actor.id, human_tasks.c.completed_by == tx.actor.id)
    waits = sa.and_(task_candidates.c.is_waiting, task_candidates.c.kind == "group", task_candidates.c.key.in_(tx.actor.groups))
    offered = sa.exists().where(task_candidates.c.task_id == human_tasks.c.id, waits)
    query = sa.select(human_tasks.c.id).where(human_tasks.c.root_id == root_id, sa.or_(mine, offered))
    return tx.value(query.limit(1)) is not None


def change(tx: Transaction, row: Row, **changes: Any) -> Row:
    """Stores changes of a locked row and returns it as it is now."""
    return kept.store(tx, row, **changes, version=row["version"] + 1)


def move(tx: Transaction, row: Row, wanted: CaseState, kind: str, data: Mapping[str, object], **changes: Any) -> Row:
    """Moves a locked case to another state and writes history `kind`. Raises IllegalMove (DOMAIN 2.2)."""
    check(row["case_no"], CaseState(row["state"]), wanted)
    ended = {"is_open": False, "closed_at": tx.now} if wanted in TERMINAL else {}
    changed = change(tx, row, state=wanted, **ended, **changes)
    audit.write(tx, row["root_id"], kind, {"from": row["state"], "to": wanted, **data})
    kinship.tell(tx, row, changed)
    return changed


def note(tx: Transaction, row: Row, kind: str, data: Mapping[str, object]) -> None:
    """Writes a line of history that changes no state."""
    audit.write(tx, row["root_id"], kind, data)


def words(row: Mapping[str, Any]) -> tuple[str, str]:
    """The state's name (zh, en)."""
    known = WORDS[CaseState(row["state"])]
    return known.zh, known.en


def _is_owing(row: Mapping[str, Any]) -> bool:
    """Whether papers promised at a conditional acceptance (容缺) may still come."""
    ended = TERMINAL - {CaseState.CLOSED}
    promise = row["promise"]
    return bool(promise) and not promise["met_at"] and row["state"] not in ended and row["outcome"] != "refuse"


def shown(row: Mapping[str, Any]) -> Case:
    """The case for people; the identity number is masked."""
    return Case(
        case_no=row["case_no"],
        item_code=row["item_code"],
        item_name={"zh": row["item_zh"], "en": row["item_en"]},
        office=row["office"],
        deployment_id=row["deployment_id"],
        root_id=row["root_id"] or "",
        state=CaseState(row["state"]),
        stage=row["stage"],
        applicant_id=row["account_id"],
        applicant_name=row["applicant_name"],
        applicant_no=access.mask(row["applicant_no"]),
        applicant_kind=row["applicant_kind"],
        agent_name=row["agent_name"],
        submitted_at=row["submitted_at"],
        accepted_at=row["accepted_at"],
        decided_at=row["decided_at"],
        delivered_at=row["delivered_at"],
        closed_at=row["closed_at"],
        due_at=row["due_at"],
        promised_at=row["promised_at"],
        statutory_at=row["statutory_at"],
        light=row["light"],
        outcome=row["outcome"],
        result=row["result"],
        is_automatic=row["handled_by"] is None,
        is_extended=row["is_extended"],
        is_supervised=row["is_supervised"],
        is_on_commitment=row["is_on_commitment"],
        hand_over_reasons=tuple(map(str, row["hand_over_reasons"])),
        version=row["version"],
        is_owing=_is_owing(row),
    )
