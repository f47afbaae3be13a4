"""Legal clocks as rows: lights, pauses, sweeps, a calendar that changes, a breach that is never rewritten."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from engine.calendar.china import ChinaCalendar
from engine.casework import applications, boards, cards, cases, inbox, notices, offices, sla
from engine.casework.sla import ClockKind
from engine.casework.sla.clock import Truth, project
from engine.casework.sla.rows import running
from engine.clock import VirtualClock
from engine.models.clocks import sla_clocks
from engine.transaction import Engine
from tests.unit.casework.city import CITY, HEAD_OF_OFFICE, INTAKE, SHOP
from tests.unit.casework.test_people import accepted, apply, task_of

EIGHTEEN = datetime(2018, 10, 15, 2, 0, tzinfo=UTC)  # Monday 10:00 in Shenzhen


def worked_example(pauses: tuple[dict[str, object], ...] = (), stopped_at: datetime | None = None) -> Truth:
    return Truth(ClockKind.COMMITTED, "7WD", "10WD", "elapsed", EIGHTEEN, stopped_at, pauses, "")


def colour_at(truth: Truth, text: str) -> str:
    office = offices.by_calendar(CALENDAR, "Asia/Shanghai")
    return project(office, truth, datetime.fromisoformat(f"{text}+08:00")).colour


CALENDAR = ChinaCalendar()


@pytest.mark.parametrize(
    ("at", "colour"),
    [
        ("2018-10-19T10:00:00", "green"),
        ("2018-10-19T10:00:01", "warning"),
        ("2018-10-24T10:00:00", "warning"),
        ("2018-10-24T10:00:01", "yellow"),
        ("2018-10-29T10:00:00", "yellow"),
        ("2018-10-29T10:00:01", "red"),
    ],
)
def test_the_worked_example_of_e_supervision_holds_to_the_second(at: str, colour: str) -> None:
    assert colour_at(worked_example(), at) == colour


def test_three_days_of_special_procedure_shift_all_three_lights() -> None:
    pause = {"start": "2018-10-16T10:00:00+08:00", "end": "2018-10-19T10:00:00+08:00", "declared": "3WD", "reason": "检验"}
    truth = worked_example((pause,))

    assert colour_at(truth, "2018-10-24T10:00:00") == "green"
    assert colour_at(truth, "2018-10-24T10:00:01") == "warning"
    assert colour_at(truth, "2018-10-29T10:00:01") == "yellow"
    assert colour_at(truth, "2018-11-01T10:00:01") == "red"


def test_an_open_pause_shows_as_paused_until_its_declared_time_is_used_up() -> None:
    pause = {"start": "2018-10-16T10:00:00+08:00", "end": None, "declared": "3WD", "reason": "检验"}
    truth = worked_example((pause,))

    assert colour_at(truth, "2018-10-19T10:00:00") == "paused"
    assert colour_at(truth, "2018-10-24T10:00:01") == "warning"


def test_a_clock_without_limit_says_so_and_is_never_on_time() -> None:
    truth = Truth(ClockKind.COMMITTED, "", "", "day", EIGHTEEN, None, (), "")

    assert colour_at(truth, "2030-01-01T10:00:00") == "no_limit"


def light_of(city: Engine, case_no: str) -> str:
    with city.read(SHOP) as tx:
        return cases.read(tx, case_no).light


def at(clock: VirtualClock, text: str) -> None:
    clock.now = datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def test_a_sweep_turns_the_light_and_writes_card_notice_and_history(city: Engine, clock: VirtualClock) -> None:
    case_no = accepted(city)  # Monday 2026-11-23; seven working days end on 12-02, ten on 12-07

    at(clock, "2026-12-02T18:00:01")
    swept = sla.sweep(city)

    assert swept >= 1
    assert light_of(city, case_no) == "yellow"
    with city.read(HEAD_OF_OFFICE) as tx:
        levels = [card["level"] for card in cards.of_case(tx, case_no) if card["clock_kind"] == "committed"]
        told = [n.template for n in notices.mine(tx).rows]
    assert levels == ["yellow"]
    assert "card.yellow" in told


def test_a_red_card_reaches_the_citys_supervisors_too(city: Engine, clock: VirtualClock) -> None:
    accepted(city)

    at(clock, "2026-12-07T18:00:01")
    sla.sweep(city)

    with city.read(CITY) as tx:
        assert "card.red" in [n.template for n in notices.mine(tx).rows]


def test_a_second_sweep_finds_nothing_and_issues_no_second_card(city: Engine, clock: VirtualClock) -> None:
    case_no = accepted(city)
    at(clock, "2026-12-02T18:00:01")
    sla.sweep(city)

    again = sla.sweep(city)

    assert again == 0
    with city.read(HEAD_OF_OFFICE) as tx:
        assert len([c for c in cards.of_case(tx, case_no) if c["level"] == "yellow" and c["clock_kind"] == "committed"]) == 1


def test_a_finished_case_gets_no_card(city: Engine, clock: VirtualClock) -> None:
    case_no = accepted(city)
    cases.withdraw(city, SHOP, case_no, "不办了")

    at(clock, "2026-12-30T18:00:01")

    assert sla.sweep(city) == 0


def test_a_case_in_time_stays_green_beside_one_that_is_late(city: Engine, clock: VirtualClock) -> None:
    late = accepted(city)
    at(clock, "2026-12-01T10:00:00")
    fresh = apply(city, "k2")
    inbox.complete(city, INTAKE, task_of(city, fresh), {"action": "accept"})

    at(clock, "2026-12-02T18:00:01")
    sla.sweep(city)

    assert (light_of(city, late), light_of(city, fresh)) == ("yellow", "green")


def test_a_changed_calendar_moves_open_clocks_and_keeps_breached_records(city: Engine, clock: VirtualClock) -> None:
    late = accepted(city)
    at(clock, "2026-12-02T18:00:01")
    sla.sweep(city)
    fresh = apply(city, "k2")
    inbox.complete(city, INTAKE, task_of(city, fresh), {"action": "accept"})
    closed = {date(2026, 12, day): False for day in (1, 2, 3, 4)}

    changed = sla.recompute_all(city, ChinaCalendar(closed, edition="moved"))

    assert changed >= 2
    with city.read(HEAD_OF_OFFICE) as tx:
        (card,) = [c for c in cards.of_case(tx, late) if c["level"] == "yellow" and c["clock_kind"] == "committed"]
        breached = {row["kind"]: row["breached_at"] for row in running(tx, late)}
        moved = next(row for row in running(tx, fresh) if row["kind"] == ClockKind.COMMITTED)
    assert card["status"] == "Y"
    assert breached[ClockKind.COMMITTED] is not None
    assert moved["due_at"] == datetime(2026, 12, 15, 10, 0, tzinfo=UTC)
    assert moved["calendar_version"].endswith("+moved")


def test_a_card_is_cancelled_with_a_reason_and_stays(city: Engine, clock: VirtualClock) -> None:
    case_no = accepted(city)
    at(clock, "2026-12-02T18:00:01")
    sla.sweep(city)
    with city.begin(HEAD_OF_OFFICE) as tx:
        card = next(c for c in cards.of_case(tx, case_no) if c["clock_kind"] == "committed")
        boards.cancel_card(tx, str(card["id"]), "系统故障")

    with city.read(HEAD_OF_OFFICE) as tx:
        stands = next(c for c in cards.of_case(tx, case_no) if c["clock_kind"] == "committed")
    assert (stands["status"], stands["cancel_reason"]) == ("Q", "系统故障")


def test_every_date_can_be_explained_day_by_day(city: Engine) -> None:
    case_no = accepted(city)
    with city.read(SHOP) as tx:
        clock = next(c for c in cases.progress(tx, case_no).clocks if c.kind is ClockKind.COMMITTED)

        lines = sla.explain(tx, clock.id)

    assert lines[0].zh.startswith("10:00 起算，时限 7 个工作日")
    assert any("周末" in line.zh for line in lines)


def test_the_board_shows_the_same_lights_as_the_cases_before_and_after_folding(city: Engine, clock: VirtualClock) -> None:
    accepted(city)
    apply(city, "k2")
    at(clock, "2026-12-02T18:00:01")
    sla.sweep(city)

    with city.read(HEAD_OF_OFFICE) as tx:
        before = boards.board(tx).total
        alerts = boards.alerts(tx).rows
    boards.fold(city)
    with city.read(HEAD_OF_OFFICE) as tx:
        after = boards.board(tx).total

    assert before == after
    assert before.open == 2
    assert before.yellow + before.red == len(alerts)


def test_the_most_urgent_task_comes_first_and_pages_follow_each_other(city: Engine, clock: VirtualClock) -> None:
    numbers = []
    for nth in range(5):
        numbers.append(apply(city, f"k{nth}"))
        clock.advance(timedelta(days=1))

    with city.read(INTAKE) as tx:
        first = inbox.pool(tx, limit=2)
        second = inbox.pool(tx, after=first.next, limit=2)
        third = inbox.pool(tx, after=second.next, limit=2)
    listed = [row.case_no for page in (first, second, third) for row in page.rows]

    assert listed[0] == numbers[0]
    assert sorted(listed) == sorted(numbers)
    assert third.next is None


def test_clocks_that_wait_for_nothing_have_no_next_change(city: Engine, clock: VirtualClock) -> None:
    accepted(city)
    at(clock, "2026-12-07T18:00:01")
    sla.sweep(city)

    with city.read(HEAD_OF_OFFICE) as tx:
        left = tx.connection.execute(
            sa.select(sa.func.count()).where(sla_clocks.c.next_change_at.is_not(None), sla_clocks.c.stopped_at.is_(None))
        ).scalar_one()
    assert left == 0


def test_a_case_number_tells_office_and_day_and_notices_a_slip(city: Engine) -> None:
    from engine.casework import numbers

    case_no = applications.apply(city, SHOP, "SC-001", {"name": "好味"}, idempotency_key="n").case_no

    assert case_no.startswith("SCJG-20261123-")
    assert numbers.is_well_formed(case_no)
    wrong = case_no[:-2] + ("A" if case_no[-2] != "A" else "B") + case_no[-1]
    assert not numbers.is_well_formed(wrong)
