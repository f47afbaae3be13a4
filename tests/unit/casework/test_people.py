"""A committed case through people's hands: acceptance, four eyes, supplement, decision, withdrawal."""

from datetime import timedelta

import pytest

from engine.casework import applications, cases, documents, inbox, sla, verbs
from engine.casework.access import FourEyes
from engine.casework.inbox import SupplementRefused, TaskTaken
from engine.casework.papers import DocumentKind
from engine.casework.sla import ClockKind
from engine.casework.states import CaseState, IllegalMove
from engine.clock import VirtualClock
from engine.errors import Invalid, NotFound
from engine.transaction import Engine
from tests.unit.casework.city import CIVIL, HEAD_OF_OFFICE, INTAKE, REVIEWER, SHOP, STRANGER


def apply(city: Engine, key: str = "k1") -> str:
    return applications.apply(city, SHOP, "SC-001", {"name": "好味"}, idempotency_key=key).case_no


def task_of(city: Engine, case_no: str, actor=INTAKE) -> str:
    with city.read(actor) as tx:
        rows = [*inbox.my_tasks(tx).rows, *inbox.pool(tx).rows]
    return next(row.task_id for row in rows if row.case_no == case_no)


def accepted(city: Engine) -> str:
    case_no = apply(city)
    inbox.complete(city, INTAKE, task_of(city, case_no), {"action": "accept"})
    return case_no


def decided(city: Engine, outcome: str) -> str:
    case_no = accepted(city)
    answers = {"outcome": outcome, "reason": "符合条件"}
    inbox.complete(city, REVIEWER, task_of(city, case_no, REVIEWER), answers, opinion="同意")
    return case_no


def state_of(city: Engine, case_no: str) -> CaseState:
    with city.read(SHOP) as tx:
        return cases.read(tx, case_no).state


def kinds_of(city: Engine, case_no: str) -> list[DocumentKind]:
    with city.read(SHOP) as tx:
        return [d.kind for d in documents.of_case(tx, case_no)]


def test_a_submitted_case_waits_for_acceptance_under_its_own_clock(city: Engine) -> None:
    case_no = apply(city)

    with city.read(SHOP) as tx:
        seen = cases.progress(tx, case_no)
    assert seen.case.state is CaseState.SUBMITTED
    running = {c.kind for c in seen.clocks if c.stopped_at is None}
    assert running == {ClockKind.PRE_ACCEPTANCE, ClockKind.STAGE}
    assert seen.case.stage == "受理"


def test_acceptance_starts_both_limits_and_issues_one_document(city: Engine) -> None:
    case_no = accepted(city)

    with city.read(SHOP) as tx:
        seen = cases.progress(tx, case_no)
    running = {c.kind: c for c in seen.clocks if c.stopped_at is None}
    assert set(running) == {ClockKind.COMMITTED, ClockKind.STATUTORY}
    # accepted on Monday 2026-11-23: seven working days end on Wednesday 2026-12-02 at 18:00
    assert running[ClockKind.COMMITTED].due_at.isoformat() == "2026-12-02T10:00:00+00:00"
    assert seen.case.promised_at == running[ClockKind.COMMITTED].due_at
    assert kinds_of(city, case_no).count(DocumentKind.ACCEPTANCE) == 1


def test_a_granted_case_ends_with_licence_decision_and_record_of_delivery(city: Engine) -> None:
    case_no = decided(city, "grant")

    assert state_of(city, case_no) is CaseState.CLOSED
    assert kinds_of(city, case_no)[-2:] == [DocumentKind.GRANT, DocumentKind.DELIVERY]
    with city.read(SHOP) as tx:
        seen = cases.progress(tx, case_no)
    assert all(c.stopped_at is not None for c in seen.clocks)
    assert seen.case.light == "stopped"
    assert len(seen.licences) == 1


def test_a_refusal_states_reasons_and_the_way_to_appeal(city: Engine) -> None:
    case_no = decided(city, "refuse")

    with city.begin(SHOP) as tx:
        seen = cases.progress(tx, case_no)
        refusal = next(d for d in seen.documents if d.kind is DocumentKind.REFUSAL)
        body = documents.read(tx, refusal.id).html
    assert seen.licences == ()
    assert "符合条件" in body
    assert "行政复议" in body


def test_the_same_person_may_not_accept_and_examine(city: Engine) -> None:
    case_no = accepted(city)

    with pytest.raises(FourEyes) as refused:
        inbox.complete(city, INTAKE, task_of(city, case_no), {"outcome": "grant"}, opinion="同意")

    assert "李敏" in refused.value.sentence("zh")


def test_a_required_opinion_must_be_written(city: Engine) -> None:
    case_no = accepted(city)

    with pytest.raises(Invalid) as refused:
        inbox.complete(city, REVIEWER, task_of(city, case_no, REVIEWER), {"outcome": "grant"})

    assert refused.value.findings[0].pointer == "/opinion"


def test_the_second_of_two_people_reads_who_completed_it_and_when(city: Engine) -> None:
    case_no = apply(city)
    task_id = task_of(city, case_no)
    inbox.complete(city, INTAKE, task_id, {"action": "accept"})

    with pytest.raises(TaskTaken) as refused:
        inbox.complete(city, INTAKE, task_id, {"action": "accept"})

    assert "it was completed at 02:00 UTC by 李敏" in str(refused.value)


def test_a_task_that_a_colleague_holds_cannot_be_claimed(city: Engine) -> None:
    case_no = accepted(city)
    task_id = task_of(city, case_no, REVIEWER)
    with city.begin(REVIEWER) as tx:
        inbox.claim(tx, task_id)

    other = INTAKE.__class__("other", "刘洋", INTAKE.kind, INTAKE.roles, REVIEWER.groups, "scjg")
    with city.begin(other) as tx, pytest.raises(TaskTaken) as refused:
        inbox.claim(tx, task_id)

    assert "王强 has held it" in str(refused.value)


def test_an_officer_of_another_office_finds_no_task(city: Engine) -> None:
    case_no = apply(city)
    task_id = task_of(city, case_no)

    with city.begin(CIVIL) as tx, pytest.raises(NotFound):
        inbox.view(tx, task_id)


def test_a_supplement_pauses_the_office_and_comes_back_to_it(city: Engine) -> None:
    case_no = apply(city)
    task_id = task_of(city, case_no)
    items = [{"name": "平面图", "reason": "未盖章"}]

    inbox.return_for_supplement(city, INTAKE, task_id, items, "请一次补齐")

    with city.read(SHOP) as tx:
        waiting = cases.progress(tx, case_no)
    assert waiting.case.state is CaseState.SUPPLEMENT_REQUIRED
    assert waiting.case.light == "paused"
    assert waiting.supplement is not None
    assert waiting.supplement.items == ({"name": "平面图", "reason": "未盖章"},)

    cases.supplement(city, SHOP, case_no, {"plan": "file-1"})

    with city.read(SHOP) as tx:
        back = cases.progress(tx, case_no)
    assert back.case.state is CaseState.SUBMITTED
    assert back.answers == {"name": "好味", "plan": "file-1"}
    assert back.case.stage == "受理"


def test_a_supplement_is_asked_for_only_once(city: Engine) -> None:
    case_no = apply(city)
    inbox.return_for_supplement(city, INTAKE, task_of(city, case_no), [{"name": "平面图"}], "缺")
    cases.supplement(city, SHOP, case_no, {"plan": "x"})

    with pytest.raises(SupplementRefused):
        inbox.return_for_supplement(city, INTAKE, task_of(city, case_no), [{"name": "合同"}], "又缺")


def test_a_stranger_cannot_supplement(city: Engine) -> None:
    case_no = apply(city)
    inbox.return_for_supplement(city, INTAKE, task_of(city, case_no), [{"name": "平面图"}], "缺")

    with pytest.raises(NotFound):
        cases.supplement(city, STRANGER, case_no, {"plan": "x"})


def test_a_case_may_be_withdrawn_until_it_is_decided(city: Engine) -> None:
    case_no = accepted(city)

    withdrawn = cases.withdraw(city, SHOP, case_no, "不再经营")

    assert withdrawn.state is CaseState.WITHDRAWN
    assert kinds_of(city, case_no)[-1] is DocumentKind.WITHDRAWAL
    with city.read(REVIEWER) as tx:
        assert inbox.pool(tx).rows == ()


def test_a_decided_case_cannot_be_withdrawn(city: Engine) -> None:
    case_no = decided(city, "grant")

    with pytest.raises(IllegalMove):
        cases.withdraw(city, SHOP, case_no, "反悔")


def test_a_case_is_urged_once_a_calendar_day(city: Engine, clock: VirtualClock) -> None:
    case_no = apply(city)
    with city.begin(SHOP) as tx:
        cases.urge(tx, case_no)

    with city.begin(SHOP) as tx, pytest.raises(cases.TooSoon):
        cases.urge(tx, case_no)

    clock.advance(timedelta(hours=15))  # 01:00 of the next day in Shenzhen, less than 24 hours later
    with city.begin(SHOP) as tx:
        cases.urge(tx, case_no)


def test_the_chain_of_a_case_holds(city: Engine) -> None:
    from engine.runtime import history

    decided(city, "grant")

    assert list(history.verify(city)) == []


def test_an_extension_is_granted_once_and_told_to_the_applicant(city: Engine) -> None:
    case_no = accepted(city)
    with city.begin(HEAD_OF_OFFICE) as tx:
        verbs.extend(tx, case_no, "5WD", "案情复杂")

    with city.read(SHOP) as tx:
        seen = cases.progress(tx, case_no)
    assert seen.case.is_extended
    assert seen.case.promised_at.isoformat() == "2026-12-09T10:00:00+00:00"
    assert DocumentKind.EXTENSION in [d.kind for d in seen.documents]
    with city.begin(HEAD_OF_OFFICE) as tx, pytest.raises(sla.ExtendedBefore):
        verbs.extend(tx, case_no, "5WD", "再延")


def test_a_task_is_sent_back_and_the_earlier_one_opens_again(city: Engine) -> None:
    case_no = apply(city)
    inbox.complete(city, INTAKE, task_of(city, case_no), {"action": "accept"})
    task_id = task_of(city, case_no, REVIEWER)
    with city.begin(REVIEWER) as tx:
        inbox.claim(tx, task_id)

    new_task = verbs.send_back(city, REVIEWER, task_id, "intake", "材料待核", ["name"])

    with city.begin(INTAKE) as tx:
        assert inbox.view(tx, new_task).row.name == "受理"


def test_a_delegated_task_comes_back_to_whom_it_was_delegated_by(city: Engine) -> None:
    case_no = apply(city)
    task_id = task_of(city, case_no)
    with city.begin(INTAKE) as tx:
        inbox.claim(tx, task_id)
        verbs.delegate(tx, task_id, "wangqiang", "王强", "请协助核对")

    with city.begin(REVIEWER) as tx:
        row = verbs.hand_back(tx, task_id, "已核对")

    assert row.assignee == "limin"


def test_the_task_page_shows_form_values_clock_and_history_side_by_side(city: Engine) -> None:
    case_no = apply(city)
    task_id = task_of(city, case_no)
    with city.begin(INTAKE) as tx:
        inbox.claim(tx, task_id)
        inbox.save_draft(tx, task_id, {"action": "accept"})

    with city.begin(INTAKE) as tx:
        page = inbox.view(tx, task_id)

    assert page.values == {"action": "accept"}
    assert page.draft_saved_by == "李敏"
    assert page.answers == {"name": "好味"}
    assert page.is_mine
    assert page.can_complete
    assert page.can_supplement
    assert page.lines[0].kind == "case.opened"
    assert {c.kind for c in page.clocks} == {ClockKind.PRE_ACCEPTANCE, ClockKind.STAGE}
