"""The lights of e-supervision, and the sentences that say how a date came about."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from engine.calendar.china import ChinaCalendar
from engine.calendar.colours import CASE, COMPLAINT, Colour, colour, thresholds
from engine.calendar.explain import local_iso, steps
from engine.calendar.limits import LimitUnreadable, Mode, Pause, parse
from engine.calendar.office import Office

SHENZHEN = ZoneInfo("Asia/Shanghai")
OFFICE = Office(ChinaCalendar())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHENZHEN)


WORKED_EXAMPLE = thresholds(OFFICE, at("2018-10-15T10:00"), parse("7WD"), parse("10WD"), rule=CASE, mode=Mode.ELAPSED)


@pytest.mark.parametrize(
    ("moment", "light"),
    [
        ("2018-10-19T10:00:00", Colour.GREEN),
        ("2018-10-19T10:00:01", Colour.WARNING),
        ("2018-10-24T10:00:00", Colour.WARNING),
        ("2018-10-24T10:00:01", Colour.YELLOW),
        ("2018-10-29T10:00:00", Colour.YELLOW),
        ("2018-10-29T10:00:01", Colour.RED),
    ],
)
def test_the_worked_example_of_e_supervision_changes_colour_to_the_second(moment: str, light: Colour) -> None:
    assert colour(WORKED_EXAMPLE, at(moment)) is light


def test_three_days_of_special_procedure_shift_all_three_lights() -> None:
    pause = Pause(at("2018-10-16T10:00"), at("2018-10-19T10:00"))

    lights = thresholds(OFFICE, at("2018-10-15T10:00"), parse("7WD"), parse("10WD"), mode=Mode.ELAPSED, pauses=[pause])

    assert (lights.warning_at, lights.yellow_at, lights.red_at) == (
        at("2018-10-24T10:00"),
        at("2018-10-29T10:00"),
        at("2018-11-01T10:00"),
    )


def test_a_complaint_is_yellow_when_due_and_red_one_day_later() -> None:
    lights = thresholds(OFFICE, at("2018-10-15T10:00"), parse("5WD"), rule=COMPLAINT, mode=Mode.ELAPSED)

    assert lights.yellow_at == at("2018-10-22T10:00")
    assert lights.red_at == at("2018-10-23T10:00")


def test_the_next_change_is_the_nearest_light_ahead() -> None:
    assert WORKED_EXAMPLE.after(at("2018-10-20T10:00")) == at("2018-10-24T10:00")
    assert WORKED_EXAMPLE.after(at("2018-11-20T10:00")) is None


def test_the_steps_name_day_zero_the_make_up_day_and_the_holiday() -> None:
    lines = [step.zh for step in steps(OFFICE, at("2026-02-13T10:00"), parse("5WD"))]

    assert lines == [
        "10:00 起算，时限 5 个工作日，当日不计入",
        "调休上班，第 1 个工作日",
        "春节，不计",
        "第 2 至 5 个工作日",
        "18:00:00 截止",
    ]


def test_the_steps_name_a_special_procedure_and_an_extension() -> None:
    pause = Pause(at("2026-03-03T10:00"), at("2026-03-04T10:00"))

    lines = [s.en for s in steps(OFFICE, at("2026-03-02T10:00"), parse("5WD"), pauses=[pause], extension=parse("5WD"))]

    assert "special procedure, not counted" in lines
    assert "includes the approved extension of 5 working days" in lines


def test_the_steps_say_when_a_date_is_provisional() -> None:
    assert "暂按周末推算" in steps(OFFICE, at("2031-03-03T10:00"), parse("5WD"))[-1].zh


def test_a_due_moment_is_written_with_the_offset_of_the_office() -> None:
    assert local_iso(OFFICE, at("2026-02-27T18:00")) == "2026-02-27T18:00:00+08:00"


@pytest.mark.parametrize("text", ["", "5", "WD", "-5WD", "5 days", "1.5WD", "5WDX"])
def test_an_unreadable_limit_is_refused_with_what_it_should_be(text: str) -> None:
    with pytest.raises(LimitUnreadable, match="such as 5WD"):
        parse(text)
