"""Whoever asks why an instance stands where it stands hears one sentence in both languages, whatever it waits for."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.actors import SYSTEM
from engine.ports import Check, ConnectorUnavailable
from engine.runtime import calls, changes, external, jobs, start, tasks, waiting
from engine.transaction import Engine
from tests.unit.runtime.versions import flow, publish, user

LEASE = timedelta(minutes=1)


class Silent:
    """A connector that never answers."""

    def call(self, payload: Mapping[str, object], *, idempotency_key: str, timeout_seconds: float) -> Mapping[str, object]:
        raise ConnectorUnavailable("no route")

    def check(self) -> Check:
        return Check(False, "silent", "无应答")


def straight(element: str, key: str = "x") -> str:
    return f'<startEvent id="s"/>{element}<endEvent id="e"/>{flow("s", key, "e")}'


def call(operation: str) -> str:
    return straight(f'<serviceTask id="x" camunda:type="external" camunda:topic="{operation}"/>')


def catch(definition: str) -> str:
    return straight(f'<intermediateCatchEvent id="x">{definition}</intermediateCatchEvent>')


UNDONE = (
    '<startEvent id="s"/>'
    + user("pay")
    + '<boundaryEvent id="back" attachedToRef="pay"><compensateEventDefinition/></boundaryEvent>'
    + user("repay").replace("<userTask", '<userTask isForCompensation="true"')
    + '<association id="a" associationDirection="One" sourceRef="back" targetRef="repay"/>'
    + '<endEvent id="undo"><compensateEventDefinition/></endEvent>'
    + flow("s", "pay", "undo")
)
CONDITION = (
    '<conditionalEventDefinition><condition xsi:type="tFormalExpression">${ready}</condition></conditionalEventDefinition>'
)
IN_AN_HOUR = catch("<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>")
SUSPENDED = "it is suspended until somebody resumes it; "


def nothing(engine: Engine, instance_id: str) -> None:
    """It stands as it began."""


def completed(engine: Engine, instance_id: str) -> None:
    with engine.begin(SYSTEM) as tx:
        tasks.complete(tx, tasks.list_open(tx, instance_id)[0]["id"], {})


def suspended(engine: Engine, instance_id: str) -> None:
    with engine.begin(SYSTEM) as tx:
        changes.suspend(tx, instance_id, "a storm")


def asked(engine: Engine, limit: int = 0) -> None:
    given = {"limit": limit, "lease": LEASE, "wait_seconds": 0.0}
    external.fetch(engine, SYSTEM, "away", "van", **given, pause=lambda _: False)


def fetched(engine: Engine, instance_id: str) -> None:
    asked(engine, 1)


def leased(engine: Engine, instance_id: str) -> None:
    jobs.lease(engine, "w", 1)


def failed(engine: Engine, instance_id: str) -> None:
    for job in jobs.lease(engine, "w", 1):
        jobs.work(engine, job)


def broken(engine: Engine, instance_id: str) -> None:
    known = calls.breaker(engine, "near")
    for _ in range(calls.FAILURES):
        known.took("no route", engine.clock.read(None))  # type: ignore[arg-type]  # a virtual clock reads no database


def unasked(engine: Engine, instance_id: str) -> None:
    broken(engine, instance_id)
    failed(engine, instance_id)


KINDS: Mapping[str, tuple[str, Callable[[Engine, str], None], str, str]] = {
    "person": (straight(user("x")), nothing, "等待 - 办理“x”。", "x waits for -."),
    "people": (straight(user("x", candidateGroups="hall")), nothing, "等待 hall 办理“x”。", "x waits for hall."),
    "queue": (call("near"), nothing, "排队等待调用 near。", "a call of near waits for its turn."),
    "answer": (
        call("near"),
        leased,
        "正在等 near 应答（第 1 次）。",
        "near has been asked (attempt 1) and has not answered yet.",
    ),
    "retry": (
        call("near"),
        failed,
        "near 上次失败（ConnectorUnavailable: no route），",
        "near failed (ConnectorUnavailable: no route)",
    ),
    "breaker": (
        call("near"),
        broken,
        "near 连续 5 次失败（no route），已熔断，",
        "near failed 5 times in a row (no route); its breaker",
    ),
    "unasked": (
        call("near"),
        unasked,
        "near 连续 5 次失败（no route），已熔断，",
        "near failed 5 times in a row (no route); its breaker",
    ),
    "offered": (
        call("away"),
        nothing,
        "等待外部系统领取 away，尚无系统来领。",
        "away waits for an external worker, and none has ever",
    ),
    "fetched": (call("away"), fetched, "外部作业 away 由 van 办理中，租约至", "van works on away outside, until"),
    "message": (catch('<messageEventDefinition messageRef="paid"/>'), nothing, "等待消息“paid”。", "it waits for message paid."),
    "signal": (catch('<signalEventDefinition signalRef="go"/>'), nothing, "等待信号“go”。", "it waits for signal go."),
    "condition": (catch(CONDITION), nothing, "等待“x”的条件成立。", "it waits for the condition of x."),
    "timer": (IN_AN_HOUR, nothing, "“x”定时到 2026-11-23 03:00:00 UTC。", "x is due at 2026-11-23 03:00:00 UTC."),
    "called": (
        straight('<callActivity id="x" calledElement="C"/>'),
        nothing,
        "等待所调用的流程“C”结束。",
        "it waits for the called process C.",
    ),
    "compensation": (
        UNDONE,
        completed,
        "正在补偿（撤销已完成的步骤），等待“repay”完成；等待 - 办理“repay”。",
        "completed steps are being compensated, and repay is not done yet; repay waits for -.",
    ),
    "suspended task": (straight(user("x")), suspended, "已挂起，等待恢复；等待 - 办理“x”。", f"{SUSPENDED}x waits for -."),
    "suspended job": (
        call("near"),
        suspended,
        "已挂起，等待恢复；near 随流程挂起，恢复后调用。",
        f"{SUSPENDED}near is held and called once",
    ),
    "suspended timer": (
        IN_AN_HOUR,
        suspended,
        "已挂起，等待恢复；“x”的定时已停，恢复后继续。",
        f"{SUSPENDED}the timer x stands still",
    ),
    "incident": (
        call("near"),
        lambda engine, _: parked(engine),
        "“x”出现故障，等待运维处理：",
        "x has failed and waits for an operator:",
    ),
    "ended": (
        straight(user("x")),
        completed,
        "已正常结束（2026-11-23 02:00:00 UTC）。",
        "It has ended (2026-11-23 02:00:00 UTC).",
    ),
}


def parked(engine: Engine) -> None:
    for job in jobs.lease(engine, "w", 1):
        jobs.work(engine, {**job, "attempts": job["max_attempts"]})


@pytest.mark.parametrize("kind", KINDS)
def test_every_wait_is_said_in_both_languages(sqlite_engine: Engine, kind: str) -> None:
    body, then, zh, en = KINDS[kind]
    engine = replace(sqlite_engine, connectors={"near": Silent()})
    with engine.begin(SYSTEM) as tx:
        publish(tx, straight(user("inside"), "inside"), "C")
        publish(tx, body)
        instance_id = start.start(tx, "P", {"ready": False}).id
    then(engine, instance_id)

    with engine.read(SYSTEM) as tx:
        said = waiting.why(tx, instance_id)

    assert said[0].startswith(zh)
    assert said[1].startswith(en)


def test_a_worker_that_came_and_went_is_named(sqlite_engine: Engine) -> None:
    asked(sqlite_engine)
    with sqlite_engine.begin(SYSTEM) as tx:
        publish(tx, call("away"))
        instance_id = start.start(tx, "P").id

        zh, en = waiting.why(tx, instance_id)

    assert zh == "等待外部系统领取 away（van 于 2026-11-23 02:00:00 UTC 来过）。"
    assert en == "away waits for an external worker; van asked last at 2026-11-23 02:00:00 UTC."
