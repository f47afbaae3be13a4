"""Expressions as vendors write them, read as FEEL with a note or refused."""

import pytest

from engine.bpmn import dialect
from engine.bpmn.check import examine
from engine.errors import Severity
from engine.feel import compile_expression, compile_script, to_plain

SCOPE = {
    "age": 82,
    "name": " a ",
    "amount": "7.9",
    "total": 7,
    "items": [1, 2, 3],
    "order": {"items": [1, 2, 3]},
    "tags": ["a"],
    "nothing": None,
    "flag": False,
}


@pytest.mark.parametrize(
    ("written", "language", "value"),
    [
        ("${age >= 80 && name.trim() == 'a'}", "", True),
        ("${order.items.size() > 2 ? 'many' : 'few'}", "", "many"),
        ("#{age eq 82 and not empty items}", "", True),
        ("${order['items'][0]}", "", 1),
        ("${execution.getVariable('age') == 82}", "", True),
        ("${name.contains('a') || flag}", "", True),
        ("age == 82 && !flag", "javascript", True),
        ("Math.max(age, 90)", "javascript", 90),
        ("int(amount) > 5", "", True),
        ("int(total) == 7", "python", True),
        ("float(amount) + 1", "python", 8.9),
        ("len(items) > 2 and nothing is None", "", True),
        ("age is not None", "", True),
        ("'a' in tags", "", True),
        ("total // 2", "python", 3),
        ("total % 4", "python", 3),
        ("age if flag else 0", "python", 0),
        ("Fee ${age}", "", "Fee 82"),
    ],
)
def test_a_foreign_expression_means_in_feel_what_it_meant_there(written: str, language: str, value: object) -> None:
    found = dialect.formula(written, language)

    assert found.text is not None
    assert found.is_translated
    assert to_plain(compile_expression(found.text).evaluate(SCOPE)) == value


@pytest.mark.parametrize("written", ["=age > 80", "age > 80", "count(items) > 2", "some x in items satisfies x > 2"])
def test_feel_is_left_as_it_stands(written: str) -> None:
    found = dialect.formula(written)

    assert (found.text, found.is_translated) == (written.removeprefix("="), False)


CODE = (
    "${bean.approve(order)}",
    "__import__('os')",
    "lambda: 1",
    "new Date()",
    "${a.class.name()}",
    "x => x + 1",
)


@pytest.mark.parametrize("written", CODE)
def test_what_would_run_code_is_refused(written: str) -> None:
    assert dialect.formula(written).text is None


def test_prose_is_no_condition() -> None:
    assert dialect.formula("payment is not complete").text is None


@pytest.mark.parametrize(
    ("written", "language", "values"),
    [
        ("b = total // 2\nc = b + 1", "python", {"b": 3, "c": 4}),
        ("var b = total - 1; // a note\nb += 1;", "javascript", {"b": 7}),
        ("execution.setVariable('b', total * 2)", "groovy", {"b": 14}),
        ("count = total\ncount++", "javascript", {"count": 8}),
    ],
)
def test_a_foreign_script_assigns_what_it_assigned_there(written: str, language: str, values: dict[str, object]) -> None:
    found = dialect.script(written, language)

    assert found.text is not None
    assert compile_script(found.text).run(SCOPE) == values


def test_a_translated_condition_leaves_a_note_on_its_element() -> None:
    source = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t"
      xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><process id="p" isExecutable="true">
      <startEvent id="s"/><exclusiveGateway id="g" default="no"/><endEvent id="e"/><endEvent id="f"/>
      <sequenceFlow id="x" sourceRef="s" targetRef="g"/>
      <sequenceFlow id="yes" sourceRef="g" targetRef="e"><conditionExpression xsi:type="tFormalExpression">${age == 1}
      </conditionExpression></sequenceFlow><sequenceFlow id="no" sourceRef="g" targetRef="f"/></process></definitions>"""

    notes = [finding for finding in examine(source.encode()).findings if "age = 1" in finding.en]

    assert [(note.severity, note.pointer) for note in notes] == [(Severity.NOTE, "yes")]
