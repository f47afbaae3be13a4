"""容缺受理: accepted although something minor is missing, with a promise that is kept, overtaken or broken; papers by name."""

from datetime import timedelta

import pytest

from engine.casework import applications, cases, inbox
from engine.casework.papers import DocumentKind
from engine.casework.sla import ClockKind
from engine.casework.states import CaseState
from engine.clock import VirtualClock
from engine.runtime import timers
from engine.transaction import Engine
from tests.unit.casework.city import HEAD, INTAKE, SHOP, call, flow, offer, task
from tests.unit.casework.signing_city import manifest, open_task, open_tasks

ITEMS = '=[{{"name": "培训合格证", "reason": "原件后补"}}]'.replace("{{", "{").replace("}}", "}").replace('"', "&quot;")
TIMER = (
    '<boundaryEvent id="late" attachedToRef="collect"><timerEventDefinition><timeDate>${tolerance_due}</timeDate>'
    "</timerEventDefinition></boundaryEvent>"
)
REFUSED = '<boundaryEvent id="distrusted" attachedToRef="accept"><errorEventDefinition errorRef="credit"/></boundaryEvent>'
DIAGRAM = "".join(
    [
        HEAD,
        '<error id="credit" errorCode="tolerance.credit"/><process id="tolerant" isExecutable="true"><startEvent id="begin"/>',
        call("accept", "case.accept_conditionally", items=ITEMS, days="3WD"),
        REFUSED,
        '<endEvent id="distrusted_end"/>',
        task("collect", "补交材料", "food-intake"),
        TIMER,
        call("give_up", "case.close", result="promise_missed"),
        '<endEvent id="given_up"/>',
        '<exclusiveGateway id="how" default="how_keep"/>',
        call("keep", "case.keep_promise"),
        call("visit", "document.issue", kind="site_record", facts="={&quot;findings&quot;: &quot;符合要求&quot;}"),
        call("decide", "case.decide", outcome="grant", reason="符合条件"),
        call("close", "case.close", result="done"),
        '<endEvent id="finish"/>',
        flow("begin", "accept"),
        flow("distrusted", "distrusted_end"),
        flow("accept", "collect"),
        flow("late", "give_up"),
        flow("give_up", "given_up"),
        flow("collect", "how"),
        flow("how", "decide", "${waived}"),
        flow("how", "keep"),
        flow("keep", "visit"),
        flow("visit", "decide"),
        flow("decide", "close"),
        flow("close", "finish"),
        "</process></definitions>",
    ]
)


@pytest.fixture
def tolerant(city: Engine) -> Engine:
    offer(city, "tolerant", DIAGRAM, manifest("RQ-001", "tolerant"))
    return city


def applied(city: Engine, key: str = "k") -> str:
    return applications.apply(city, SHOP, "RQ-001", {"name": "好味"}, idempotency_key=key).case_no


def seen(city: Engine, case_no: str) -> cases.Progress:
    with city.read(SHOP) as tx:
        return cases.progress(tx, case_no)


def kinds(city: Engine, case_no: str) -> list[DocumentKind]:
    return [paper.kind for paper in seen(city, case_no).documents]


def test_one_notice_names_the_papers_and_the_promise_has_a_clock_of_its_own(tolerant: Engine) -> None:
    case_no = applied(tolerant)

    found = seen(tolerant, case_no)

    assert found.case.state is CaseState.ACCEPTED_CONDITIONALLY
    assert {c.kind for c in found.clocks if c.stopped_at is None} >= {
        ClockKind.COMMITTED,
        ClockKind.STATUTORY,
        ClockKind.TOLERANCE,
    }
    assert DocumentKind.TOLERANCE in kinds(tolerant, case_no)
    assert DocumentKind.ACCEPTANCE not in kinds(tolerant, case_no)


def test_a_kept_promise_leads_to_an_ordinary_grant_with_the_record_of_the_visit(tolerant: Engine) -> None:
    case_no = applied(tolerant)

    inbox.complete(tolerant, INTAKE, str(open_task(tolerant, case_no, "collect")["id"]), {"waived": False})

    found = seen(tolerant, case_no)
    assert found.case.state is CaseState.CLOSED
    assert [line.kind for line in found.lines].count("case.promise_kept") == 1
    assert DocumentKind.SITE_RECORD in kinds(tolerant, case_no)


def test_a_grant_before_the_papers_come_is_a_conditional_one(tolerant: Engine) -> None:
    case_no = applied(tolerant)

    inbox.complete(tolerant, INTAKE, str(open_task(tolerant, case_no, "collect")["id"]), {"waived": True})

    moved = [line.data.get("to") for line in _lines(tolerant, case_no) if line.kind == "case.granted"]
    assert moved == [CaseState.DECIDED_GRANTED_CONDITIONALLY]


def _lines(city: Engine, case_no: str) -> tuple[object, ...]:
    with city.begin(INTAKE) as tx:
        return cases.archive(tx, case_no).lines


def test_a_broken_promise_ends_the_case_and_is_remembered(tolerant: Engine, clock: VirtualClock) -> None:
    case_no = applied(tolerant)

    clock.advance(timedelta(days=6))
    timers.sweep(tolerant)

    assert seen(tolerant, case_no).case.state is CaseState.TERMINATED
    assert DocumentKind.TERMINATION in kinds(tolerant, case_no)
    again = applied(tolerant, "again")
    assert open_tasks(tolerant, again) == []
    assert seen(tolerant, again).case.state is CaseState.SUBMITTED
