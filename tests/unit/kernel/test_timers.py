"""Timers: ISO 8601 and cron, calendar months without drift, zones by name, catching up after an outage."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.bpmn.timers import Due, Schedule, TimerSyntaxError, first, following, from_value, parse

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def fires(text: str, *, times: int, kind: str = "cycle", now: datetime = NOW) -> list[datetime]:
    """The first firings, each fired on time."""
    schedule = parse(kind, text, ZONE)
    due: Due | None = first(schedule, now, ZONE)
    found = []
    while due is not None and len(found) < times:
        found.append(due.at)
        due = following(schedule, due, due.at, ZONE)
    return found


def days(moments: list[datetime]) -> list[str]:
    return [f"{m + timedelta(hours=8):%m-%d %H:%M}" for m in moments]


def test_a_duration_counts_from_now() -> None:
    assert fires("P1DT2H", times=3, kind="duration") == [NOW + timedelta(days=1, hours=2)]


def test_a_date_without_a_zone_is_local_to_the_city() -> None:
    assert fires("2026-02-01T09:00:00", times=2, kind="date") == [datetime(2026, 2, 1, 1, tzinfo=UTC)]


def test_a_cycle_fires_as_often_as_it_says() -> None:
    assert fires("R3/PT1H", times=9) == [NOW + timedelta(hours=h) for h in (1, 2, 3)]


def test_monthly_cycles_do_not_drift_from_the_31st() -> None:
    found = days(fires("R/2026-01-31T09:00[Asia/Shanghai]/P1M", times=4))

    assert found == ["01-31 09:00", "02-28 09:00", "03-31 09:00", "04-30 09:00"]


def test_summer_time_keeps_the_hour_of_the_named_zone() -> None:
    found = fires("R/2026-03-01T09:00[Europe/Berlin]/P1M", times=2, now=datetime(2026, 2, 1, tzinfo=UTC))

    assert found == [datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 4, 1, 7, tzinfo=UTC)]


def test_a_cycle_stops_at_its_end() -> None:
    assert len(fires("R9/P1D/2026-01-08T20:00", times=9)) == 3


def test_a_start_that_lies_behind_begins_with_the_next_occurrence() -> None:
    assert days(fires("R2/2020-01-31T09:00[Asia/Shanghai]/P1M", times=9)) == ["01-31 09:00", "02-28 09:00"]


def test_cron_fires_on_working_mornings_of_its_zone() -> None:
    assert days(fires("30 9 * * 1-5 Asia/Shanghai", times=5, now=datetime(2026, 1, 8, tzinfo=UTC))) == [
        "01-08 09:30", "01-09 09:30", "01-12 09:30", "01-13 09:30", "01-14 09:30",
    ]  # fmt: skip


def test_cron_with_seconds_and_names_is_read() -> None:
    assert days(fires("0 0/15 8 ? JAN-FEB MON", times=3)) == ["01-12 08:00", "01-12 08:15", "01-12 08:30"]


def test_after_an_outage_a_cycle_fires_once_and_goes_on_from_its_own_beat() -> None:
    schedule = parse("cycle", "R/PT1H", ZONE)
    due = first(schedule, NOW, ZONE)
    assert due is not None

    late = NOW + timedelta(hours=5, minutes=30)

    assert following(schedule, due, late, ZONE) == Due(NOW + timedelta(hours=6), NOW, 6, None)
    every = following(schedule, due, late, ZONE, "all")
    assert every is not None
    assert every.at == NOW + timedelta(hours=2)


def test_missed_repetitions_count_as_used() -> None:
    schedule = parse("cycle", "R3/PT1H", ZONE)
    due = first(schedule, NOW, ZONE)
    assert due is not None

    assert following(schedule, due, NOW + timedelta(hours=9), ZONE) is None


def test_a_century_of_outage_is_passed_over_quickly() -> None:
    schedule = parse("cycle", "R/PT1S", ZONE)
    due = first(schedule, NOW, ZONE)
    assert due is not None

    after = following(schedule, due, NOW + timedelta(days=36500), ZONE)

    assert after is not None
    assert after.at == NOW + timedelta(days=36500, seconds=1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "-PT1H",
        "PT",
        "tomorrow",
        "2026-02-30",
        "R3",
        "R3/PT0S",
        "R/P1D/P2D",
        "2026-01-01T09:00[Mars/Base]",
        "61 9 * * *",
        "P1H",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse("cycle", text, ZONE)


def test_values_of_expressions_are_times_too() -> None:
    assert from_value("duration", timedelta(hours=2), ZONE).period is not None
    assert from_value("date", datetime(2026, 1, 1, tzinfo=UTC), ZONE) == Schedule(moment=datetime(2026, 1, 1, tzinfo=UTC))
    assert from_value("date", "PT5M", ZONE).period is not None
    with pytest.raises(TimerSyntaxError):
        from_value("date", None, ZONE)
