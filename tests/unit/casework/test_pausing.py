"""停表申请: a special procedure that an officer asks for, with or without the head's word; clocks, documents, and no decision."""

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.actors import Actor
from engine.casework import cases, documents, inbox, special, verbs
from engine.casework.access import About, may
from engine.casework.handling import CaseSuspended
from engine.casework.papers import DocumentKind
from engine.casework.special import SpecialOpen, SpecialProcedure
from engine.casework.states import CaseState, IllegalMove
from engine.casework.verbs import pausing
from engine.clock import VirtualClock
from engine.errors import Invalid, NotFound
from engine.transaction import Engine
from tests.unit.casework.city import (
    AUDITOR,
    CITY,
    CIVIL,
    HEAD_OF_OFFICE,
    PERMIT,
    PERMIT_MANIFEST,
    REVIEWER,
    SHOP,
    call,
    flow,
    offer,
)
from tests.unit.casework.test_people import accepted, apply, kinds_of, state_of, task_of

TERMS = {"testing": {"longest": "10WD"}, "expert_review": {"approved": True}}


@pytest.fixture
def strict(city: Engine) -> Engine:
    """The permit allows tests of ten working days, and expert reviews if the head agrees."""
    offer(city, "food", f"{PERMIT}<!-- 2 -->", {**PERMIT_MANIFEST, "special": TERMS})
    return city


def ask(city: Engine, case_no: str, kind: str = "testing", declared: str = "5WD", actor: Actor = REVIEWER) -> SpecialProcedure:
    with city.begin(actor) as tx:
        return verbs.ask_pause(tx, case_no, kind, declared, "样品须送检")


def pauses(city: Engine, case_no: str, actor: Actor = REVIEWER) -> verbs.Pauses:
    with city.read(actor) as tx:
        return verbs.pauses_of(tx, case_no)


def seen(city: Engine, case_no: str) -> cases.Progress:
    with city.read(SHOP) as tx:
        return cases.progress(tx, case_no)


def due(city: Engine, case_no: str) -> str:
    return f"{seen(city, case_no).case.promised_at:%m-%d}"


def examine(city: Engine, case_no: str) -> None:
    answers = {"outcome": "grant", "reason": "符合条件"}
    inbox.complete(city, REVIEWER, task_of(city, case_no, REVIEWER), answers, opinion="同意")


def test_it_opens_at_once_pauses_the_clock_and_tells_the_applicant_in_writing(city: Engine) -> None:
    case_no = accepted(city)

    made = ask(city, case_no)

    found = seen(city, case_no)
    assert (made.state, found.case.state, found.case.light) == ("open", CaseState.SUSPENDED_SPECIAL_PROCEDURE, "paused")
    assert found.pause_reason == {"zh": "特别程序：检测，5 个工作日", "en": "special procedure: a test, 5 working days"}
    with city.begin(SHOP) as tx:
        paper = next(d for d in documents.of_case(tx, case_no) if d.kind is DocumentKind.SPECIAL_PROCEDURE)
        body = documents.read(tx, paper.id).html
    assert "需进行检测，所需时间为 5 个工作日。原因：样品须送检。" in body
    assert "needs a test, which takes 5 working days. Reason: 样品须送检." in body


def test_the_limit_moves_by_what_it_took_and_by_no_more_than_was_declared(city: Engine, clock: VirtualClock) -> None:
    first, second = accepted(city), apply(city, "second")
    inbox.complete(city, replace(REVIEWER, groups=frozenset({"food-intake"})), task_of(city, second), {"action": "accept"})
    assert (due(city, first), due(city, second)) == ("12-02", "12-02")
    quick, slow = ask(city, first), ask(city, second)

    clock.advance(timedelta(days=2))
    close(city, quick)
    clock.advance(timedelta(days=14))
    close(city, slow)

    assert (due(city, first), due(city, second)) == ("12-04", "12-09")


def close(city: Engine, made: SpecialProcedure, result: str = "检测合格", actor: Actor = REVIEWER) -> SpecialProcedure:
    with city.begin(actor) as tx:
        return verbs.close_pause(tx, made.id, result)


def test_nothing_is_decided_while_it_is_open_and_the_person_reads_why(city: Engine) -> None:
    case_no = accepted(city)
    made = ask(city, case_no)

    with pytest.raises(SpecialOpen, match="a test of case"):
        examine(city, case_no)
    assert state_of(city, case_no) is CaseState.SUSPENDED_SPECIAL_PROCEDURE
    close(city, made)
    examine(city, case_no)

    assert state_of(city, case_no) is CaseState.CLOSED


def test_a_review_that_begins_meanwhile_does_not_end_it(city: Engine) -> None:
    twice = PERMIT.replace(flow("examine", "decide"), flow("examine", "again") + flow("again", "decide"))
    offer(
        city,
        "food",
        twice.replace('<endEvent id="finish"/>', '<endEvent id="finish"/>' + call("again", "case.review")),
        PERMIT_MANIFEST,
    )
    case_no = accepted(city)
    ask(city, case_no)

    with pytest.raises(SpecialOpen):
        examine(city, case_no)

    assert state_of(city, case_no) is CaseState.SUSPENDED_SPECIAL_PROCEDURE


def test_its_result_stands_in_the_record_and_another_may_follow(city: Engine) -> None:
    case_no = accepted(city)

    closed = close(city, ask(city, case_no))
    ask(city, case_no, "hearing")

    assert (closed.state, closed.result, closed.closed_name) == ("closed", "检测合格", "王强")
    found = pauses(city, case_no)
    assert [p.kind for p in found.past] == ["testing"]
    assert found.current is not None
    assert found.current.kind == "hearing"
    assert "特别程序结束：检测 检测合格" in [line.zh for line in seen(city, case_no).lines]


def test_where_the_item_wants_it_the_head_agrees_before_a_clock_is_touched(strict: Engine) -> None:
    case_no = accepted(strict)

    made = ask(strict, case_no, "expert_review")
    assert (made.state, state_of(strict, case_no)) == ("asked", CaseState.IN_REVIEW)
    assert DocumentKind.SPECIAL_PROCEDURE not in kinds_of(strict, case_no)
    with strict.read(HEAD_OF_OFFICE) as tx:
        assert [p.case_no for p in verbs.unsettled_pauses(tx)] == [case_no]
    with strict.begin(HEAD_OF_OFFICE) as tx:
        agreed = verbs.approve_pause(tx, made.id)

    assert (agreed.state, agreed.settled_name) == ("open", "周伟")
    assert state_of(strict, case_no) is CaseState.SUSPENDED_SPECIAL_PROCEDURE
    assert DocumentKind.SPECIAL_PROCEDURE in kinds_of(strict, case_no)


def test_a_refused_request_leaves_the_limit_running_and_says_why_to_officers_only(strict: Engine) -> None:
    case_no = accepted(strict)
    made = ask(strict, case_no, "expert_review")

    with strict.begin(HEAD_OF_OFFICE) as tx:
        refused = verbs.refuse_pause(tx, made.id, "无须评审")

    assert (refused.state, refused.note, state_of(strict, case_no)) == ("refused", "无须评审", CaseState.IN_REVIEW)
    assert "无须评审" not in str(seen(strict, case_no).lines)
    assert pauses(strict, case_no).kinds


def test_nobody_agrees_to_what_they_asked_for_and_of_two_heads_the_second_reads_that_it_is_open(strict: Engine) -> None:
    case_no = accepted(strict)
    made = ask(strict, case_no, "expert_review", actor=HEAD_OF_OFFICE)

    with pytest.raises(pausing.OwnRequest), strict.begin(HEAD_OF_OFFICE) as tx:
        verbs.approve_pause(tx, made.id)
    with strict.begin(CITY) as tx:
        verbs.approve_pause(tx, made.id)
    with pytest.raises(pausing.SettledBefore, match="open"), strict.begin(CITY) as tx:
        verbs.refuse_pause(tx, made.id, "晚了")


def test_two_requests_at_once_give_one(strict: Engine) -> None:
    case_no = accepted(strict)
    ask(strict, case_no, "expert_review")

    with pytest.raises(pausing.AskedBefore, match="王强"):
        ask(strict, case_no)


@pytest.mark.parametrize(
    ("kind", "declared", "reason", "code"),
    [
        ("hearing", "5WD", "x", "special.kind"),
        ("testing", "11WD", "x", "special.too_long"),
        ("testing", "0WD", "x", "special.declared"),
        ("testing", "soon", "x", "special.declared"),
        ("testing", "5WD", "  ", "special.reason.missing"),
    ],
)
def test_what_the_item_does_not_allow_is_refused_with_its_field(
    strict: Engine, kind: str, declared: str, reason: str, code: str
) -> None:
    case_no = accepted(strict)

    with pytest.raises(Invalid) as refused, strict.begin(REVIEWER) as tx:
        verbs.ask_pause(tx, case_no, kind, declared, reason)

    assert [finding.code for finding in refused.value.findings] == [code]


def test_before_acceptance_and_after_the_decision_there_is_none(city: Engine) -> None:
    early, late = apply(city, "early"), accepted(city)
    examine(city, late)

    with pytest.raises(IllegalMove):
        ask(city, early)
    with pytest.raises(pausing.CaseEnded):
        ask(city, late)
    assert pauses(city, early).kinds == pauses(city, late).kinds == ()


def test_a_suspended_case_takes_none_and_an_open_one_is_not_closed_meanwhile(city: Engine) -> None:
    first, second = accepted(city), apply(city, "second")
    made = ask(city, first)
    for case_no in (first, second):
        with city.begin(HEAD_OF_OFFICE) as tx:
            verbs.suspend(tx, case_no, "等待裁定", declared="5WD")

    with pytest.raises(CaseSuspended):
        ask(city, second)
    with pytest.raises(CaseSuspended):
        close(city, made)


def test_who_may(city: Engine) -> None:
    case_no = accepted(city)

    for outsider in (CIVIL, SHOP, AUDITOR):
        with pytest.raises(NotFound):
            ask(city, case_no, actor=outsider)
    assert ask(city, case_no, actor=HEAD_OF_OFFICE).state == "open"
    with city.read(REVIEWER) as tx:
        assert not may(tx, "case.approve_pause", About(office="scjg"))


def test_what_the_process_opened_is_closed_by_its_task_and_shown_all_the_same(city: Engine) -> None:
    opens = call("test", "case.open_special_procedure", kind="testing", days="5WD")
    drawn = PERMIT.replace(flow("review", "examine"), flow("review", "test") + flow("test", "examine"))
    offer(city, "food", drawn.replace('<endEvent id="finish"/>', '<endEvent id="finish"/>' + opens), PERMIT_MANIFEST)
    case_no = accepted(city)

    found = pauses(city, case_no)

    assert found.current is not None
    assert (found.current.asked_name, found.may_close) == ("", False)
    with pytest.raises(pausing.OfTheDiagram):
        close(city, found.current)
    with pytest.raises(SpecialOpen):
        ask(city, case_no)


def test_what_a_withdrawal_overtakes_is_over_with_its_case(strict: Engine) -> None:
    case_no = accepted(strict)
    made = ask(strict, case_no, "expert_review")

    cases.withdraw(strict, SHOP, case_no, "不办了")

    assert [p.state for p in pauses(strict, case_no).past] == ["lapsed"]
    with strict.read(HEAD_OF_OFFICE) as tx:
        assert verbs.unsettled_pauses(tx) == ()
    with pytest.raises(pausing.SettledBefore), strict.begin(HEAD_OF_OFFICE) as tx:
        verbs.approve_pause(tx, made.id)


def test_an_item_without_a_word_allows_what_the_law_names(city: Engine) -> None:
    case_no = accepted(city)

    assert {terms.kind for terms in pauses(city, case_no).kinds} == set(special.BY_LAW)
