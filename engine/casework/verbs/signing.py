"""加签 / 减签: signers before or after oneself, or one more beside the others of a countersigned task.

Who: whoever holds the task (a supervisor of the office too). `before`: the task goes to each signer in turn and comes back.
`after`: what the holder submits waits until each signer has agreed; a refusal brings it back. `beside`: one more instance of a
multi-instance task. 减签 takes away only signers that were added. Clocks run on, siblings stay; every signature is an opinion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.actors import Actor
from engine.casework import audit, handling, notices, people, signing_rows, task_rows, verbs_rows
from engine.casework.signing_rows import ACTIVE, REMOVED, WAITING
from engine.casework.verbs_rows import OpinionType
from engine.errors import Conflict, Finding, Invalid, NotFound, Severity
from engine.feel import from_json
from engine.models.tasks import human_tasks
from engine.models.verbs import signers
from engine.runtime import moving
from engine.transaction import Engine, Transaction

BEFORE, AFTER, BESIDE = "before", "after", "beside"
_WORDS = {BEFORE: ("前加签", "before"), AFTER: ("后加签", "after"), BESIDE: ("并加签", "beside the others")}


class NotAddedSigner(Conflict):
    """Expected a signer who was added and has not signed yet, but {name} is none; only added signers are removed."""

    zh = "只能减去加签的、且尚未签署的人员，{name} 不在其中。"


class NotYourTurn(Conflict):
    """Expected “{task}” to wait for your signature, but it does not; open your list again."""

    zh = "“{task}”目前不在等待您签署；请刷新列表。"


class NotForSeveral(Conflict):
    """Expected a task that several people sign at once, but “{task}” is for one; add a signer before or after you."""

    zh = "“{task}”不是会签任务；请选择前加签或后加签。"


class SignerTwice(Conflict):
    """Expected somebody who does not sign “{task}” yet, but {name} does; choose somebody else."""

    zh = "{name} 已在“{task}”的签署人中；请另选人员。"


@dataclass(frozen=True, slots=True)
class Signer:
    """An added signer. kind: before | after | beside; state: waiting | active | signed | rejected | removed."""

    id: str
    kind: str
    account_id: str
    name: str
    state: str
    added_by_name: str
    reason: str
    ended_at: datetime | None
    can_remove: bool


def add_signers(tx: Transaction, task_id: str, who: Sequence[tuple[str, str]], kind: str, reason: str) -> tuple[Signer, ...]:
    """加签. who: (account id, name) in the order of signing. Raises SignerTwice, NotForSeveral."""
    if kind not in _WORDS or not who:
        unknown = Finding(
            Severity.ERROR, "signer.kind", "/kind", "Choose signers, before, after or beside.", "请选择加签人员与方式。"
        )
        raise Invalid(findings=(unknown,))
    row = handling.held(tx, task_id, ("加签", "add a signer to"), "task.transfer")
    for account_id, name in who:
        _check_fresh(tx, row, account_id, name)
    if kind == BESIDE:
        for account_id, name in who:
            _add_beside(tx, row, account_id, name, reason)
    else:
        _queue(tx, row, who, kind, reason)
        if kind == BEFORE and signing_rows.active(tx, task_id) is None:
            signing_rows.next_turn(tx, row, BEFORE)
    told = {"task": row["name"], "to": "、".join(name for _, name in who), "kind": _WORDS[kind][0], "reason": reason}
    audit.write(tx, row["root_id"], "task.signers_added", told)
    return signers_of(tx, task_id)


def _check_fresh(tx: Transaction, row: Mapping[str, Any], account_id: str, name: str) -> None:
    task_rows.check_four_eyes(tx, row, account_id)
    open_ones = sa.and_(
        signers.c.task_id == row["id"], signers.c.state.in_((WAITING, ACTIVE)), signers.c.account_id == account_id
    )
    beside = sa.and_(
        human_tasks.c.instance_id == row["instance_id"],
        human_tasks.c.element_id == row["element_id"],
        human_tasks.c.state == "open",
        human_tasks.c.assignee == account_id,
    )
    if tx.value(sa.select(signers.c.id).where(open_ones)) or tx.value(sa.select(human_tasks.c.id).where(beside)):
        raise SignerTwice(task=row["name"], name=name)


def _queue(tx: Transaction, row: Mapping[str, Any], who: Sequence[tuple[str, str]], kind: str, reason: str) -> None:
    last = tx.value(sa.select(sa.func.max(signers.c.position)).where(signers.c.task_id == row["id"])) or 0
    holder = row["assignee"] or tx.actor.id
    for place, (account_id, name) in enumerate(who, last + 1):
        people.remember(tx, account_id, name)
        signing_rows.insert(
            tx, row["id"], row["business_key"], kind, place, (account_id, name), (holder, people.name(tx, holder)), reason
        )


def _add_beside(tx: Transaction, row: Mapping[str, Any], account_id: str, name: str, reason: str) -> None:
    if not moving.is_for_several(tx, row["definition_id"], row["element_id"]):
        raise NotForSeveral(task=row["name"])
    people.remember(tx, account_id, name)
    moving.add_signer(tx, row["definition_id"], row["instance_id"], row["element_id"], account_id, reason)
    made = sa.select(human_tasks.c.id).where(
        human_tasks.c.instance_id == row["instance_id"],
        human_tasks.c.element_id == row["element_id"],
        human_tasks.c.state == "open",
        human_tasks.c.created_at == tx.now,
        human_tasks.c.assignee == account_id,
    )
    new_task = tx.value(made.order_by(human_tasks.c.id.desc()).limit(1))
    by = (tx.actor.id, tx.actor.name)
    # a sequential task opens the new signer's turn later; until then the row hangs on the task that is open
    own, state = (new_task, ACTIVE) if new_task else (row["id"], WAITING)
    signing_rows.insert(tx, own, row["business_key"], BESIDE, 0, (account_id, name), by, reason, state=state)
    case_no = row["business_key"]
    notices.write(tx, account_id, "task.to_sign", {"case_no": case_no or ""}, case_no=case_no)


def sign(engine: Engine, actor: Actor, task_id: str, opinion: str, *, agrees: bool) -> handling.Completed:
    """An added signer agrees or refuses; the task goes on to the next, or back. Raises NotYourTurn."""
    with engine.begin(actor, keeps_jobs=True) as tx:
        row = task_rows.opened(tx, task_id, ("签署", "sign"))
        handling.lock(tx, row)
        turn = signing_rows.active(tx, task_id)
        if turn is None or turn["account_id"] not in {tx.actor.id, tx.actor.on_behalf_of}:
            raise NotYourTurn(task=row["name"])
        handling.check_suspended(tx, row)
        verbs_rows.record(tx, row, OpinionType.PASS if agrees else OpinionType.REJECT, opinion)
        signing_rows.end(tx, turn, agrees=agrees)
        audit.write(tx, row["root_id"], "task.signed", {"task": row["name"], "agrees": agrees})
        if not agrees:
            signing_rows.back_to_holder(tx, row, turn)
        elif not signing_rows.next_turn(tx, row, turn["kind"]):
            _after_the_last(tx, row, turn)
    return handling.after(tx, row)


def _after_the_last(tx: Transaction, row: Mapping[str, Any], turn: Mapping[str, Any]) -> None:
    if turn["kind"] == BEFORE:
        signing_rows.back_to_holder(tx, row, turn)
        return
    stored = from_json(turn["answers"]) if turn["answers"] else {}
    handling.move_on(tx, row, stored if isinstance(stored, Mapping) else {}, expected_version=None)


def remove_signer(tx: Transaction, signer_id: str, reason: str) -> None:
    """减签: an added signer who has not signed yet is taken away. Raises NotFound, NotAddedSigner."""
    found = tx.row(sa.select(signers).where(signers.c.id == signer_id))
    row = task_rows.find(tx, found["task_id"]) if found else None
    if found is None or row is None:
        raise NotFound(thing=("加签", "the signer"), key=signer_id)
    handling.lock(tx, row)
    found = tx.row(sa.select(signers).where(signers.c.id == signer_id)) or found
    is_own = found["added_by"] in {tx.actor.id, tx.actor.on_behalf_of}
    if not is_own:
        handling.require(tx, row, "task.assign")
    if (
        found["state"] not in (WAITING, ACTIVE)
        or row["state"] != "open"
        or (found["kind"] == BESIDE and found["state"] == WAITING)
    ):
        raise NotAddedSigner(name=found["name"])
    signing_rows.close(tx, signer_id, REMOVED)
    audit.write(tx, row["root_id"], "task.signer_removed", {"task": row["name"], "who": found["name"], "reason": reason})
    if found["kind"] == BESIDE:
        moving.remove_signer(tx, row["instance_id"], row["wait_id"], reason)
    elif found["state"] == ACTIVE and not signing_rows.next_turn(tx, row, found["kind"]):
        _after_the_last(tx, row, found)


def signers_of(tx: Transaction, task_id: str) -> tuple[Signer, ...]:
    """The signers added to a task, in their order; `beside` ones are found at each of the instance's tasks of that element."""
    row = task_rows.find(tx, task_id)
    if row is None:
        return ()
    siblings = sa.select(human_tasks.c.id).where(
        human_tasks.c.instance_id == row["instance_id"], human_tasks.c.element_id == row["element_id"]
    )
    query = sa.select(signers).where(signers.c.task_id.in_(siblings)).order_by(signers.c.position, signers.c.id)
    mine = {tx.actor.id, tx.actor.on_behalf_of}
    return tuple(_signer(found, is_own=found["added_by"] in mine) for found in tx.rows(query))


def _signer(row: Mapping[str, Any], *, is_own: bool) -> Signer:
    kept = {name: row[name] for name in Signer.__dataclass_fields__ if name != "can_remove"}
    is_open = row["state"] == ACTIVE or (row["state"] == WAITING and row["kind"] != BESIDE)
    return Signer(**kept, can_remove=is_own and is_open)
