"""Forms as data: what is read, shown, posted and refused."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

import forms
from engine.errors import Invalid
from forms.formats import is_bank_account, is_id_number, is_uscc


def field(kind: str, key: str, **more: object) -> dict[str, object]:
    return {"type": kind, "key": key, "label": key, **more}


def made(*components: Mapping[str, object]) -> forms.Form:
    return forms.read(json.dumps({"id": "f", "type": "default", "components": components}).encode())


@dataclass(frozen=True)
class Fact:
    value: object
    trust: str
    source: str = "population"
    at: datetime = datetime(2026, 11, 24, tzinfo=UTC)


def pointers(error: Invalid) -> set[str | None]:
    return {finding.pointer for finding in error.findings}


def test_values_come_out_typed() -> None:
    form = made(field("number", "n", decimalDigits=2), field("datetime", "d"), field("checkbox", "c"), field("textfield", "t"))

    found = forms.validate(form, {"n": "1,200.50", "d": "2026-11-24", "c": "true", "t": "  王强 "})

    assert found == {"n": Decimal("1200.50"), "d": date(2026, 11, 24), "c": True, "t": "王强"}


def test_everything_that_is_wrong_is_said_at_once_and_at_its_field() -> None:
    form = made(
        field("textfield", "name", validate={"required": True}),
        field("number", "age", validate={"min": 0}),
        field("radio", "way", values=[{"value": "a", "label": "A"}]),
    )

    with pytest.raises(Invalid) as refused:
        forms.validate(form, {"age": "-1", "way": "b"})

    assert pointers(refused.value) == {"/name", "/age", "/way"}


def test_a_hidden_field_is_neither_asked_for_nor_kept() -> None:
    form = made(
        field("checkbox", "other"), field("textfield", "which", validate={"required": True}, conditional={"hide": "=not(other)"})
    )

    assert forms.validate(form, {"other": False, "which": "left over"}) == {"other": False}


def test_what_the_city_knows_for_certain_wins_over_what_was_typed() -> None:
    form = made(field("textfield", "name", properties={"source": "population.name"}))

    assert forms.validate(form, {"name": "假名"}, facts={"population.name": "陈桂芳"}) == {"name": "陈桂芳"}


def test_a_key_the_form_does_not_have_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        forms.validate(made(field("textfield", "a")), {"a": "1", "outcome": "grant"})

    assert pointers(refused.value) == {"/outcome"}


def test_rows_of_a_list_are_checked_each_with_its_number() -> None:
    form = made({"type": "dynamiclist", "path": "staff", "components": [field("textfield", "name", validate={"required": True})]})

    with pytest.raises(Invalid) as refused:
        forms.validate(form, {"staff": [{"name": "李"}, {"name": ""}]})

    assert pointers(refused.value) == {"/staff/1/name"}


def test_an_own_check_speaks_with_its_own_words() -> None:
    form = made(field("number", "n", properties={"check": "=value > 3", "check_zh": "须大于三", "check_en": "Above three"}))

    with pytest.raises(Invalid) as refused:
        forms.validate(form, {"n": 2})

    assert (refused.value.findings[0].zh, refused.value.findings[0].en) == ("须大于三", "Above three")


def test_a_posted_form_without_a_tick_says_no() -> None:
    form = made(field("checkbox", "agree"), field("checklist", "goods", values=[{"value": "a", "label": "A"}]))

    assert forms.read_posted(form, []) == {"agree": False, "goods": []}


def test_posted_rows_keep_their_order_and_empty_ones_are_dropped() -> None:
    form = made({"type": "dynamiclist", "path": "staff", "components": [field("textfield", "name")]})

    found = forms.read_posted(form, [("staff.10.name", "乙"), ("staff.2.name", "甲"), ("staff.3.name", "")])

    assert found == {"staff": [{"name": "甲"}, {"name": "乙"}]}


def test_rows_are_added_and_removed_by_a_button() -> None:
    form = made({"type": "dynamiclist", "path": "staff", "components": [field("textfield", "name")]})
    answers = {"staff": [{"name": "甲"}, {"name": "乙"}]}

    assert forms.rearranged(form, answers, {"_remove": "staff.0"}) == {"staff": [{"name": "乙"}]}
    assert forms.rearranged(form, answers, {"_add": "staff"})["staff"][-1] == {}
    assert forms.rearranged(form, {}, {"_add": "staff", "staff.0.name": ""})["staff"] == [{}, {}]


def test_a_value_of_grade_a_is_shown_read_only_with_its_source() -> None:
    form = made(field("textfield", "name", properties={"source": "population.name"}))

    shown = forms.view(form, {}, facts={"population.name": Fact("陈桂芳", "A")})[0]

    assert (shown.text, shown.read_only, shown.source) == ("陈桂芳", True, "population")


def test_a_value_of_grade_b_may_be_changed_and_then_is_the_applicants_own() -> None:
    form = made(field("textfield", "phone", properties={"source": "population.phone"}))

    shown = forms.view(form, {"phone": "13900000000"}, facts={"population.phone": Fact("13800000000", "B")})[0]

    assert (shown.text, shown.read_only, shown.source) == ("13900000000", False, "")


@pytest.mark.parametrize(
    "source",
    [
        b"not json",
        b"[]",
        b"{}",
        b'{"id": "f", "components": [{"type": "iframe", "key": "x"}]}',
        b'{"id": "f", "components": [{"type": "textfield", "key": "x"}, {"type": "textfield", "key": "x"}]}',
        b'{"id": "f", "components": [{"type": "textfield", "key": "x", "conditional": {"hide": "=1 +"}}]}',
        b'{"id": "f", "components": [{"type": "radio", "key": "x"}]}',
    ],
)
def test_a_form_that_is_none_is_refused_with_the_place(source: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        forms.read(source)

    assert refused.value.findings


def test_numbers_with_a_check_mark_are_proved() -> None:
    assert is_id_number("11010519491231002X")
    assert not is_id_number("110105194912310021")
    assert is_uscc("91350100M000100Y43")
    assert not is_uscc("91350100M000100Y44")
    assert is_bank_account("4111111111111111")
    assert not is_bank_account("4111111111111112")
