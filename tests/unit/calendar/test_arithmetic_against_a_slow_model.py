"""The arithmetic beside a slow and obvious model that walks minute by minute."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar.arithmetic import due, used
from engine.calendar.china import ChinaCalendar
from engine.calendar.limits import Limit, Mode, Pause, Unit
from engine.calendar.office import Office

OFFICE = Office(ChinaCalendar())
MINUTE = timedelta(minutes=1)
START = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 60 * 24 * 300).map(lambda minute: START + minute * MINUTE)
spells = st.lists(st.tuples(moments, st.integers(1, 60 * 24 * 5)), max_size=3).map(
    lambda pairs: [Pause(start, start + minutes * MINUTE) for start, minutes in pairs]
)


def works(moment: datetime) -> bool:
    here = OFFICE.local(moment)
    in_hours = any(start <= here.time() < end for start, end in OFFICE.hours)
    return in_hours and OFFICE.calendar.is_workday(here.date())


def walk_minutes(start: datetime, minutes: int, pauses: list[Pause]) -> datetime:
    moment = start
    while minutes:
        paused = any(p.start <= moment < p.end for p in pauses if p.end)
        minutes -= works(moment) and not paused
        moment += MINUTE
    return moment


def last_day(edge: datetime) -> date:
    return OFFICE.local(edge - timedelta(microseconds=1)).date()


def walk_days(start: datetime, days: int, pauses: list[Pause]) -> datetime:
    day = OFFICE.local(start).date()
    while days:
        day += timedelta(days=1)
        paused = any(last_day(p.start) < day <= last_day(p.end) for p in pauses if p.end)
        days -= OFFICE.calendar.is_workday(day) and not paused
    return OFFICE.at(day, OFFICE.closing)


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(1, 20), spells)
def test_working_hours_equal_a_walk_minute_by_minute(start: datetime, hours: int, pauses: list[Pause]) -> None:
    assert due(OFFICE, start, Limit(hours, Unit.WH), pauses=pauses).at == walk_minutes(start, hours * 60, pauses)


@settings(max_examples=200, deadline=None)
@given(moments, st.integers(1, 40), spells)
def test_legal_days_equal_a_walk_day_by_day(start: datetime, days: int, pauses: list[Pause]) -> None:
    assert due(OFFICE, start, Limit(days, Unit.WD), pauses=pauses).at == walk_days(start, days, pauses)


@settings(max_examples=200, deadline=None)
@given(moments, st.integers(1, 30), spells, st.sampled_from(list(Mode)))
def test_a_limit_is_just_used_up_at_its_due_moment_and_over_one_minute_of_work_later(
    start: datetime, days: int, pauses: list[Pause], mode: Mode
) -> None:
    at = due(OFFICE, start, Limit(days, Unit.WD), mode=mode, pauses=pauses).at

    assert used(OFFICE, start, at, Unit.WD, mode=mode, pauses=pauses) == days
    assert used(OFFICE, start, at - timedelta(days=20), Unit.WD, mode=mode, pauses=pauses) <= days


@settings(max_examples=100, deadline=None)
@given(moments, st.integers(0, 30), st.integers(0, 30), st.sampled_from(list(Mode)))
def test_a_longer_limit_never_ends_earlier(start: datetime, days: int, more: int, mode: Mode) -> None:
    short, longer = Limit(days, Unit.WD), Limit(days + more, Unit.WD)

    assert due(OFFICE, start, short, mode=mode).at <= due(OFFICE, start, longer, mode=mode).at


def walk_working_days(start: datetime, days: int, pauses: list[Pause]) -> datetime:
    """Elapsed working days: so many working minutes as the days have, one by one."""
    return walk_minutes(start, days * OFFICE.day_seconds // 60, pauses)


@settings(max_examples=40, deadline=None)
@given(moments, st.integers(1, 6), spells)
def test_elapsed_working_days_equal_a_walk_minute_by_minute(start: datetime, days: int, pauses: list[Pause]) -> None:
    found = due(OFFICE, start, Limit(days, Unit.WD), mode=Mode.ELAPSED, pauses=pauses).at

    assert found == walk_working_days(start, days, pauses)


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(1, 72), spells)
def test_natural_hours_equal_a_walk_minute_by_minute(start: datetime, hours: int, pauses: list[Pause]) -> None:
    moment, left = start, hours * 60
    while left:
        left -= not any(p.start <= moment < p.end for p in pauses if p.end)
        moment += MINUTE

    assert due(OFFICE, start, Limit(hours, Unit.NH), pauses=pauses).at == moment


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(1, 20), st.integers(1, 5), moments, st.integers(1, 60 * 24 * 20))
def test_a_pause_counts_no_longer_than_it_was_declared(
    start: datetime, hours: int, declared: int, paused: datetime, minutes: int
) -> None:
    told = due(OFFICE, paused, Limit(declared, Unit.WH)).at
    overrun = Pause(paused, paused + minutes * MINUTE, declared=Limit(declared, Unit.WH))
    capped = Pause(paused, min(told, paused + minutes * MINUTE))

    found = due(OFFICE, start, Limit(hours, Unit.WH), pauses=[overrun]).at

    assert found == walk_minutes(start, hours * 60, [capped])


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(0, 12), st.integers(1, 8), spells)
def test_an_extension_is_so_many_more_days_of_the_same_walk(start: datetime, days: int, more: int, pauses: list[Pause]) -> None:
    found = due(OFFICE, start, Limit(days, Unit.WD), pauses=pauses, extension=Limit(more, Unit.WD)).at

    assert found == walk_days(start, days + more, pauses)
