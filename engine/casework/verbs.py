"""What officers do to a task besides completing it: 转办, 委派, 退回, 催办, 督办, 抄送, 延期, opinions and canned phrases.

Each says who may, from which state, and leaves a history row (DOMAIN 3.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.actors import Actor
from engine.bpmn.terms import Move
from engine.calendar import arithmetic
from engine.calendar.limits import parse
from engine.casework import access, audit, case_rows, documents, handling, notices, offices, sla, task_rows, task_view, verbs_rows
from engine.casework.documents import DocumentKind
from engine.casework.task_rows import Row
from engine.casework.verbs_rows import OpinionType, phrases, save_phrases
from engine.errors import Conflict, NotFound
from engine.models.base import new_id
from engine.models.supervision import copies, delegations, supervisions
from engine.models.tasks import human_tasks
from engine.runtime import jobs, step
from engine.transaction import Engine, Transaction

__all__ = [
    "Supervision",
    "answer",
    "copy",
    "delegate",
    "extend",
    "hand_back",
    "opinions",
    "phrases",
    "remind",
    "save_phrases",
    "send_back",
    "supervise",
    "supervisions_of",
    "transfer",
]

REMIND_EVERY = timedelta(hours=4)


class NotToOneself(Conflict):
    """Expected a colleague to hand “{task}” to, but it is yours already; choose somebody else."""

    zh = "“{task}”已在您名下，请选择其他人员。"


class NotDelegated(Conflict):
    """Expected a task that was delegated to you, but “{task}” was not; complete it or transfer it."""

    zh = "“{task}”不是委派给您的任务；请直接办理或转办。"


class RemindedBefore(Conflict):
    """Expected at most one reminder in four hours, but this case was reminded of at {at}."""

    zh = "四小时内只能催办一次，本办件已于 {at} 催办。"


class NoWayBack(Conflict):
    """Expected one of the earlier tasks of this case to send “{task}” back to, but {target} is none; choose from the list."""

    zh = "“{task}”只能退回到本办件已办过的环节，{target} 不在其中；请从列表中选择。"


@dataclass(frozen=True, slots=True)
class Supervision:
    """A supervision 督办 with its feedback deadline; it changes no routing. state: open | answered | closed."""

    id: str
    case_no: str
    text: str
    opened_by: str
    opened_at: datetime
    feedback_due_at: datetime
    feedback: str
    answered_at: datetime | None
    state: str


def transfer(tx: Transaction, task_id: str, account_id: str, account_name: str, reason: str) -> Row:
    """转办: hands the task over for good; not to oneself; the trail keeps both."""
    row = _handed(tx, task_id, account_id, ("转办", "transfer"))
    verbs_rows.record(tx, row, OpinionType.TRANSFER, reason)
    tx.connection.execute(delegations.delete().where(delegations.c.task_id == task_id))
    return handling.hand_to(tx, row, account_id, account_name, "task.transferred", reason)


def _handed(tx: Transaction, task_id: str, account_id: str, action: tuple[str, str]) -> Mapping[str, Any]:
    row = task_rows.opened(tx, task_id, action)
    access.require(tx, "task.transfer", task_rows.about(row))
    if account_id in (tx.actor.id, row["assignee"]):
        raise NotToOneself(task=row["name"])
    return row


def delegate(tx: Transaction, task_id: str, account_id: str, account_name: str, reason: str) -> Row:
    """委派: the colleague works on it and it comes back to the actor to confirm."""
    row = _handed(tx, task_id, account_id, ("委派", "delegate"))
    verbs_rows.record(tx, row, OpinionType.DELEGATE, reason)
    tx.connection.execute(delegations.delete().where(delegations.c.task_id == task_id))
    values = {"by_id": tx.actor.id, "by_name": tx.actor.name, "to_id": account_id, "reason": reason, "at": tx.now}
    tx.connection.execute(delegations.insert().values(task_id=task_id, **values))
    return handling.hand_to(tx, row, account_id, account_name, "task.delegated", reason)


def hand_back(tx: Transaction, task_id: str, opinion: str) -> Row:
    """The delegate is done: the task returns to whom it was delegated by, with an opinion. Raises NotDelegated."""
    row = task_rows.opened(tx, task_id, ("交回", "hand back"))
    given = tx.row(sa.select(delegations).where(delegations.c.task_id == task_id))
    if given is None or given["to_id"] != tx.actor.id:
        raise NotDelegated(task=row["name"])
    verbs_rows.record(tx, row, OpinionType.HAND_BACK, opinion)
    tx.connection.execute(delegations.delete().where(delegations.c.task_id == task_id))
    return handling.hand_to(tx, row, given["by_id"], given["by_name"], "task.handed_back", opinion)


def send_back(engine: Engine, actor: Actor, task_id: str, target_element_id: str, reason: str, fields: Sequence[str] = ()) -> str:
    """退回: re-opens an earlier human task of the same instance, with the wrong fields marked; the present task is withdrawn.

    The path is walked again from there; stage clocks start anew (PEERS 2.3). Returns the new task's id. Raises NoWayBack."""
    with engine.begin(actor) as tx:
        row = task_rows.opened(tx, task_id, ("退回", "send back"))
        access.require(tx, "task.complete", task_rows.about(row))
        names = dict(task_view.earlier_tasks(tx, row))
        if target_element_id not in names:
            raise NoWayBack(task=row["name"], target=target_element_id)
        verbs_rows.record(tx, row, OpinionType.RETURN, reason)
        told = {"task": row["name"], "target": names[target_element_id], "reason": reason, "fields": list(fields)}
        audit.write(tx, row["root_id"], "task.sent_back", told)
        step.step(tx, row["instance_id"], Move((row["wait_id"],), (target_element_id,), reason))
        new_task = _reopened(tx, row["instance_id"], target_element_id)
        _tell_returned(tx, row)
    jobs.drain(engine, row["root_id"], engine.settings.drain_seconds)
    return new_task


def _reopened(tx: Transaction, instance_id: str, element_id: str) -> str:
    query = sa.select(human_tasks.c.id).where(
        human_tasks.c.instance_id == instance_id, human_tasks.c.element_id == element_id, human_tasks.c.state == "open"
    )
    return str(tx.connection.execute(query.order_by(human_tasks.c.created_at.desc()).limit(1)).scalar_one())


def _tell_returned(tx: Transaction, row: Mapping[str, Any]) -> None:
    case_no = row["business_key"]
    for to in notices.holders(tx, case_no or ""):
        notices.write(tx, to, "task.returned", {"case_no": case_no}, case_no=case_no)


def remind(tx: Transaction, case_no: str, text: str = "") -> datetime:
    """催办 by a superior; at most once in four hours for each case. Raises RemindedBefore."""
    case_rows.allowed(tx, case_no, "case.remind")
    row = case_rows.locked(tx, case_no)
    if row["reminded_at"] is not None and tx.now - row["reminded_at"] < REMIND_EVERY:
        raise RemindedBefore(at=offices.of(tx, row["office"]).local(row["reminded_at"]).strftime("%H:%M"))
    case_rows.change(tx, row, reminded_at=tx.now)
    audit.write(tx, row["root_id"], "case.reminded", {"text": text})
    for to in notices.holders(tx, case_no):
        notices.write(tx, to, "case.reminded", {"case_no": case_no, "text": text}, case_no=case_no)
    return tx.now


def supervise(tx: Transaction, case_no: str, text: str, *, feedback_limit: str = "2WD") -> Supervision:
    """督办: opens a supervision with a feedback deadline in working time and marks the case; routing stays as it is."""
    case_rows.allowed(tx, case_no, "case.supervise")
    row = case_rows.locked(tx, case_no)
    office = offices.of(tx, row["office"])
    due_at = arithmetic.due(office, tx.now, parse(feedback_limit)).at
    values: dict[str, Any] = {
        "id": new_id(),
        "case_no": case_no,
        "text": text,
        "opened_by": tx.actor.name,
        "opened_at": tx.now,
        "feedback_due_at": due_at,
        "feedback": "",
        "answered_at": None,
        "state": "open",
    }
    tx.connection.execute(supervisions.insert().values(**values))
    case_rows.change(tx, row, is_supervised=True)
    audit.write(tx, row["root_id"], "case.supervised", {"text": text, "feedback_due_at": due_at.isoformat()})
    told = {"case_no": case_no, "due": f"{office.local(due_at):%Y-%m-%d %H:%M}"}
    for to in (*notices.holders(tx, case_no), notices.role("supervisor", row["office"])):
        notices.write(tx, to, "case.supervised", told, case_no=case_no)
    return Supervision(**values)


def answer(tx: Transaction, supervision_id: str, feedback: str) -> Supervision:
    """The handling unit's feedback; late feedback is taken and stays visible as late. Raises NotFound."""
    found = tx.row(sa.select(supervisions).where(supervisions.c.id == supervision_id))
    if found is None:
        raise NotFound(thing=("督办", "the supervision"), key=supervision_id)
    row = case_rows.allowed(tx, found["case_no"], "case.answer")
    changes = {"feedback": feedback, "answered_at": tx.now, "state": "answered"}
    tx.connection.execute(supervisions.update().where(supervisions.c.id == supervision_id).values(**changes))
    audit.write(tx, row["root_id"], "case.supervision_answered", {"feedback": feedback})
    told = {"case_no": row["case_no"]}
    notices.write(tx, notices.role("supervisor", row["office"]), "case.supervision_answered", told, case_no=row["case_no"])
    return Supervision(**{name: {**found, **changes}[name] for name in Supervision.__dataclass_fields__})


def supervisions_of(tx: Transaction, case_no: str) -> tuple[Supervision, ...]:
    """All supervisions of a case, oldest first."""
    case_rows.allowed(tx, case_no, "case.view")
    query = sa.select(supervisions).where(supervisions.c.case_no == case_no).order_by(supervisions.c.id)
    rows = tx.rows(query)
    return tuple(Supervision(**{name: row[name] for name in Supervision.__dataclass_fields__}) for row in rows)


def copy(tx: Transaction, case_no: str, account_ids: Sequence[str], text: str = "") -> int:
    """抄送: a read copy for each person once; returns how many were new."""
    row = case_rows.allowed(tx, case_no, "case.copy")
    known = set(tx.connection.execute(sa.select(copies.c.account_id).where(copies.c.case_no == case_no)).scalars())
    fresh = [account_id for account_id in dict.fromkeys(account_ids) if account_id not in known]
    for account_id in fresh:
        values = {"case_no": case_no, "account_id": account_id, "by_id": tx.actor.id, "text": text, "at": tx.now}
        tx.connection.execute(copies.insert().values(**values))
        notices.write(tx, account_id, "case.copied", {"case_no": case_no}, case_no=case_no)
    if fresh:
        audit.write(tx, row["root_id"], "case.copied", {"to": fresh})
    return len(fresh)


def extend(tx: Transaction, case_no: str, extension: str, reason: str) -> tuple[sla.SlaClock, ...]:
    """延期 by the head of the office, once and before the limit ends; the applicant is told the reason (行政许可法 art. 42).

    extension: `5WD`; empty text takes what the item allows. Raises ExtendedBefore, ExtensionTooLate, ClockStopped."""
    case_rows.allowed(tx, case_no, "case.extend")
    row = case_rows.locked(tx, case_no)
    clocks = sla.extend(tx, case_no, extension, approver=tx.actor.id, reason=reason)
    row = case_rows.change(tx, row, is_extended=True)
    audit.write(tx, row["root_id"], "sla.extended", {"extension": extension, "reason": reason})
    documents.issue(tx, row, DocumentKind.EXTENSION, {"extension": parse(extension).words("zh"), "reason": reason})
    told = {"case_no": case_no, "extension": parse(extension).words("zh")}
    notices.write(tx, row["account_id"], "case.extended", told, case_no=case_no)
    return clocks


def opinions(tx: Transaction, case_no: str) -> tuple[Mapping[str, object], ...]:
    """All opinions of a case, oldest first: {at, name, on_behalf_of, task_name, type, text}. Raises NotFound."""
    case_rows.allowed(tx, case_no, "case.view")
    return verbs_rows.opinions(tx, case_no)
