"""What a task does by itself: 超时处理, 去重, 自动跳过, nobody to approve; declared on the element, lawful by default.

`timeout.limit` (`2WD`) with `timeout.action` remind (default, `timeout.repeat` times) | escalate | agree | reject;
`sign.dedupe` any | consecutive: whoever has approved before passes; `sign.starter` skip: the approver is who handed it in;
`assign.mode` load: it goes to whoever has the least to do; `auto.values`: the answers of a passing, as JSON. Agreeing or refusing
by time alone happens only where the item's manifest says `[limits] silence_is_consent = true`; everywhere else it is reported to
the office's head. A task with `decision` = `true` or four eyes never passes by itself. A task that nobody may do is reported at
once (default = the head)."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.calendar import arithmetic
from engine.calendar.limits import parse
from engine.casework import audit, case_rows, catalogue, dispatching, notices, offices, verbs_rows
from engine.casework.verbs_rows import OpinionType
from engine.errors import TongbanError
from engine.models.cases import cases
from engine.models.tasks import human_tasks
from engine.models.verbs import task_rules
from engine.runtime import step, tasks
from engine.transaction import Engine, Transaction

_DUE = "automatic.due"
TIMEOUT, REPEATED, STARTER = "timeout", "repeated", "starter"


def watch(tx: Transaction, case: Mapping[str, Any], opened: list[Mapping[str, Any]]) -> bool:
    """Writes the rules of tasks just opened; called by the observer inside the step's transaction.

    Returns whether any of them was given to somebody."""
    is_dispatched = False
    for task in opened:
        rule = _rule(tx, case, task)
        if rule is not None and tx.value(sa.select(task_rules.c.at).where(task_rules.c.task_id == task["id"])) is None:
            tx.connection.execute(task_rules.insert().values(task_id=task["id"], kind=rule[0], at=rule[1], count=0))
            tx.notes[_DUE] = tx.notes.get(_DUE, False) or rule[1] <= tx.now
        if task["properties"].get("assign.mode") == "load":
            is_dispatched = dispatching.at_once(tx, task) or is_dispatched
        if not task["assignee"] and not task["candidate_groups"] and not task["candidate_users"]:
            to, case_no = notices.role("supervisor", case["office"]), case["case_no"]
            notices.write(tx, to, "task.nobody", {"case_no": case_no}, case_no=case_no, key=f"nobody:{task['id']}")
    return is_dispatched


def _rule(tx: Transaction, case: Mapping[str, Any], task: Mapping[str, Any]) -> tuple[str, datetime] | None:
    properties = task["properties"]
    may_pass = not (properties.get("fourEyes") or str(properties.get("decision")) == "true")
    if may_pass and properties.get("sign.dedupe") and _has_approved(tx, task, str(properties["sign.dedupe"])):
        return REPEATED, tx.now
    is_starter = task["assignee"] is not None and task["assignee"] in (case["account_id"], case["agent_id"], case["intake_by"])
    if may_pass and properties.get("sign.starter") == "skip" and is_starter:
        return STARTER, tx.now
    if properties.get("timeout.limit"):
        office = offices.of(tx, case["office"])
        return TIMEOUT, arithmetic.due(office, tx.now, parse(str(properties["timeout.limit"]))).at
    return None


def _has_approved(tx: Transaction, task: Mapping[str, Any], policy: str) -> bool:
    """Whether the assignee completed an earlier task of the case: any, or the one completed last."""
    if task["assignee"] is None:
        return False
    query = sa.select(human_tasks.c.completed_by).where(
        human_tasks.c.root_id == task["root_id"],
        human_tasks.c.state == "completed",
        human_tasks.c.element_id != task["element_id"],
    )
    ordered = query.order_by(human_tasks.c.completed_at.desc(), human_tasks.c.id.desc())
    found = list(tx.connection.execute(ordered.limit(1) if policy == "consecutive" else ordered).scalars())
    return task["assignee"] in found


def sweep(engine: Engine, limit: int = 50) -> int:
    """Does what is due, each task in a transaction of its own; returns how many were looked at. For the worker."""
    with engine.read(SYSTEM) as tx:
        due = sa.select(task_rules.c.task_id).where(task_rules.c.at <= tx.now).order_by(task_rules.c.at).limit(limit)
        found = list(tx.connection.execute(due).scalars())
    for task_id in found:
        try:
            with engine.begin(SYSTEM) as tx:
                _apply(tx, task_id)
        except TongbanError:
            # the passing was refused (a required answer, a suspended case): a person has to look, and the rule is over
            with engine.begin(SYSTEM) as tx:
                tx.connection.execute(task_rules.delete().where(task_rules.c.task_id == task_id))
    return len(found)


def is_due(tx: Transaction) -> bool:
    """Whether this transaction opened a task that passes at once."""
    return bool(tx.notes.get(_DUE))


def settle(engine: Engine, root_id: str) -> None:
    """The same for one case right after a step, so that a repeated approver does not wait for the worker."""
    with engine.read(SYSTEM) as tx:
        due = sa.select(task_rules.c.task_id).join(human_tasks, human_tasks.c.id == task_rules.c.task_id)
        waiting = tx.value(due.where(human_tasks.c.root_id == root_id, task_rules.c.at <= tx.now).limit(1))
    if waiting is not None:
        sweep(engine)


def _apply(tx: Transaction, task_id: str) -> None:
    task = tx.row(sa.select(human_tasks).where(human_tasks.c.id == task_id))
    if task is None or task["state"] != "open":
        tx.connection.execute(task_rules.delete().where(task_rules.c.task_id == task_id))
        return
    step.lock(tx, task["instance_id"])
    rule = tx.row(sa.select(task_rules).where(task_rules.c.task_id == task_id, task_rules.c.at <= tx.now))
    case = tx.row(sa.select(cases).where(cases.c.case_no == task["business_key"]))
    if rule is None or case is None or not case["is_open"] or case["suspended"]:
        return
    if rule["kind"] == TIMEOUT:
        _timed_out(tx, case, task, rule)
    else:
        _pass(tx, task, _WHY[rule["kind"]])


_WHY = {REPEATED: ("同一人此前已审批", "the same person approved before"), STARTER: ("本人发起", "own request")}


def _pass(tx: Transaction, task: Mapping[str, Any], said: tuple[str, str], values: Mapping[str, object] | None = None) -> None:
    tx.connection.execute(task_rules.delete().where(task_rules.c.task_id == task["id"]))
    given = json.loads(str(task["properties"].get("auto.values") or '{"verdict": "agree"}'))
    verbs_rows.record(tx, task, OpinionType.PASS, f"自动通过：{said[0]}")
    audit.write(tx, task["root_id"], "task.passed_automatically", {"task": task["name"], "zh": said[0], "en": said[1]})
    tasks.complete(tx, task["id"], values or given)


def _timed_out(tx: Transaction, case: Mapping[str, Any], task: Mapping[str, Any], rule: Mapping[str, Any]) -> None:
    properties = task["properties"]
    action = str(properties.get("timeout.action") or "remind")
    if action in ("agree", "reject"):
        if catalogue.limits_of(tx, case["deployment_id"]).get("silence_is_consent") is True:
            verdict = {"verdict": action, **json.loads(str(properties.get("timeout.values") or "{}"))}
            _pass(tx, task, ("超期默许" if action == "agree" else "超期视为不同意", "the time ran out"), verdict)
            return
        action = "escalate"  # no item without the flag is decided by silence
    case_no = case["case_no"]
    holders = (task["assignee"],) if task["assignee"] else tuple(map(notices.group, task["candidate_groups"]))
    told = holders if action == "remind" else (notices.role("supervisor", case["office"]),)
    count = rule["count"] + 1
    for to in told:
        notices.write(tx, to, "task.timeout", {"case_no": case_no}, case_no=case_no, key=f"timeout:{task['id']}:{count}:{to}")
    said = {"zh": "已提醒" if action == "remind" else "已报告负责人", "en": "reminded" if action == "remind" else "reported"}
    audit.write(tx, task["root_id"], "task.timed_out", {"task": task["name"], "count": count, **said})
    is_again = action == "remind" and count < int(str(properties.get("timeout.repeat") or 3))
    mine = task_rules.c.task_id == task["id"]
    if not is_again:
        tx.connection.execute(task_rules.delete().where(mine))
        return
    office = offices.of(tx, case["office"])
    after = arithmetic.due(office, tx.now, parse(str(properties["timeout.limit"]))).at
    tx.connection.execute(task_rules.update().where(mine).values(at=after, count=count))


def rules_of(tx: Transaction, case_no: str) -> tuple[Mapping[str, Any], ...]:
    """What the open tasks of a case will do by themselves: {task_id, kind, at, count}."""
    case_rows.allowed(tx, case_no, "case.view")
    query = sa.select(task_rules).join(human_tasks, human_tasks.c.id == task_rules.c.task_id)
    return tuple(tx.rows(query.where(human_tasks.c.business_key == case_no)))
