import datetime
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import compile_expression, from_json, to_json, to_plain, to_python
from engine.feel.temporal import Date, DateTime, Duration, Time, YearMonth
from engine.feel.values import Range

dates = st.builds(Date, st.integers(-999_999_999, 999_999_999), st.integers(1, 12), st.integers(1, 28))
offsets = st.none() | st.integers(-18 * 60, 18 * 60).map(lambda minutes: minutes * 60)
times = st.builds(Time, st.integers(0, 23), st.integers(0, 59), st.integers(0, 59), st.integers(0, 999_999_999), offsets)
simple = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.decimals(allow_nan=False, allow_infinity=False)
    | dates
    | times
    | st.builds(DateTime, dates, times)
    | st.builds(Duration, st.integers(-(10**20), 10**20))
    | st.builds(YearMonth, st.integers(-(10**9), 10**9))
)
values = st.recursive(
    simple | st.builds(Range, dates, dates, st.booleans(), st.booleans()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "$", "b c"]), inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_every_value_comes_back_from_storage_exactly(value: object) -> None:
    stored = orjson.loads(orjson.dumps(to_json(value)))

    assert from_json(stored) == value
    assert to_json(from_json(stored)) == stored


def test_plain_values_stay_plain_in_storage() -> None:
    assert to_json({"n": 1, "s": "a", "list": [True, None]}) == {"n": 1, "s": "a", "list": [True, None]}
    assert to_json(Decimal("1.50")) == {"$": ["number", "1.50"]}


def test_the_display_form_has_iso_texts_and_numbers() -> None:
    value = compile_expression('{day: date("2026-11-22"), share: 1/4, count: 4/2, span: [1..2)}').evaluate({})

    assert to_plain(value) == {"day": "2026-11-22", "share": 0.25, "count": 2, "span": "[1..2)"}


@pytest.mark.parametrize(
    "moment",
    [
        datetime.date(2026, 11, 22),
        datetime.time(9, 30, tzinfo=datetime.UTC),
        datetime.datetime(2026, 11, 22, 9, 30, 1, 5, tzinfo=datetime.UTC),
        datetime.timedelta(days=-3, microseconds=1),
    ],
)
def test_pythons_own_moments_come_back_as_they_were(moment: object) -> None:
    assert to_python(compile_expression("x").evaluate({"x": moment})) == moment


def test_what_python_cannot_hold_stays_a_feel_value() -> None:
    far = compile_expression('date("-0044-03-15")').evaluate({})

    assert to_python(far) == far
