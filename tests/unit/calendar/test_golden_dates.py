"""Golden dates of the law of the clock: computed by hand or published by others, never by this code."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from engine.calendar.arithmetic import due, used
from engine.calendar.china import ChinaCalendar
from engine.calendar.limits import Limit, Mode, Pause, Unit, parse
from engine.calendar.office import Office

SHENZHEN = ZoneInfo("Asia/Shanghai")
OFFICE = Office(ChinaCalendar())
BEFORE_THE_2020_EXTENSION = {date(2020, 1, 31): True, date(2020, 2, 1): True}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHENZHEN)


@pytest.mark.parametrize(
    ("accepted", "days", "expected"),
    [
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-09-18", 10, "2026-10-09"),
        ("2026-04-30", 5, "2026-05-11"),
        ("2025-09-30", 3, "2025-10-11"),
        ("2025-01-24", 5, "2025-02-07"),
        ("2025-04-25", 10, "2025-05-13"),
        ("2020-01-21", 5, "2020-02-05"),
        ("2024-02-08", 20, "2024-03-13"),
    ],
)
def test_working_days_pass_over_holidays_and_count_make_up_days(accepted: str, days: int, expected: str) -> None:
    moment = due(OFFICE, at(f"{accepted}T10:00"), Limit(days, Unit.WD))

    assert moment.at == at(f"{expected}T18:00")
    assert not moment.provisional


def test_a_calendar_changed_mid_flight_gives_the_old_answer_before_and_the_new_one_after() -> None:
    before = Office(ChinaCalendar(BEFORE_THE_2020_EXTENSION, edition="2019-11"))

    assert due(before, at("2020-01-21T10:00"), parse("5WD")).at == at("2020-02-03T18:00")
    assert due(OFFICE, at("2020-01-21T10:00"), parse("5WD")).at == at("2020-02-05T18:00")


@pytest.mark.parametrize(("year", "workdays"), [(2020, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_the_published_number_of_workdays(year: int, workdays: int) -> None:
    counted = OFFICE.day_number(date(year, 12, 31)) - OFFICE.day_number(date(year - 1, 12, 31))

    assert counted == workdays


def test_elapsed_time_is_rounded_up_so_that_one_second_over_is_over() -> None:
    start = at("2018-10-15T10:00")

    assert used(OFFICE, start, at("2018-10-19T10:00"), Unit.WD, mode=Mode.ELAPSED) == 4
    assert used(OFFICE, start, at("2018-10-19T10:00:01"), Unit.WD, mode=Mode.ELAPSED) == 5


def test_a_natural_day_limit_that_ends_on_a_holiday_ends_on_the_next_workday() -> None:
    assert due(OFFICE, at("2026-09-28T10:00"), parse("5ND")).at == at("2026-10-08T18:00")


def test_natural_hours_pay_no_heed_to_nights_or_holidays() -> None:
    assert due(OFFICE, at("2026-10-01T23:30"), parse("24NH")).at == at("2026-10-02T23:30")


ALL_WEEK = Office(ChinaCalendar({date(2018, m, d): True for m in (6, 7, 9) for d in range(1, 31)}), hours=((time(9), time(18)),))


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2018-07-04T13:59", 15, "2018-07-06T10:59"),
        ("2018-09-23T17:48", 10, "2018-09-25T09:48"),
        ("2018-06-07T17:48", 15, "2018-06-09T14:48"),
    ],
)
def test_working_hours_of_a_nine_to_six_office(start: str, hours: int, expected: str) -> None:
    assert due(ALL_WEEK, at(start), Limit(hours, Unit.WH)).at == at(expected)


def test_a_special_procedure_of_three_days_moves_the_end_by_three_days() -> None:
    pause = Pause(at("2018-10-16T09:00"), at("2018-10-19T09:00"))

    assert due(OFFICE, at("2018-10-15T10:00"), parse("7WD"), pauses=[pause]).at == at("2018-10-29T18:00")


def test_an_overrun_special_procedure_is_deducted_only_as_far_as_it_was_declared() -> None:
    overrun = Pause(at("2018-10-16T09:00"), at("2018-10-26T09:00"), declared=parse("3WD"))

    assert due(OFFICE, at("2018-10-15T10:00"), parse("7WD"), pauses=[overrun]).at == at("2018-10-29T18:00")


def test_two_overlapping_pauses_are_deducted_once() -> None:
    pauses = [Pause(at("2018-10-16T09:00"), at("2018-10-18T09:00")), Pause(at("2018-10-17T09:00"), at("2018-10-19T09:00"))]

    assert due(OFFICE, at("2018-10-15T10:00"), parse("7WD"), pauses=pauses).at == at("2018-10-29T18:00")


def test_an_open_pause_lasts_until_now() -> None:
    still_open = Pause(at("2018-10-16T09:00"))

    moment = due(OFFICE, at("2018-10-15T10:00"), parse("7WD"), pauses=[still_open], now=at("2018-10-19T12:00"))

    assert moment.at == at("2018-10-29T18:00")


def test_a_pause_over_a_holiday_keeps_the_remaining_working_minutes() -> None:
    pause = Pause(at("2026-02-13T16:30"), at("2026-02-24T09:30"))

    moment = due(OFFICE, at("2026-02-13T14:00"), parse("4WH"), mode=Mode.ELAPSED, pauses=[pause])

    assert moment.at == at("2026-02-24T11:00")


def test_an_extension_counts_on_from_the_first_end() -> None:
    assert due(OFFICE, at("2026-02-13T10:00"), parse("5WD"), extension=parse("5WD")).at == at("2026-03-05T18:00")


def test_a_date_beyond_the_published_year_is_flagged_provisional() -> None:
    start = datetime(2031, 12, 1, 2, tzinfo=UTC)

    assert due(OFFICE, start, parse("5WD")).provisional


def test_day_zero_may_be_a_holiday() -> None:
    assert due(OFFICE, at("2026-02-17T20:00"), parse("1WD")).at == at("2026-02-24T18:00")


def test_zero_working_days_end_at_the_close_of_the_same_day() -> None:
    assert due(OFFICE, at("2026-02-13T10:00"), parse("0WD")).at == at("2026-02-13T18:00")
