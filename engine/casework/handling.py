"""Working on a task: sign in, put back, assign, save, complete, return for supplement.

Access, four eyes and the version the person saw are checked first; then one transaction; then a short wait for the case's own
jobs. Two people at once: one wins, the other reads who did what and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

import forms
from engine.actors import Actor, ActorKind
from engine.casework import access, audit, automatic, case_rows, dispatching, form_files, notices, people, signing_rows, task_rows
from engine.casework.states import BEFORE_ACCEPTANCE, CaseState
from engine.casework.task_rows import OPEN, Row
from engine.casework.verbs_rows import OpinionType, record
from engine.casework.view import Case
from engine.errors import Conflict, Finding, Invalid, Severity, TongbanError
from engine.models.cases import cases
from engine.models.definitions import definitions
from engine.models.tasks import human_tasks
from engine.models.verbs import task_returns
from engine.runtime import jobs, moving, plans, step, tasks, variables
from engine.transaction import Engine, Transaction

APPLICANT_GROUP = "applicant"
SUPPLEMENT_ACTION, SUPPLEMENT_OPERATION = "supplement", "case.require_supplement"
_COMPLETE = ("办理", "complete")
_CLAIM = ("签收", "claim")


class SupplementRefused(Conflict):
    """Expected a case that may still be returned for a supplement, but {found}."""

    zh = "本办件不能再要求补正：{found}。"


class CaseSuspended(Conflict):
    """Expected case {case_no} to be under way, but {who} suspended it; ask for it to be resumed."""

    zh = "办件 {case_no} 已由 {who} 挂起；请先恢复。"


@dataclass(frozen=True, slots=True)
class Completed:
    """next_task_id: the next open task of this case that the same person may do. case: as it stands after the step."""

    task_id: str
    case: Case | None
    next_task_id: str | None


def claim(tx: Transaction, task_id: str) -> Row:
    """签收. Raises NotFound, TaskTaken naming who has it, FourEyes."""
    row = task_rows.opened(tx, task_id, _CLAIM)
    if task_rows.is_mine(tx, row):
        return task_rows.shown(row)
    if row["assignee"] is not None:
        raise task_rows.held(tx, row, _CLAIM)
    access.require(tx, "task.claim", task_rows.about(row))
    task_rows.check_four_eyes(tx, row, tx.actor.id, tx.actor.on_behalf_of)
    tasks.claim(tx, task_id)
    people.remember(tx, tx.actor.id, tx.actor.name)
    return _noted(tx, row, "task.claimed", {})


def _noted(tx: Transaction, before: Mapping[str, Any], kind: str, data: Mapping[str, object]) -> Row:
    """Writes the line and who holds the case now; gives the task as it is now."""
    audit.write(tx, before["root_id"], kind, {"task": before["name"], "element": before["element_id"], **data})
    row = task_rows.find(tx, before["id"])
    assert row is not None
    holder = people.name(tx, row["assignee"]) if row["assignee"] else "、".join(row["candidate_groups"])
    if row["case_no"]:
        tx.update(cases, {"case_no": row["case_no"]}, holder=holder)
    return task_rows.shown(row)


def unclaim(tx: Transaction, task_id: str) -> Row:
    """Puts the actor's own task back into the pool; a supervisor of the office may do it for an absent colleague."""
    row = task_rows.opened(tx, task_id, ("退签", "put back"))
    access.require(tx, "task.unclaim", task_rows.about(row))
    tasks.unclaim(tx, task_id)
    return _noted(tx, row, "task.unclaimed", {})


def assign(tx: Transaction, task_id: str, account_id: str, account_name: str, reason: str = "") -> Row:
    """派单 by a supervisor of the office. Raises FourEyes when that person may not do it."""
    row = task_rows.opened(tx, task_id, ("派单", "assign"))
    access.require(tx, "task.assign", task_rows.about(row))
    return hand_to(tx, row, account_id, account_name, "task.assigned", reason)


def dispatch(tx: Transaction, task_id: str) -> Row:
    """按负荷派单 by a supervisor of the office: to whoever of its groups has the least to do. Raises NobodyToDispatch."""
    row = task_rows.opened(tx, task_id, ("派单", "assign"))
    access.require(tx, "task.assign", task_rows.about(row))
    person = dispatching.choose(tx, row)
    return hand_to(tx, row, person["id"], person["name"], "task.assigned", dispatching.BY_LOAD[0])


def hand_to(tx: Transaction, row: Mapping[str, Any], account_id: str, account_name: str, kind: str, reason: str) -> Row:
    """Gives a task to somebody and tells them; the caller has checked that the actor may."""
    task_rows.check_four_eyes(tx, row, account_id)
    tasks.assign(tx, row["id"], account_id)
    people.remember(tx, account_id, account_name)
    case_no = row["business_key"]
    notices.write(tx, account_id, "task.assigned", {"case_no": case_no or ""}, case_no=case_no)
    return _noted(tx, row, kind, {"to": account_name, "to_id": account_id, "reason": reason})


def save_draft(
    tx: Transaction, task_id: str, values: Mapping[str, object], *, opinion: str = "", expected_version: int | None = None
) -> Row:
    """Saves the half-filled form and the opinion on the server; the view says who saved last and when."""
    row = task_rows.opened(tx, task_id, ("暂存", "save"))
    access.require(tx, "task.complete", task_rows.about(row))
    tasks.save_draft(
        tx,
        task_id,
        _real(tx, row, values, variables.of(tx, row["instance_id"])),
        opinion=opinion,
        expected_version=expected_version,
    )
    return task_rows.shown({**row, **(task_rows.find(tx, task_id) or {})})


def complete(
    engine: Engine,
    actor: Actor,
    task_id: str,
    answers: Mapping[str, object],
    *,
    expected_version: int | None = None,
    opinion: str = "",
) -> Completed:
    """Validates, completes the task in one transaction, then waits briefly for the case's own jobs.

    A task of one's group that nobody holds is claimed on the way.
    Raises Invalid, NotFound, TaskTaken ("… it was completed at 10:02 by 王强"), FourEyes, NotYours, and Conflict on a stale
    version."""
    with engine.begin(actor, keeps_jobs=True) as tx:
        row = _ready(tx, task_id)
        values = _validated(tx, row, answers, opinion)
        _finish(tx, row, values, expected_version, OpinionType.PASS, opinion)
    return after(tx, row)


def _ready(tx: Transaction, task_id: str) -> Mapping[str, Any]:
    """The task, held by the actor, with nothing in the way."""
    row = task_rows.opened(tx, task_id, _COMPLETE)
    if row["assignee"] is None:
        claim(tx, task_id)
        row = task_rows.opened(tx, task_id, _COMPLETE)
    elif not task_rows.is_mine(tx, row):
        raise task_rows.held(tx, row, _COMPLETE)
    access.require(tx, "task.complete", task_rows.about(row))
    task_rows.check_four_eyes(tx, row, tx.actor.id, tx.actor.on_behalf_of)
    check_suspended(tx, row)
    signing_rows.check_turn(tx, row)
    return row


def held(tx: Transaction, task_id: str, action: tuple[str, str], permission: str) -> Mapping[str, Any]:
    """A task that the actor may do something to right now: open, locked, of a case that is not suspended."""
    row = task_rows.opened(tx, task_id, action)
    access.require(tx, permission, task_rows.about(row))
    lock(tx, row)
    row = task_rows.opened(tx, task_id, action)
    check_suspended(tx, row)
    return row


def lock(tx: Transaction, row: Mapping[str, Any]) -> None:
    """Locks the task's root, so that of two verbs at once the second sees what the first did."""
    step.lock(tx, row["instance_id"])


def require(tx: Transaction, row: Mapping[str, Any], permission: str) -> None:
    """Raises NotYours unless the actor may do this to the task."""
    access.require(tx, permission, task_rows.about(row))


def check_suspended(tx: Transaction, row: Mapping[str, Any]) -> None:
    """Raises CaseSuspended while the task's case stands still."""
    case = case_rows.find(tx, row["business_key"]) if row["business_key"] else None
    if case is not None and case["suspended"]:
        raise CaseSuspended(case_no=case["case_no"], who=case["suspended"]["by"])


def _validated(tx: Transaction, row: Mapping[str, Any], answers: Mapping[str, object], opinion: str) -> Mapping[str, object]:
    if row["properties"].get("opinion") == "required" and not opinion.strip():
        missing = Finding(Severity.ERROR, "task.opinion.missing", "/opinion", "Write your opinion.", "请填写办理意见。")
        raise Invalid(findings=(missing,))
    deployment_id, known = deployment_of(tx, row["definition_id"]), variables.of(tx, row["instance_id"])
    given = _real(tx, row, answers, known)
    return form_files.validated(tx, deployment_id, row["form_key"], given, data=known, node=row["element_id"])


def _real(
    tx: Transaction, row: Mapping[str, Any], answers: Mapping[str, object], known: Mapping[str, object]
) -> Mapping[str, object]:
    """The answers to a task's form; where a masked value came back as it was shown, that of the draft or the variables."""
    shown = {**known, **(row["draft"] or {})}
    return form_files.unmasked(tx, deployment_of(tx, row["definition_id"]), row["form_key"], answers, shown)


_DEPLOYMENTS: dict[str, str] = {}


def applicants_task(tx: Transaction, case_no: str) -> Mapping[str, Any] | None:
    """The open task of a case that waits for its applicant, None when there is none."""
    query = sa.select(human_tasks).where(human_tasks.c.business_key == case_no, human_tasks.c.state == "open")
    return next((row for row in tx.rows(query) if APPLICANT_GROUP in row["candidate_groups"]), None)


def deployment_of(tx: Transaction, definition_id: str) -> str:
    """The deployment whose forms belong to a task; asked once in a process, because a definition never changes."""
    if definition_id not in _DEPLOYMENTS:
        found = tx.find(definitions, "deployment_id", id=definition_id)
        assert found is not None
        _DEPLOYMENTS[definition_id] = str(found["deployment_id"])
    return _DEPLOYMENTS[definition_id]


def _finish(
    tx: Transaction,
    row: Mapping[str, Any],
    values: Mapping[str, object],
    expected_version: int | None,
    kind: OpinionType,
    opinion: str,
) -> None:
    """Records who did it, then moves the instance, or first asks the signers who were added behind it."""
    known = expected_version if expected_version is None or row["assignee"] is not None else None
    people.remember(tx, tx.actor.id, tx.actor.name)
    record(tx, row, OpinionType.REJECT if _rejects(row, values) else kind, opinion)
    lock(tx, row)
    given = {"case_no": row["business_key"], "root_id": row["root_id"], "task_id": row["id"]}
    form_files.attach(tx, deployment_of(tx, row["definition_id"]), row["form_key"], values, **given)
    if signing_rows.has_waiting(tx, row["id"]):
        tasks.check_version(tx, row["id"], known)
        audit.write(tx, row["root_id"], "task.submitted_for_signing", {"task": row["name"]})
        signing_rows.next_turn(tx, row, "after", values)
        return
    move_on(tx, row, values, expected_version=known, kind=kind)


def _rejects(row: Mapping[str, Any], values: Mapping[str, object]) -> bool:
    """Whether a vote says no, by the variable that the element names (`sign.verdict`, else `verdict`)."""
    return str(values.get(str(row["properties"].get("sign.verdict") or "verdict"))) in ("reject", "disagree", "no")


def move_on(
    tx: Transaction,
    row: Mapping[str, Any],
    values: Mapping[str, object],
    *,
    expected_version: int | None,
    kind: OpinionType = OpinionType.PASS,
) -> None:
    """Completes the task: what the step decides knows that a person stood behind it. A task that was sent back to be done
    straight leads straight back."""
    if tx.actor.kind is ActorKind.OFFICER and row["case_no"]:
        tx.update(cases, {"case_no": row["case_no"]}, handled_by=tx.actor.id)
    audit.write(tx, row["root_id"], "task.completed", {"task": row["name"], "element": row["element_id"], "type": kind})
    straight = tx.find(task_returns, "from_element", task_id=row["id"], mode="straight")
    if straight is not None:
        tasks.close(tx, row["id"], expected_version=expected_version)
        moving.go_straight(tx, row["instance_id"], row["wait_id"], straight["from_element"], values, "straight back")
    else:
        tasks.complete(tx, row["id"], values, expected_version=expected_version)
    _note_superseded(tx, row)


def _note_superseded(tx: Transaction, row: Mapping[str, Any]) -> None:
    """或签: siblings of a task for several that are withdrawn by this completion say so in the history."""
    here = {"instance_id": row["instance_id"], "element_id": row["element_id"]}
    for sibling in tx.find_all(human_tasks, "name", "assignee", state="cancelled", completed_at=tx.now, **here):
        who = people.name(tx, sibling["assignee"])
        audit.write(tx, row["root_id"], "task.superseded", {"task": sibling["name"], "who": who, "by": tx.actor.name})


def show_holder(tx: Transaction, root_id: str) -> None:
    """Writes who holds the case now, from its open tasks."""
    query = sa.select(human_tasks.c.assignee, human_tasks.c.candidate_groups, human_tasks.c.business_key)
    rows = tx.rows(query.where(human_tasks.c.root_id == root_id, human_tasks.c.state == OPEN))
    names = [people.name(tx, r["assignee"]) if r["assignee"] else "、".join(r["candidate_groups"]) for r in rows]
    if rows:
        changed = cases.update().where(cases.c.case_no == rows[0]["business_key"])
        tx.connection.execute(changed.values(holder="、".join(dict.fromkeys(names))))


def form_keys(tx: Transaction, row: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys of a task's form, none without a form."""
    if not row["form_key"]:
        return ()
    return forms.keys(form_files.form(tx, deployment_of(tx, row["definition_id"]), row["form_key"]))


def after(done: Transaction, row: Mapping[str, Any]) -> Completed:
    """Lets the case's own work finish, then says where it stands and what the same person may do next.

    done: the transaction that moved it, committed."""
    jobs.follow(done, row["root_id"])
    if automatic.is_due(done):
        automatic.settle(done.engine, row["root_id"])
    with done.engine.read(done.actor) as tx:
        case = case_rows.find(tx, row["business_key"]) if row["business_key"] else None
        return Completed(row["id"], case_rows.shown(case) if case else None, _next(tx, row["root_id"]))


def _next(tx: Transaction, root_id: str) -> str | None:
    return next((row["id"] for row in task_rows.open_of(tx, root_id) if _may_do(tx, row)), None)


def _may_do(tx: Transaction, row: Mapping[str, Any]) -> bool:
    if row["assignee"] is not None:
        return task_rows.is_mine(tx, row)
    return blocked(tx, row) is None and access.may(tx, "task.claim", task_rows.about(row))


def blocked(tx: Transaction, row: Mapping[str, Any]) -> TongbanError | None:
    """What keeps the actor from completing an open task, if anything."""
    try:
        task_rows.check_four_eyes(tx, row, tx.actor.id, tx.actor.on_behalf_of)
    except access.FourEyes as refusal:
        return refusal
    if row["assignee"] is not None and not task_rows.is_mine(tx, row):
        return task_rows.held(tx, row, _COMPLETE)
    try:
        check_suspended(tx, row)
    except CaseSuspended as refusal:
        return refusal
    return None


def may_supplement(tx: Transaction, row: Mapping[str, Any], case: Mapping[str, Any] | None) -> bool:
    """Whether this task may be returned for a supplement now: before acceptance, never asked before, and its diagram asks."""
    if case is None or case["supplement"] is not None or CaseState(case["state"]) not in BEFORE_ACCEPTANCE:
        return False
    return plans.may_lead_to(tx, row["definition_id"], row["element_id"], SUPPLEMENT_OPERATION)


def return_for_supplement(
    engine: Engine,
    actor: Actor,
    task_id: str,
    items: Sequence[Mapping[str, object]],
    reason: str,
    *,
    days: str = "",
    expected_version: int | None = None,
) -> Completed:
    """一次性补正告知: completes the task with `action = "supplement"`; the diagram goes on to `case.require_supplement`.

    items: {name, reason, pointer?}, everything at once. Refused after acceptance or a second time (行政许可法 art. 32)."""
    if not items:
        nothing = Finding(Severity.ERROR, "supplement.items.missing", "/items", "Name what is missing.", "请列明需补正的内容。")
        raise Invalid(findings=(nothing,))
    with engine.begin(actor, keeps_jobs=True) as tx:
        row = _ready(tx, task_id)
        check_supplement(tx, row)
        asked = {"items": [dict(item) for item in items], "reason": reason, "days": days or None}
        values = {"action": SUPPLEMENT_ACTION, "supplement": asked}
        _finish(tx, row, values, expected_version, OpinionType.SUPPLEMENT, reason)
    return after(tx, row)


def check_supplement(tx: Transaction, row: Mapping[str, Any]) -> None:
    """Raises SupplementRefused unless a task may be returned for a supplement now."""
    case = case_rows.find(tx, row["business_key"] or "")
    if case is None or may_supplement(tx, row, case):
        return
    asked_before = ("已一次性告知过", "a supplement was asked for before")
    if CaseState(case["state"]) in BEFORE_ACCEPTANCE and not case["supplement"]:
        raise SupplementRefused(found=("在不能补正的环节", "at a step that asks for none"))
    raise SupplementRefused(found=asked_before if case["supplement"] else case_rows.words(case))


def claim_many(engine: Engine, actor: Actor, task_ids: Sequence[str]) -> tuple[tuple[str, TongbanError | None], ...]:
    """Claims each in its own transaction; (task id, None) or (task id, why not) for each, in order."""
    return tuple((task_id, _claim_one(engine, actor, task_id)) for task_id in task_ids)


def _claim_one(engine: Engine, actor: Actor, task_id: str) -> TongbanError | None:
    try:
        with engine.begin(actor) as tx:
            claim(tx, task_id)
    except TongbanError as refusal:
        return refusal
    return None
