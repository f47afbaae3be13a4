"""Verbs on one task: signers before and after, straight back, taken back, suspended, terminated; parallel branches; deputies."""

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.actors import SYSTEM
from engine.casework import accounts, applications, cases, documents, inbox, sla, substitution, verbs
from engine.casework.access import FourEyes, NotYours
from engine.casework.accounts import Person
from engine.casework.handling import CaseSuspended
from engine.casework.papers import DocumentKind
from engine.casework.signing_rows import SignFirst
from engine.casework.states import CaseState, IllegalMove
from engine.casework.verbs.returning import AlreadyDecided, WalkImpossible
from engine.clock import VirtualClock
from engine.errors import Conflict, Invalid, NotFound
from engine.runtime import timers
from engine.transaction import Engine
from tests.unit.casework.city import HEAD, HEAD_OF_OFFICE, INTAKE, REVIEWER, SHOP, call, flow, offer, task
from tests.unit.casework.signing_city import CLERK, LI, ZHANG, manifest, open_task, open_tasks, waiting
from tests.unit.casework.test_people import accepted, apply, decided, kinds_of, state_of, task_of

BRANCHES = "".join(
    [
        HEAD,
        '<process id="branches" isExecutable="true"><startEvent id="begin"/>',
        call("accept", "case.accept"),
        call("review", "case.review"),
        task("collect", "收件", "desk"),
        '<parallelGateway id="fork"/>',
        task("fire", "消防意见", "desk"),
        task("plan", "规划意见", "desk"),
        '<boundaryEvent id="late" attachedToRef="plan" cancelActivity="false"><timerEventDefinition>'
        '<timeDuration xsi:type="tFormalExpression">PT2H</timeDuration></timerEventDefinition></boundaryEvent>',
        task("chase", "督促", "desk"),
        '<parallelGateway id="join"/>',
        task("finish_up", "汇总", "desk"),
        '<endEvent id="finish"/><endEvent id="chased"/>',
        flow("begin", "accept"),
        flow("accept", "review"),
        flow("review", "collect"),
        flow("collect", "fork"),
        flow("fork", "fire"),
        flow("fork", "plan"),
        flow("fire", "join"),
        flow("plan", "join"),
        flow("late", "chase"),
        flow("chase", "chased"),
        flow("join", "finish_up"),
        flow("finish_up", "finish"),
        "</process></definitions>",
    ]
)


def open_branches(city: Engine) -> str:
    offer(city, "branches", BRANCHES, manifest("FZ-001", "branches"))
    case_no = applications.apply(city, SHOP, "FZ-001", {"name": "好味"}, idempotency_key="f").case_no
    do(city, case_no, "collect")
    return case_no


def do(city: Engine, case_no: str, element: str, **values: object) -> None:
    inbox.complete(city, CLERK, str(open_task(city, case_no, element)["id"]), values)


def held(city: Engine, case_no: str, element: str) -> str:
    task_id = str(open_task(city, case_no, element)["id"])
    with city.begin(CLERK) as tx:
        inbox.claim(tx, task_id)
    return task_id


def test_a_return_before_the_fork_voids_both_branches_and_walks_again(city: Engine) -> None:
    case_no = open_branches(city)

    verbs.send_back(city, CLERK, held(city, case_no, "fire"), "collect", "重来")
    assert waiting(city, case_no) == ["collect:"]

    do(city, case_no, "collect")
    do(city, case_no, "fire")
    do(city, case_no, "plan")
    assert waiting(city, case_no) == ["finish_up:"]


def test_a_return_after_one_branch_is_done_still_joins_once(city: Engine) -> None:
    case_no = open_branches(city)
    do(city, case_no, "fire")

    verbs.send_back(city, CLERK, held(city, case_no, "plan"), "collect", "重来")
    do(city, case_no, "collect")
    do(city, case_no, "plan")

    assert waiting(city, case_no) == ["fire:"]
    do(city, case_no, "fire")
    assert waiting(city, case_no) == ["finish_up:"]


def test_a_branch_that_is_over_is_entered_only_straight_and_leads_straight_back(city: Engine) -> None:
    case_no = open_branches(city)
    do(city, case_no, "fire")
    do(city, case_no, "plan")
    last = held(city, case_no, "finish_up")
    with pytest.raises(WalkImpossible):
        verbs.send_back(city, CLERK, last, "fire", "消防意见不清")

    verbs.send_back(city, CLERK, last, "fire", "消防意见不清", mode="straight")
    assert waiting(city, case_no) == ["fire:"]
    do(city, case_no, "fire", fire_note="已补")

    assert waiting(city, case_no) == ["finish_up:"]


def test_the_page_offers_only_lawful_ways_back(city: Engine) -> None:
    case_no = open_branches(city)
    do(city, case_no, "fire")
    do(city, case_no, "plan")
    last = held(city, case_no, "finish_up")

    with city.begin(CLERK) as tx:
        ways = {element: modes for element, _, modes in inbox.view(tx, last).returns}

    assert ways == {"collect": ("walk", "straight"), "fire": ("straight",), "plan": ("straight",)}


def test_a_reminder_fires_again_after_a_return(city: Engine, clock: VirtualClock) -> None:
    case_no = open_branches(city)
    clock.advance(timedelta(hours=1))
    verbs.send_back(city, CLERK, held(city, case_no, "fire"), "collect", "重来")
    do(city, case_no, "collect")

    clock.advance(timedelta(hours=1, minutes=30))
    timers.sweep(city)
    assert "chase:" not in waiting(city, case_no)  # two hours count from the new beginning
    clock.advance(timedelta(minutes=31))
    timers.sweep(city)

    assert "chase:" in waiting(city, case_no)


def test_a_returned_path_passes_acceptance_again_without_a_second_document(city: Engine) -> None:
    case_no = accepted(city)
    task_id = task_of(city, case_no, REVIEWER)
    with city.begin(REVIEWER) as tx:
        inbox.claim(tx, task_id)

    new_task = verbs.send_back(city, REVIEWER, task_id, "intake", "材料待核", ["name"])
    with city.begin(INTAKE) as tx:
        page = inbox.view(tx, new_task)
    inbox.complete(city, INTAKE, new_task, {"action": "accept"})

    assert page.returned is not None
    assert page.returned.fields == ("name",)
    assert kinds_of(city, case_no).count(DocumentKind.ACCEPTANCE) == 1
    assert waiting(city, case_no) == ["examine:"]


def test_a_return_needs_a_reason_and_an_earlier_task(city: Engine) -> None:
    case_no = accepted(city)
    task_id = task_of(city, case_no, REVIEWER)
    with city.begin(REVIEWER) as tx:
        inbox.claim(tx, task_id)

    with pytest.raises(Invalid):
        verbs.send_back(city, REVIEWER, task_id, "intake", "  ")
    with pytest.raises(verbs.NoWayBack):
        verbs.send_back(city, REVIEWER, task_id, "nowhere", "理由")


def test_of_two_who_press_at_once_the_second_reads_a_conflict(city: Engine) -> None:
    case_no = open_branches(city)
    task_id = held(city, case_no, "fire")
    verbs.send_back(city, CLERK, task_id, "collect", "重来")

    with pytest.raises(Conflict):
        verbs.send_back(city, CLERK, task_id, "collect", "重来")
    with pytest.raises(Conflict):
        inbox.complete(city, CLERK, task_id, {})


def test_a_signer_before_has_the_word_first_and_the_task_comes_back(city: Engine) -> None:
    case_no = open_branches(city)
    mine = held(city, case_no, "fire")
    with city.begin(CLERK) as tx:
        verbs.add_signers(tx, mine, [("zhang", "张一"), ("li", "李二")], "before", "请先看")
    assert open_task(city, case_no, "fire")["assignee"] == "zhang"
    with pytest.raises(SignFirst):
        inbox.complete(city, ZHANG, mine, {})

    verbs.sign(city, ZHANG, mine, "同意", agrees=True)
    assert open_task(city, case_no, "fire")["assignee"] == "li"
    verbs.sign(city, LI, mine, "有保留", agrees=False)

    assert open_task(city, case_no, "fire")["assignee"] == "clerk"
    inbox.complete(city, CLERK, mine, {})
    assert waiting(city, case_no) == ["plan:"]


def test_a_signer_after_holds_the_answers_until_agreeing(city: Engine) -> None:
    case_no = open_branches(city)
    do(city, case_no, "plan")
    mine = held(city, case_no, "fire")
    with city.begin(CLERK) as tx:
        verbs.add_signers(tx, mine, [("zhang", "张一")], "after", "请复核")

    inbox.complete(city, CLERK, mine, {"fire_note": "合格"})
    assert waiting(city, case_no) == ["fire:zhang"]
    verbs.sign(city, ZHANG, mine, "不同意", agrees=False)
    assert waiting(city, case_no) == ["fire:clerk"]
    with city.begin(CLERK) as tx:
        assert inbox.view(tx, mine).draft_saved_at is not None
    inbox.complete(city, CLERK, mine, {"fire_note": "改"})
    verbs.sign(city, ZHANG, mine, "同意", agrees=True)

    assert waiting(city, case_no) == ["finish_up:"]


def test_a_waiting_signer_is_removed_by_who_added_them_only(city: Engine) -> None:
    case_no = open_branches(city)
    mine = held(city, case_no, "fire")
    with city.begin(CLERK) as tx:
        (signer,) = verbs.add_signers(tx, mine, [("zhang", "张一")], "before", "请先看")
    with city.begin(LI) as tx, pytest.raises(NotYours):
        verbs.remove_signer(tx, signer.id, "越权")

    with city.begin(CLERK) as tx:
        verbs.remove_signer(tx, signer.id, "不必了")

    assert open_task(city, case_no, "fire")["assignee"] == "clerk"
    with pytest.raises(verbs.NotYourTurn):
        verbs.sign(city, CLERK, mine, "越权", agrees=True)


def test_what_was_just_completed_is_taken_back_while_the_next_step_is_untouched(city: Engine) -> None:
    case_no = open_branches(city)
    assert waiting(city, case_no) == ["fire:", "plan:"]

    verbs.take_back(city, CLERK, _completed(city, case_no, "collect"))

    assert waiting(city, case_no) == ["collect:clerk"]
    do(city, case_no, "collect")
    assert waiting(city, case_no) == ["fire:", "plan:"]


def test_one_branch_is_taken_back_while_the_join_still_waits_and_not_afterwards(city: Engine) -> None:
    case_no = open_branches(city)
    do(city, case_no, "fire")

    verbs.take_back(city, CLERK, _completed(city, case_no, "fire"))
    assert waiting(city, case_no) == ["fire:clerk", "plan:"]
    do(city, case_no, "fire")
    do(city, case_no, "plan")

    assert waiting(city, case_no) == ["finish_up:"]
    with pytest.raises(verbs.NothingToTakeBack, match="joined"):
        verbs.take_back(city, CLERK, _completed(city, case_no, "plan"))


def _completed(city: Engine, case_no: str, element: str) -> str:
    import sqlalchemy as sa

    from engine.models.tasks import human_tasks

    with city.read(SYSTEM) as tx:
        query = sa.select(human_tasks.c.id).where(human_tasks.c.business_key == case_no, human_tasks.c.element_id == element)
        return str(tx.value(query.where(human_tasks.c.state == "completed").order_by(human_tasks.c.completed_at.desc())))


def test_nothing_is_taken_back_once_the_next_step_is_taken_up_or_a_document_is_out(city: Engine, clock: VirtualClock) -> None:
    case_no = accepted(city)  # acceptance issued its document
    with pytest.raises(verbs.NothingToTakeBack, match="document"):
        verbs.take_back(city, INTAKE, _completed(city, case_no, "intake"))

    branches = open_branches(city)
    clock.advance(timedelta(minutes=1))
    held(city, branches, "fire")
    with pytest.raises(verbs.NothingToTakeBack, match="消防意见"):
        verbs.take_back(city, CLERK, _completed(city, branches, "collect"))


def test_only_who_completed_it_may_take_it_back(city: Engine) -> None:
    case_no = open_branches(city)

    with pytest.raises(NotFound):
        verbs.take_back(city, INTAKE, _completed(city, case_no, "collect"))


def test_a_suspended_case_takes_nothing_and_its_timers_and_clocks_stand_still(city: Engine, clock: VirtualClock) -> None:
    case_no = open_branches(city)
    fire = held(city, case_no, "fire")
    clock.advance(timedelta(hours=1))
    with city.begin(HEAD_OF_OFFICE) as tx:
        verbs.suspend(tx, case_no, "等待法院裁定", declared="5WD")
    with city.read(SHOP) as tx:
        assert cases.read(tx, case_no).light == "paused"
    with pytest.raises(CaseSuspended, match="周伟"):
        inbox.complete(city, CLERK, fire, {})
    with city.begin(HEAD_OF_OFFICE) as tx, pytest.raises(CaseSuspended):
        verbs.suspend(tx, case_no, "再挂")

    clock.advance(timedelta(days=2))
    timers.sweep(city)
    assert "chase:" not in waiting(city, case_no)
    with city.begin(HEAD_OF_OFFICE) as tx:
        verbs.resume(tx, case_no)
        before = {c.kind: c.due_at for c in sla.of_case(tx, case_no)}
    timers.sweep(city)
    assert "chase:" not in waiting(city, case_no)  # one of its two hours is left
    clock.advance(timedelta(hours=1, seconds=1))
    timers.sweep(city)

    assert "chase:" in waiting(city, case_no)
    assert f"{before[sla.ClockKind.COMMITTED]:%m-%d}" == "12-04"  # seven working days and two of pause
    inbox.complete(city, CLERK, fire, {})
    with city.begin(HEAD_OF_OFFICE) as tx, pytest.raises(verbs.CaseNotSuspended):
        verbs.resume(tx, case_no)


def test_termination_ends_process_clocks_and_tasks_with_a_document(city: Engine) -> None:
    case_no = accepted(city)

    verbs.terminate(city, HEAD_OF_OFFICE, case_no, "申请人主体注销")

    assert state_of(city, case_no) is CaseState.TERMINATED
    assert kinds_of(city, case_no)[-1] is DocumentKind.TERMINATION
    assert open_tasks(city, case_no) == []
    with city.read(SHOP) as tx:
        assert all(c.stopped_at for c in sla.of_case(tx, case_no))
    with pytest.raises(Conflict):
        verbs.terminate(city, HEAD_OF_OFFICE, case_no, "再次")


def test_a_decided_case_is_neither_sent_back_nor_terminated(city: Engine) -> None:
    case_no = decided(city, "grant")

    with pytest.raises((IllegalMove, Conflict)):
        verbs.terminate(city, HEAD_OF_OFFICE, case_no, "晚了")
    assert AlreadyDecided.zh


def test_caseworkers_neither_suspend_nor_terminate(city: Engine) -> None:
    case_no = accepted(city)

    with city.begin(INTAKE) as tx, pytest.raises(NotFound):
        verbs.suspend(tx, case_no, "不该")
    with pytest.raises(NotFound):
        verbs.terminate(city, INTAKE, case_no, "不该")


def test_a_supervision_is_answered_once_and_closed(city: Engine, clock: VirtualClock) -> None:
    case_no = accepted(city)
    with city.begin(HEAD_OF_OFFICE) as tx:
        opened = verbs.supervise(tx, case_no, "请说明进度")
    clock.advance(timedelta(days=7))
    with city.begin(REVIEWER) as tx:
        answered = verbs.answer(tx, opened.id, "本周办结")
    assert answered.is_late
    with city.begin(REVIEWER) as tx, pytest.raises(Conflict):
        verbs.answer(tx, opened.id, "再答")

    with city.begin(HEAD_OF_OFFICE) as tx:
        assert verbs.close_supervision(tx, opened.id).state == "closed"
        assert not cases.read(tx, case_no).is_supervised


def test_a_copy_is_sent_once_and_leaves_a_receipt(city: Engine) -> None:
    case_no = accepted(city)
    with city.begin(INTAKE) as tx:
        assert verbs.copy(tx, case_no, ["wangqiang", "wangqiang"], "请阅") == 1
        assert verbs.copy(tx, case_no, ["wangqiang"], "再阅") == 0
    with city.begin(REVIEWER) as tx:
        (mine,) = verbs.copies_for(tx)
        assert mine.read_at is None
        verbs.mark_copy_read(tx, case_no)
        verbs.mark_copy_read(tx, case_no)

    with city.begin(INTAKE) as tx:
        assert verbs.copies_for(tx, case_no=case_no)[0].read_at is not None
    with city.begin(HEAD_OF_OFFICE) as tx, pytest.raises(NotFound):
        verbs.mark_copy_read(tx, case_no)


@pytest.fixture
def staffed(city: Engine) -> Engine:
    with city.begin(SYSTEM) as tx:
        for actor in (INTAKE, REVIEWER, CLERK, HEAD_OF_OFFICE):
            groups = tuple(sorted(actor.groups))
            accounts.register(
                tx,
                Person(actor.id, actor.id, actor.name, actor.kind, office=actor.office, roles=tuple(actor.roles), groups=groups),
            )
    return city


def appoint(city: Engine, **more: object) -> None:
    with city.begin(INTAKE) as tx:
        ends = tx.now + timedelta(days=3)
        substitution.appoint(tx, "clerk", tx.now, ends, reason="休假", **more)  # type: ignore[arg-type]  # options by name


def test_a_deputy_sees_and_does_the_principals_tasks_under_both_names(staffed: Engine) -> None:
    case_no = apply(staffed)
    task_id = task_of(staffed, case_no)
    with staffed.begin(INTAKE) as tx:
        inbox.claim(tx, task_id)
    appoint(staffed)

    with staffed.read(CLERK) as tx:
        assert [row.task_id for row in inbox.my_tasks(tx).rows] == [task_id]
    inbox.complete(staffed, CLERK, task_id, {"action": "accept"})

    with staffed.begin(HEAD_OF_OFFICE) as tx:
        said = [(o["name"], o["on_behalf_of"]) for o in verbs.opinions(tx, case_no)]
        lines = [line for line in cases.archive(tx, case_no).lines if line.kind == "task.completed"]
    assert said == [("收件员", "limin")]
    assert lines[0].who.startswith("收件员")


def test_four_eyes_counts_deputy_and_principal_as_one(staffed: Engine) -> None:
    case_no = apply(staffed)
    appoint(staffed)
    inbox.complete(staffed, CLERK, task_of(staffed, case_no, CLERK), {"action": "accept"})
    examine = str(open_task(staffed, case_no, "examine")["id"])

    with pytest.raises(FourEyes):
        inbox.complete(staffed, INTAKE, examine, {"outcome": "grant"}, opinion="同意")
    with pytest.raises(FourEyes):
        inbox.complete(staffed, CLERK, examine, {"outcome": "grant"}, opinion="同意")


def test_a_deputy_for_one_service_does_no_other(staffed: Engine) -> None:
    case_no = apply(staffed)
    appoint(staffed, items=["MZ-001"])

    with staffed.read(CLERK) as tx:
        assert inbox.pool(tx).rows == ()
    with staffed.begin(CLERK) as tx, pytest.raises(NotFound):
        inbox.claim(tx, task_of_any(staffed, case_no))


def task_of_any(city: Engine, case_no: str) -> str:
    return _OPEN[case_no]


_OPEN: dict[str, str] = {}


@pytest.fixture(autouse=True)
def _remember(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the ids of open tasks by case, so that a test may name one inside another's transaction."""
    original = apply

    def noting(city: Engine, key: str = "k1") -> str:
        case_no = original(city, key)
        _OPEN[case_no] = str(open_tasks(city, case_no)[0]["id"])
        return case_no

    monkeypatch.setitem(globals(), "apply", noting)


def test_a_substitution_ends_by_its_date_or_by_hand(staffed: Engine, clock: VirtualClock) -> None:
    apply(staffed)
    appoint(staffed)
    with staffed.begin(INTAKE) as tx:
        (given,) = substitution.mine(tx)
        substitution.end(tx, given.id)
        with pytest.raises(substitution.AlreadyEnded):
            substitution.end(tx, given.id)
    with staffed.read(CLERK) as tx:
        assert inbox.pool(tx).rows == ()

    appoint(staffed)
    with staffed.read(CLERK) as tx:
        assert len(inbox.pool(tx).rows) == 1
    clock.advance(timedelta(days=4))
    with staffed.read(CLERK) as tx:
        assert inbox.pool(tx).rows == ()


def test_nobody_is_their_own_deputy_and_dates_must_be_in_order(staffed: Engine) -> None:
    with staffed.begin(INTAKE) as tx:
        with pytest.raises(substitution.NotForOneself):
            substitution.appoint(tx, "limin", tx.now, tx.now + timedelta(days=1))
        with pytest.raises(Invalid):
            substitution.appoint(tx, "clerk", tx.now + timedelta(days=2), tx.now + timedelta(days=1))
    with staffed.begin(replace(CLERK, roles=frozenset({"caseworker"}))) as tx, pytest.raises(NotYours):
        substitution.appoint(tx, "clerk", tx.now, tx.now + timedelta(days=1), principal_id="limin")
    assert documents.ONCE
