"""Why an instance stands where it stands, in one sentence for whoever asks at two in the morning."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import sqlalchemy as sa

from engine.bpmn.kernel import step as kernel
from engine.bpmn.terms import Status
from engine.models.instances import instances
from engine.models.outside import topics
from engine.models.tasks import human_tasks
from engine.models.work import incidents, jobs, subscriptions, timers
from engine.runtime import calls
from engine.runtime.listing import instance
from engine.transaction import Transaction

Said = tuple[str, str]
"""A text in Chinese and in English."""
MOST = 3
_ENDS: Mapping[str, Said] = {
    Status.COMPLETED: ("已正常结束", "It has ended"),
    Status.TERMINATED: ("已终止", "It was terminated"),
    Status.ERROR_ENDED: ("因错误结束", "It ended with an error"),
    Status.CANCELLED: ("已取消", "It was cancelled"),
}
_NOTHING: Said = ("没有在等待任何事项，请联系开发人员", "it waits for nothing; this should not be, tell the developers")


def why(tx: Transaction, instance_id: str, also: Sequence[Said] = ()) -> Said:
    """What it waits for, worst first, at most three things. also: what its case waits for. Raises NotFound."""
    row = instance(tx, instance_id)
    if row["status"] in _ENDS:
        zh, en = _ENDS[row["status"]]
        return f"{zh}（{_clock(row['ended_at'])}）。", f"{en} ({_clock(row['ended_at'])})."
    reasons = list(chain(_troubles(tx, row), also, _compensation(tx, instance_id), _reasons(tx, instance_id)))
    shown = reasons[:MOST] or [_NOTHING]
    more = len(reasons) - len(shown)
    rest = (f"；另有 {more} 项", f"; and {more} more") if more > 0 else ("", "")
    zh, en = "；".join(zh.rstrip("。") for zh, _ in shown), "; ".join(en.rstrip(".") for _, en in shown)
    return f"{zh}{rest[0]}。", f"{en}{rest[1]}."


def _troubles(tx: Transaction, row: Mapping[str, Any]) -> Iterator[Said]:
    if row["status"] == Status.SUSPENDED:
        yield "已挂起，等待恢复", "it is suspended until somebody resumes it"
    for found in _of(tx, incidents, row["id"], incidents.c.state == "open"):
        yield (
            f"“{found['element_id']}”出现故障，等待运维处理：{found['zh']}",
            f"{found['element_id']} has failed and waits for an operator: {found['en']}",
        )


def _compensation(tx: Transaction, instance_id: str) -> Iterator[Said]:
    undone = kernel.undoing(kernel.decode(tx.value(sa.select(instances.c.state).where(instances.c.id == instance_id))))
    if undone:
        zh, en = "、".join(undone), ", ".join(undone)
        yield f"正在补偿（撤销已完成的步骤），等待“{zh}”完成", f"completed steps are being compensated, and {en} is not done yet"


def _reasons(tx: Transaction, instance_id: str) -> Iterator[Said]:
    for row in _of(tx, jobs, instance_id, jobs.c.state != "incident"):
        yield _job(tx, row)
    for row in _of(tx, human_tasks, instance_id, human_tasks.c.state == "open"):
        who = row["assignee"] or "、".join([*row["candidate_groups"], *row["candidate_users"]]) or "-"
        yield f"等待 {who} 办理“{row['name']}”", f"{row['name']} waits for {who}"
    for row in _of(tx, subscriptions, instance_id):
        yield _subscription(row)
    for row in _of(tx, timers, instance_id):
        yield _timer(row)


def _timer(row: Mapping[str, Any]) -> Said:
    element, at = row["element_id"], _clock(row["due_at"])
    if row["due_at"] is None:
        return f"“{element}”的定时已停，恢复后继续", f"the timer {element} stands still until it is resumed"
    return f"“{element}”定时到 {at}", f"{element} is due at {at}"


def _job(tx: Transaction, row: Mapping[str, Any]) -> Said:
    name, tries = row["operation"], row["attempts"]
    if row["state"] == "fetched":
        who, until = row["lease_owner"], _clock(row["lease_until"])
        return f"外部作业 {name} 由 {who} 办理中，租约至 {until}", f"{who} works on {name} outside, until {until} at most"
    if row["state"] == "leased":
        return f"正在等 {name} 应答（第 {tries} 次）", f"{name} has been asked (attempt {tries}) and has not answered yet"
    if row["state"] == "held":
        return f"{name} 随流程挂起，恢复后调用", f"{name} is held and called once the instance is resumed"
    if row["state"] == "waiting" and (rests := _rest(tx, name)) is not None:
        return rests
    if row["last_error"]:
        at = _clock(row["due_at"])
        return (
            f"{name} 上次失败（{row['last_error']}），{at} 再试",
            f"{name} failed ({row['last_error']}) and is tried again at {at}",
        )
    if row["due_at"] > tx.now:
        return f"{name} 暂停调用，{_clock(row['due_at'])} 再试", f"{name} is left alone until {_clock(row['due_at'])}"
    if row["state"] == "offered":
        return _offered(tx, name)
    return f"排队等待调用 {name}", f"a call of {name} waits for its turn"


def _rest(tx: Transaction, operation: str) -> Said | None:
    """What is said while the breaker of the connector is open, as far as this process knows."""
    known = calls.breaker(tx.engine, operation)
    if not known.rests(tx.now):
        return None
    until, tries, last = _clock(known.rests_until), known.failures, known.last_failure
    return (
        f"{operation} 连续 {tries} 次失败（{last}），已熔断，{until} 再试",
        f"{operation} failed {tries} times in a row ({last}); its breaker is open and it is asked again at {until}",
    )


def _offered(tx: Transaction, name: str) -> Said:
    asked = tx.row(sa.select(topics).where(topics.c.name == name))
    if asked is None:
        return f"等待外部系统领取 {name}，尚无系统来领", f"{name} waits for an external worker, and none has ever asked for it"
    who, at = asked["worker"], _clock(asked["asked_at"])
    return f"等待外部系统领取 {name}（{who} 于 {at} 来过）", f"{name} waits for an external worker; {who} asked last at {at}"


def _subscription(row: Mapping[str, Any]) -> Said:
    key = f"（{row['correlation_key']}）" if row["correlation_key"] else ""
    kinds: Mapping[str, Said] = {
        "message": (f"等待消息“{row['name']}”{key}", f"it waits for message {row['name']} {key}".rstrip()),
        "signal": (f"等待信号“{row['name']}”", f"it waits for signal {row['name']}"),
        "condition": (f"等待“{row['element_id']}”的条件成立", f"it waits for the condition of {row['element_id']}"),
        "child": (f"等待所调用的流程“{row['name']}”结束", f"it waits for the called process {row['name']}"),
    }
    return kinds[row["kind"]]


def _of(tx: Transaction, table: sa.Table, instance_id: str, *conditions: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
    return tx.rows(sa.select(table).where(table.c.instance_id == instance_id, *conditions).limit(MOST + 1))


def _clock(at: Any) -> str:
    return "-" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"
