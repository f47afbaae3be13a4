"""The city's own days and hours: by office, by edition, online recomputation; breached records that only a person moves."""

from datetime import UTC, date, datetime, time

import pytest

from engine.actors import Actor, ActorKind
from engine.calendar.amended import OwnDay
from engine.casework import calendars, cards, cards_settling, cases, inbox, notices, offices, sla
from engine.casework.access import NotYours
from engine.casework.sla import ClockKind
from engine.casework.sla.rows import running
from engine.clock import VirtualClock
from engine.transaction import Engine, Transaction
from tests.unit.casework.city import CITY, HEAD_OF_OFFICE, INTAKE, SHOP
from tests.unit.casework.test_clocks import at
from tests.unit.casework.test_people import accepted, apply, task_of

CLOSED = OwnDay(False, "台风停工", "typhoon")
TYPHOON = {date(2026, 12, day): CLOSED for day in (1, 2, 3, 4)}


def committed(city: Engine, case_no: str) -> dict[str, object]:
    with city.read(SHOP) as tx:
        return next(row for row in running(tx, case_no) if row["kind"] == ClockKind.COMMITTED)


def recomputed(city: Engine) -> int:
    total = 0
    while looked := calendars.recompute(city, 1):
        total += looked
    return total


def test_closed_days_move_every_open_clock_in_batches(city: Engine) -> None:
    first, second = accepted(city), apply(city, "k2")
    inbox.complete(city, INTAKE, task_of(city, second), {"action": "accept"})

    with city.begin(CITY) as tx:
        made = calendars.set_days(tx, TYPHOON, "台风停工四天")
    looked = recomputed(city)

    assert (made.number, made.state) == (1, "recomputing")
    assert looked == 4  # two cases, each with a committed and a statutory clock
    for case_no in (first, second):
        row = committed(city, case_no)
        assert row["due_at"] == datetime(2026, 12, 8, 10, 0, tzinfo=UTC)
        assert str(row["calendar_version"]).endswith("+1")
    with city.read(CITY) as tx:
        (done,) = calendars.editions(tx)
        assert (done.state, done.looked_at, done.changed) == ("done", 4, 4)
        assert cases.read(tx, first).due_at == datetime(2026, 12, 8, 10, 0, tzinfo=UTC)


def test_the_axes_of_all_offices_are_built_before_a_batch_locks_anything(city: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    accepted(city)
    with city.begin(CITY) as tx:
        calendars.set_days(tx, TYPHOON, "台风停工四天")
    seen = []

    def looked_at(tx: Transaction, after: str, limit: int) -> list[dict[str, object]]:
        seen.append("workdays" in vars(offices.of(tx, "scjg")))
        return []

    monkeypatch.setattr(calendars, "open_after", looked_at)
    calendars.recompute(city)

    assert seen == [True]


def test_the_reasons_of_the_city_stand_in_the_steps(city: Engine) -> None:
    case_no = accepted(city)
    with city.begin(CITY) as tx:
        calendars.set_days(tx, TYPHOON, "台风停工四天")
    recomputed(city)

    with city.read(SHOP) as tx:
        clock = next(c for c in cases.progress(tx, case_no).clocks if c.kind is ClockKind.COMMITTED)
        lines = [step.zh for step in sla.explain(tx, clock.id)]

    assert "台风停工，不计" in lines
    assert lines == [step.zh for step in sla.steps_of(city, clock, city.clock.now)]  # type: ignore[attr-defined]


def test_an_office_closes_alone(city: Engine) -> None:
    case_no = accepted(city)

    with city.begin(HEAD_OF_OFFICE) as tx:
        calendars.set_days(tx, {date(2026, 12, 1): CLOSED}, "停电", office="scjg")
        calendars.set_days(tx, {date(2026, 12, 2): CLOSED}, "别处", office="scjg")
    with city.begin(CITY) as tx:
        calendars.set_days(tx, {date(2026, 11, 30): CLOSED}, "别的单位", office="minzheng")
    recomputed(city)

    assert committed(city, case_no)["due_at"] == datetime(2026, 12, 4, 10, 0, tzinfo=UTC)


def test_office_hours_move_the_close_of_the_last_day(city: Engine) -> None:
    case_no = accepted(city)

    with city.begin(HEAD_OF_OFFICE) as tx:
        calendars.set_hours(tx, "scjg", calendars.read_hours("09:00-12:00 13:30-17:00"), "夏令作息")
    recomputed(city)

    assert committed(city, case_no)["due_at"] == datetime(2026, 12, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "9-12", "09:00-12:00 11:00-18:00", "18:00-09:00", "09:00"])
def test_hours_that_overlap_or_cannot_be_read_are_refused(city: Engine, text: str) -> None:
    with city.begin(CITY) as tx, pytest.raises(calendars.HoursUnreadable):
        calendars.set_hours(tx, "scjg", calendars.read_hours(text), "x")


def test_a_year_entered_by_hand_is_provisional_no_more(city: Engine) -> None:
    with city.begin(CITY) as tx:
        assert calendars.is_provisional(tx, 2031)
        closed = calendars.read_days("2031-01-01/2031-01-03 元旦", is_workday=False)
        calendars.publish_year(tx, 2031, closed, [date(2031, 1, 4)], "国办发明电〔2030〕7号")

    with city.read(CITY) as tx:
        assert not calendars.is_provisional(tx, 2031)
        days = {day.day: day for day in calendars.year(tx, 2031)}
    assert not days[date(2031, 1, 2)].is_workday
    assert days[date(2031, 1, 2)].zh == "元旦"
    assert days[date(2031, 1, 4)].is_workday


@pytest.mark.parametrize("text", ["2031-02-30", "morgen", "2031-01-03/2031-01-01", "2031-01-01/2032-01-01"])
def test_a_line_that_is_no_day_is_named(text: str) -> None:
    with pytest.raises(calendars.DaysUnreadable, match=text):
        calendars.read_days(text, is_workday=False)


def test_caseworkers_look_but_do_not_change(city: Engine) -> None:
    with city.begin(INTAKE) as tx:
        assert len(calendars.year(tx, 2026)) == 365
        with pytest.raises(NotYours):
            calendars.set_days(tx, TYPHOON, "想休息")


def late(city: Engine, clock: VirtualClock) -> str:
    case_no = accepted(city)
    at(clock, "2026-12-02T18:00:01")
    sla.sweep(city)
    return case_no


def test_a_breached_record_keeps_its_dates_and_its_cards_are_marked(city: Engine, clock: VirtualClock) -> None:
    case_no = late(city, clock)
    before = committed(city, case_no)

    with city.begin(CITY) as tx:
        calendars.set_days(tx, TYPHOON, "台风停工四天")
    recomputed(city)

    after = committed(city, case_no)
    names = ("due_at", "yellow_at", "colour", "breached_at", "calendar_version")
    assert [after[name] for name in names] == [before[name] for name in names]
    with city.read(HEAD_OF_OFFICE) as tx:
        (card,) = [c for c in cards.of_case(tx, case_no) if c["clock_kind"] == "committed"]
        seen = next(c for c in sla.of_case(tx, case_no) if c.kind is ClockKind.COMMITTED)
        told = [n.template for n in notices.mine(tx).rows]
    assert card["status"] == "Y"
    assert "2026-12-08" in card["recheck"]["zh"]
    assert seen.colour == "yellow"
    assert "card.recheck" in told


def test_a_person_who_cancels_the_card_lets_the_clock_be_counted_anew(city: Engine, clock: VirtualClock) -> None:
    case_no = late(city, clock)
    with city.begin(CITY) as tx:
        calendars.set_days(tx, TYPHOON, "台风停工四天")
    recomputed(city)

    with city.begin(HEAD_OF_OFFICE) as tx:
        card = next(c for c in cards.of_case(tx, case_no) if c["clock_kind"] == "committed")
        cards_settling.cancel(tx, str(card["id"]), "台风停工，不应计时")

    row = committed(city, case_no)
    assert (row["colour"], row["breached_at"]) == ("warning", None)
    assert row["due_at"] == datetime(2026, 12, 8, 10, 0, tzinfo=UTC)
    with city.read(SHOP) as tx:
        assert cases.read(tx, case_no).light == "warning"


def test_a_card_cancelled_for_another_reason_does_not_move_the_clock(city: Engine, clock: VirtualClock) -> None:
    case_no = late(city, clock)

    with city.begin(HEAD_OF_OFFICE) as tx:
        card = next(c for c in cards.of_case(tx, case_no) if c["clock_kind"] == "committed")
        cards_settling.cancel(tx, str(card["id"]), "误发")

    assert committed(city, case_no)["colour"] == "yellow"


def test_the_2020_extension_moves_an_open_clock_from_the_third_to_the_fifth(city: Engine, clock: VirtualClock) -> None:
    at(clock, "2020-01-21T10:00:00")
    planned = {date(2020, 1, 31): OwnDay(True), date(2020, 2, 1): OwnDay(True)}
    with city.begin(CITY) as tx:
        calendars.set_days(tx, planned, "原定放假安排")
    case_no = accepted(city)
    with city.begin(CITY) as tx:
        sla.start(tx, case_no, ClockKind.SUPPLEMENT, "5WD", office="scjg")
    recomputed(city)

    with city.begin(CITY) as tx:
        before = next(row for row in running(tx, case_no) if row["kind"] == ClockKind.SUPPLEMENT)
        calendars.set_days(tx, dict.fromkeys(planned), "延长春节假期")
    recomputed(city)

    with city.begin(CITY) as tx:
        after = next(row for row in running(tx, case_no) if row["kind"] == ClockKind.SUPPLEMENT)
    assert before["due_at"] == datetime(2020, 2, 3, 10, 0, tzinfo=UTC)
    assert after["due_at"] == datetime(2020, 2, 5, 10, 0, tzinfo=UTC)


def test_a_newer_edition_overtakes_one_still_being_worked_through(city: Engine) -> None:
    accepted(city)
    with city.begin(CITY) as tx:
        calendars.set_days(tx, {date(2026, 12, 1): CLOSED}, "一")
        calendars.set_days(tx, {date(2026, 12, 2): CLOSED}, "二")

    recomputed(city)

    with city.read(CITY) as tx:
        assert [(e.number, e.state) for e in calendars.editions(tx)] == [(2, "done"), (1, "done")]
        assert calendars.hours_of(tx, "scjg") == "09:00-12:00 14:00-18:00"
        assert time(9) == calendars.read_hours("09:00-12:00")[0][0]


def test_an_officer_of_elsewhere_may_not_close_another_office(city: Engine) -> None:
    stranger = Actor("x", "外单位", ActorKind.OFFICER, frozenset({"supervisor"}), office="minzheng")

    with city.begin(stranger) as tx, pytest.raises(NotYours):
        calendars.set_days(tx, TYPHOON, "不该", office="scjg")
