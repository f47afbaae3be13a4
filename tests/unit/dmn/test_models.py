import pytest

from engine import dmn
from engine.errors import Invalid
from tests.unit.dmn.drawing import data, decision, function, model, source, text, value

TYPES = """
<itemDefinition name="tAge"><typeRef>number</typeRef><allowedValues><text>[0..150]</text></allowedValues></itemDefinition>
<itemDefinition name="tAges" isCollection="true"><typeRef>tAge</typeRef></itemDefinition>
<itemDefinition name="tFew" isCollection="true"><typeRef>number</typeRef>
  <typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>
<itemDefinition name="tPerson"><itemComponent name="full name"><typeRef>string</typeRef></itemComponent>
  <itemComponent name="age"><typeRef>tAge</typeRef></itemComponent></itemDefinition>
<itemDefinition name="tFunction"><functionItem outputTypeRef="number"><parameters name="a" typeRef="number"/></functionItem>
  </itemDefinition>
"""
SERVICE = """
<decisionService id="s" name="s"><variable name="s"/><outputDecision href="#d"/><encapsulatedDecision href="#e"/>
<inputDecision href="#i"/><inputData href="#n"/></decisionService>
"""
SERVED = (
    data("n", "number"),
    decision("i", text("1")),
    decision("e", text("n + i"), needs=["#n", "decision:#i"]),
    decision("d", text("e * 10"), needs=["decision:#e"]),
    SERVICE,
)


@pytest.mark.parametrize(
    ("type_ref", "given", "expected"),
    [
        ("tAge", 5, 5),
        ("tAge", 200, None),
        ("tAge", "x", None),
        ("tAge", [5], 5),
        ("tAges", [5], [5]),
        ("tAges", [200], None),
        ("tAges", 5, [5]),
        ("tFew", [1, 2], [1, 2]),
        ("tFew", [1, 2, 3], None),
        ("tPerson", {"full name": "a", "age": 5}, {"full name": "a", "age": 5}),
        ("tPerson", {"full name": "a", "age": 500}, None),
        ("tPerson", {"full name": "a"}, None),
        ("list<tAge>", [5], [5]),
        ("context", {"x": 1}, {"x": 1}),
    ],
)
def test_a_fact_is_fitted_to_its_declared_type_or_null(type_ref: str, given: object, expected: object) -> None:
    drawn = model(TYPES, data("n", type_ref.replace("<", "&lt;")), decision("d", text("n"), needs=["#n"]))

    assert drawn.decision("d").decide({"n": given}).value == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('{full name: "a", age: 3} instance of tPerson', True),
        ("200 instance of tAge", False),
        ("[1] instance of list<tAge>", True),
        ("(function(a: number) a + 1) instance of tFunction", True),
    ],
)
def test_declared_types_are_known_to_instance_of(expression: str, expected: bool) -> None:
    assert value(text(expression), more=TYPES) is expected


def test_a_value_that_does_not_fit_the_decisions_type_is_null_and_a_single_one_becomes_a_list() -> None:
    listed = '<itemDefinition name="tNumbers" isCollection="true"><typeRef>number</typeRef></itemDefinition>'

    assert value(text('"x"'), type_ref="number") is None
    assert value(text("[4]"), type_ref="number") == 4
    assert value(text("1"), type_ref="tNumbers", more=listed) == [1]


def test_a_knowledge_model_is_called_by_position_by_name_and_by_itself() -> None:
    drawn = model(
        function("twice", {"a": "number"}, text("a * 2")),
        function("product to", {"n": "number"}, text("if n < 2 then 1 else n * product to(n - 1)")),
        function("less", {"a": "number", "b": "number"}, text("a < b")),
        decision(
            "d", text('[twice(2), twice(a: 3), twice("x"), twice(), product to(5)]'), needs=["bkm:#twice", "bkm:#product-to"]
        ),
        decision("s", text("sort([3, 1, 2], less)"), needs=["bkm:#less"]),
    )

    assert drawn.decision("d").decide({}).value == [4, 6, None, None, 120]
    assert drawn.decision("s").decide({}).value == [1, 2, 3]


@pytest.mark.parametrize("call", ["s(1, 5)", "s(n: 1, i: 5)", "s(i: 5, n: [1])"])
def test_a_decision_service_is_a_function_of_its_data_and_input_decisions(call: str) -> None:
    drawn = model(*SERVED, decision("x", text(call), needs=["bkm:#s"]))

    assert drawn.decision("x").decide({}).value == 60


def test_a_decision_service_asked_from_outside_takes_its_input_decisions_as_facts() -> None:
    assert model(*SERVED).decision("s").decide({"n": 1, "i": 5}).value == 60


def test_an_imported_model_lends_its_functions_decisions_and_types() -> None:
    library = source(
        TYPES,
        data("n", "number"),
        function("f", {"a": "number"}, text("a * 2")),
        decision("d", text("n + 1"), needs=["#n"]),
        namespace="lib",
    )
    prefixed, plain = '<import name="L" namespace="lib" importType="x"/>', '<import name="" namespace="lib" importType="x"/>'
    by_prefix = decision("x", text("L.d + L.f(2)"), needs=["decision:lib#d", "bkm:lib#f"])
    by_name = decision("x", text("d + f(2)"), needs=["decision:lib#d", "bkm:lib#f"])
    typed = decision("x", text("p"), needs=["#p"])

    assert model(prefixed, by_prefix, imports={"lib": library}).decision("x").decide({"L": {"n": 4}}).value == 9
    assert model(plain, by_name, imports={"lib": library}).decision("x").decide({"n": 4}).value == 9
    drawn = model(prefixed, data("p", "L.tAge"), typed, imports={"lib": library})
    assert [drawn.decision("x").decide({"p": p}).value for p in (30, 300)] == [30, None]


def within(tag: str, expression: str) -> str:
    return f"<{tag}>{text(expression)}</{tag}>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"<conditional>{within('if', 'null')}{within('then', '1')}{within('else', '2')}</conditional>", 2),
        (f"<filter>{within('in', '[{a: 1}, {a: 2}]')}{within('match', 'a > 1')}</filter>", [{"a": 2}]),
        (f"<filter>{within('in', '[1, 2]')}{within('match', '2')}</filter>", None),
        (f'<for iteratorVariable="i">{within("in", "[1, 2]")}{within("return", "i + count(partial)")}</for>', [1, 3]),
        (f'<for iteratorVariable="i">{within("in", "[1..3)")}{within("return", "i")}</for>', [1, 2]),
        (f'<for iteratorVariable="i">{within("in", "3..1")}{within("return", "i")}</for>', [3, 2, 1]),
        (f'<some iteratorVariable="i">{within("in", "[1, 3]")}{within("satisfies", "i > 2")}</some>', True),
        (f'<every iteratorVariable="i">{within("in", "1..3")}{within("satisfies", "i > 2")}</every>', False),
        (f"<list>{text('1')}{text('null')}</list>", [1, None]),
        (f'<relation><column name="a b"/><row>{text("1")}</row><row>{text("2")}</row></relation>', [{"a b": 1}, {"a b": 2}]),
        (
            f'<context><contextEntry><variable name="a b"/>{text("1")}</contextEntry><contextEntry><variable name="f"/>'
            f'<functionDefinition><formalParameter name="x"/>{text("x + a b")}</functionDefinition></contextEntry>'
            f"<contextEntry>{text('f(2)')}</contextEntry></context>",
            3,
        ),
        (f'<functionDefinition kind="Java"><formalParameter name="x"/>{text("{}")}</functionDefinition>', None),
    ],
)
def test_a_boxed_expression_has_its_value(body: str, expected: object) -> None:
    assert value(body) == expected


def test_names_with_operators_are_names_where_they_are_declared() -> None:
    assert value(text("profit-loss + 1"), {"profit-loss": 4}) == 5


def test_a_syntax_error_is_located_on_its_decision_with_position_and_hint() -> None:
    with pytest.raises(Invalid) as refused:
        model(decision("d", text("1 == 1")))

    finding = refused.value.findings[0]
    assert finding.pointer == "d"
    assert "column 4" in finding.en
    assert "one `=`" in finding.en
    assert "第 4 列" in finding.zh


def test_a_circle_of_imports_is_refused() -> None:
    one = source('<import name="B" namespace="two" importType="x"/>', namespace="one")
    two = source('<import name="A" namespace="one" importType="x"/>', namespace="two")

    with pytest.raises(Invalid):
        dmn.read(one, {"one": one, "two": two})


def test_files_of_one_package_may_import_each_other() -> None:
    library = source(decision("d", text("41")), namespace="lib")
    main = source(
        '<import name="L" namespace="lib" importType="x"/>',
        decision("x", text("L.d + 1"), needs=["decision:lib#d"]),
        namespace="main",
    )

    models = dmn.read_together([main, library])

    assert models[0].decision("x").decide({}).value == 42
