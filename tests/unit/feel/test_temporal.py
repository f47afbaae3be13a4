import datetime
from zoneinfo import ZoneInfo

import pytest

from engine.feel import compile_expression
from engine.feel.moments import at


def text(expression: str, **scope: object) -> object:
    return compile_expression(f"string({expression})").evaluate(scope)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('date("999999999-12-31")', "999999999-12-31"),
        ('date("-2017-12-31") + duration("P1D")', "-2016-01-01"),
        ('date("2024-02-29") + duration("P1Y")', "2025-02-28"),
        ('date("2026-11-22") - date("2026-11-01")', "P21D"),
        ('time("11:22:33.123456789") + duration("PT0.000000001S")', "11:22:33.12345679"),
        ('date and time("2026-03-29T01:30:00@Europe/Paris") + duration("PT1H")', "2026-03-29T03:30:00@Europe/Paris"),
        ('@"2026-11-22T10:00:00@Asia/Shanghai" - @"2026-11-22T02:00:00Z"', "PT0S"),
        ('@"2026-11-22T24:00:00"', "2026-11-23T00:00:00"),
        ('duration("P1DT25H")', "P2DT1H"),
        ('-duration("P1Y14M")', "-P2Y2M"),
        ('years and months duration(date("2011-12-22"), date("2013-08-24"))', "P1Y8M"),
        ('duration("P1D") / 4', "PT6H"),
        ('time(14, 59, 1.5, duration("PT1H"))', "14:59:01.5+01:00"),
    ],
)
def test_temporal_arithmetic_is_exact(expression: str, expected: str) -> None:
    assert text(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        'date("2026-02-30")',
        'time("24:00:01")',
        'time("10:00:00@No/Where")',
        'date("+2026-01-01")',
        'duration("P1H")',
        'time("9:00:00")',
    ],
)
def test_a_text_that_is_no_moment_is_null(expression: str) -> None:
    assert compile_expression(expression).evaluate({}) is None


def test_python_moments_are_read_with_their_zone() -> None:
    shanghai = datetime.datetime(2026, 11, 22, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))

    assert text("at", at=shanghai) == "2026-11-22T09:30:00@Asia/Shanghai"
    assert compile_expression('at.time offset = duration("PT8H")').evaluate({"at": shanghai}) is True
    assert compile_expression("at = later").evaluate({"at": shanghai, "later": shanghai.astimezone(datetime.UTC)}) is True


def test_a_moment_with_a_zone_is_not_comparable_to_one_without() -> None:
    assert compile_expression('@"2026-11-22T10:00:00Z" < @"2026-11-22T11:00:00"').evaluate({}) is None


def test_now_and_today_are_the_moment_passed_in() -> None:
    moment = datetime.datetime(2026, 1, 1, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai"))

    with at(moment):
        assert text("now()") == "2026-01-01T00:30:00@Asia/Shanghai"
        assert text("today()") == "2026-01-01"


def test_parts_of_a_negative_duration_are_negative() -> None:
    parts = compile_expression("[d.days, d.hours, d.minutes, d.seconds]").evaluate({"d": datetime.timedelta(days=-1, hours=-2)})

    assert parts == [-1, -2, 0, 0]
