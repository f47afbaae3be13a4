"""What a diagram may ask for beyond the first operations: working time, promise, sampling, revocation, withdrawal, signatures."""

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from engine.actors import SYSTEM
from engine.casework import applications, cases, documents, licences, notices, signatures
from engine.casework.states import CaseState
from engine.clock import VirtualClock
from engine.errors import NotFound
from engine.runtime import history, standing, timers
from engine.transaction import Engine
from tests.unit.casework.city import ALLOWANCE_MANIFEST, GRANNY, HEAD, STRANGER, call, flow, offer, task

ZONE = ZoneInfo("Asia/Shanghai")
MESSAGES = "".join(
    f'<message id="{key}" name="{name}"><extensionElements><camunda:properties><camunda:property name="correlationKey"'
    f' value="{value}"/></camunda:properties></extensionElements></message>'
    for key, name, value in (
        ("back", "withdrawal.requested", "=case.no"),
        ("signed", "person.signed", "=applicant.subject + &quot;/&quot; + case.no"),
    )
)
RECEIVE = '<receiveTask id="sign" name="签署" messageRef="signed"/>'
BACK = "".join(
    [
        '<subProcess id="off" triggeredByEvent="true"><startEvent id="asked"><messageEventDefinition messageRef="back"/>',
        "</startEvent>",
        call("called_off", "case.withdraw", reason="${withdrawal.reason}"),
        '<endEvent id="is_off"/>',
        flow("asked", "called_off"),
        flow("called_off", "is_off"),
        "</subProcess>",
    ]
)
TIMER = (
    '<intermediateCatchEvent id="later"><timerEventDefinition><timeDate>${due_at}</timeDate></timerEventDefinition>'
    "</intermediateCatchEvent>"
)


def line(*parts: tuple[str, str]) -> str:
    """A process that does these one after another; each is (id, XML)."""
    ids = ["begin", *(key for key, _ in parts), "finish"]
    body = "".join(xml for _, xml in parts) + "".join(flow(a, b) for a, b in pairwise(ids))
    inside = f'<startEvent id="begin"/>{body}<endEvent id="finish"/>{BACK}'
    return f'{HEAD}{MESSAGES}<process id="allowance" isExecutable="true">{inside}</process></definitions>'


def operation(key: str, topic: str, **inputs: str) -> tuple[str, str]:
    return key, call(key, topic, **inputs)


def begun(city: Engine, *parts: tuple[str, str]) -> str:
    """The number of a case of the elder service, drawn as these parts."""
    offer(city, "elder", line(*parts), ALLOWANCE_MANIFEST)
    return applications.apply(city, GRANNY, "MZ-001", {}, idempotency_key="once").case_no


def read(city: Engine, case_no: str) -> cases.Case:
    with city.read(GRANNY) as tx:
        return cases.read(tx, case_no)


def test_a_timer_waits_for_working_days_not_for_days(city: Engine, clock: VirtualClock) -> None:
    clock.now = datetime(2026, 11, 27, 10, 0, tzinfo=ZONE)
    case_no = begun(city, operation("reckon", "clock.due", limit="2WD"), ("later", TIMER), operation("end", "case.accept"))

    clock.now = datetime(2026, 11, 30, 20, 0, tzinfo=ZONE)
    timers.sweep(city)
    before = read(city, case_no).state
    clock.now = datetime(2026, 12, 1, 18, 1, tzinfo=ZONE)
    timers.sweep(city)

    assert (before, read(city, case_no).state) == (CaseState.SUBMITTED, CaseState.ACCEPTED)


def test_a_limit_is_extended_once_by_the_diagram(city: Engine) -> None:
    accepted = operation("accept", "case.accept")
    case_no = begun(city, accepted, operation("longer", "case.extend", extension="5WD", reason="复杂"), ("wait", TASK))

    shown = read(city, case_no)

    assert shown.is_extended
    assert "extension" in kinds(city, case_no)


def test_an_extension_after_the_limit_is_refused(city: Engine, clock: VirtualClock) -> None:
    longer = operation("longer", "case.extend", extension="5WD", reason="复杂")
    case_no = begun(
        city, operation("accept", "case.accept"), operation("due", "clock.due", limit="30WD"), ("later", TIMER), longer
    )

    clock.advance(timedelta(days=60))
    timers.sweep(city)

    assert not read(city, case_no).is_extended
    assert "extension" not in kinds(city, case_no)


@pytest.mark.parametrize(("percent", "expected"), [("0", False), ("100", True)])
def test_a_case_is_drawn_by_its_number(city: Engine, percent: str, expected: bool) -> None:
    case_no = begun(city, operation("draw", "case.sample", percent=percent), ("wait", TASK))

    root_id = read(city, case_no).root_id
    with city.read(SYSTEM) as tx:
        drawn = [line.data["drawn"] for line in history.of(tx, root_id) if line.kind == "case.sampled"]

    assert drawn == [expected]


def test_a_promise_is_kept_on_paper(city: Engine) -> None:
    case_no = begun(city, operation("promise", "case.commit"), ("wait", TASK))

    assert read(city, case_no).is_on_commitment
    assert "commitment" in kinds(city, case_no)


def test_a_revocation_takes_back_decision_and_licence_and_says_why(city: Engine) -> None:
    granted = [operation("accept", "case.accept"), operation("decide", "case.decide", outcome="grant", reason="好")]
    done = [operation("issue", "licence.issue"), operation("close", "case.close", result="granted")]
    case_no = begun(city, *granted, *done, operation("undo", "case.revoke", reason="承诺不实"))

    with city.read(GRANNY) as tx:
        held = [licence.status for licence in licences.wallet(tx)]

    assert (read(city, case_no).state, held) == (CaseState.REVOKED, ["revoked"])
    assert "revocation" in kinds(city, case_no)


def test_a_diagram_that_waits_for_a_withdrawal_has_the_last_word(city: Engine) -> None:
    case_no = begun(city, operation("accept", "case.accept"), ("wait", TASK))

    cases.withdraw(city, GRANNY, case_no, "不办了")

    shown = read(city, case_no)
    with city.read(SYSTEM) as tx:
        waiting = standing.of(tx, shown.root_id).waiting
    assert (shown.state, waiting) == (CaseState.WITHDRAWN, ())
    assert "withdrawal" in kinds(city, case_no)


def test_whoever_is_asked_signs_once_and_nobody_else_can(city: Engine) -> None:
    case_no = begun(city, ("sign", RECEIVE), operation("accept", "case.accept"), ("wait", TASK))

    with city.read(GRANNY) as tx:
        asked = [s.case_no for s in signatures.waiting(tx)]
    with pytest.raises(NotFound):
        signatures.sign(city, STRANGER, case_no)
    signatures.sign(city, GRANNY, case_no)
    with pytest.raises(NotFound):
        signatures.sign(city, GRANNY, case_no)

    assert asked == [case_no]
    assert read(city, case_no).state is CaseState.ACCEPTED


def test_a_notice_for_an_identity_number_reaches_its_owner(city: Engine) -> None:
    with city.begin(SYSTEM) as tx:
        notices.write(tx, notices.subject(str(GRANNY.subject)), "case.please_sign", {"case_no": "X", "due": "明天"})

    with city.read(GRANNY) as tx:
        hers = [n.template for n in notices.mine(tx).rows]
    with city.read(STRANGER) as tx:
        others = notices.mine(tx).rows
    assert (hers, len(others)) == (["case.please_sign"], 0)


TASK = task("wait", "等待", "elder-review")


def kinds(city: Engine, case_no: str) -> list[str]:
    with city.read(GRANNY) as tx:
        return [str(document.kind) for document in documents.of_case(tx, case_no)]
