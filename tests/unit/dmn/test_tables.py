import pytest

from engine.dmn import Decided
from tests.unit.dmn.drawing import data, decision, model, table, value

OVERLAPPING = [["<= 5", '"low"'], ["> 3", '"high"']]
RANKED = ['o: string: "high","low"']


def decided(body: str, **facts: object) -> Decided:
    drawn = decision("answer", body, needs=[f"#{name}" for name in facts])
    return model(*map(data, facts), drawn).decision("answer").decide(facts)


@pytest.mark.parametrize(
    ("policy", "at_4", "at_9", "at_null"),
    [
        ("UNIQUE", None, "high", None),
        ("ANY", None, "high", None),
        ("FIRST", "low", "high", None),
        ("PRIORITY", "high", "high", None),
        ("COLLECT", ["low", "high"], ["high"], []),
        ("RULE ORDER", ["low", "high"], ["high"], None),
        ("OUTPUT ORDER", ["high", "low"], ["high"], None),
    ],
)
def test_a_hit_policy_chooses_among_the_rules_that_hit(policy: str, at_4: object, at_9: object, at_null: object) -> None:
    drawn = table(["n"], RANKED, OVERLAPPING, policy=policy)

    assert value(drawn, {"n": 4}) == at_4
    assert value(drawn, {"n": 9}) == at_9
    assert value(drawn, {"n": None}) == at_null


@pytest.mark.parametrize(
    ("aggregation", "at_4", "at_1", "at_null"),
    [("SUM", 5, 1, None), ("COUNT", 3, 1, 0), ("MIN", 1, 1, None), ("MAX", 2, 1, None)],
)
def test_an_aggregator_folds_what_was_collected(aggregation: str, at_4: object, at_1: object, at_null: object) -> None:
    drawn = table(["n"], ["o: number"], [["<= 5", "1"], ["> 3", "2"], ["4", "2"]], policy="COLLECT", aggregation=aggregation)

    assert (value(drawn, {"n": 4}), value(drawn, {"n": 1}), value(drawn, {"n": None})) == (at_4, at_1, at_null)


def test_priority_over_several_outputs_looks_at_the_first_column_first() -> None:
    outputs = ['grade: string: "high","low"', 'colour: string: "red","blue"']
    rules = [["1", '"low"', '"red"'], ["1", '"high"', '"blue"'], ["1", '"high"', '"red"']]

    first = value(table(["n"], outputs, rules, policy="PRIORITY"), {"n": 1})
    ordered = value(table(["n"], outputs, rules, policy="OUTPUT ORDER"), {"n": 1})

    assert first == {"grade": "high", "colour": "red"}
    assert isinstance(ordered, list)
    assert [each["colour"] for each in ordered] == ["red", "blue", "red"]


def test_default_outputs_answer_where_no_rule_hits() -> None:
    drawn = table(["n"], ["o: number: : 7", 'p: string: : "x"'], [["1", "1", '"y"']])

    assert value(drawn, {"n": 2}) == {"o": 7, "p": "x"}
    assert value(drawn, {"n": 1}) == {"o": 1, "p": "y"}


@pytest.mark.parametrize(
    ("cell", "given", "hits"),
    [
        ("-", None, True),
        ("3, 4", 4, True),
        ("[3, 4]", 4, True),
        ("[1, 2]", [1, 2], True),
        ("not(1, 2)", 3, True),
        ("not(1, 2)", 2, False),
        ("not(null)", 1, True),
        ("not(null)", None, False),
        ("null", None, True),
        ("null", 1, False),
        ("? > 1 and ? < 5", 3, True),
        ("not(? = 2)", 2, False),
        ("limit", 2, True),
        ("> limit", 3, True),
        ("[limit..10)", 10, False),
        ("]limit..10[", 3, True),
        ("limit + 1", 3, True),
        ("list contains(?, limit)", [1, 2], True),
        ("every x in ? satisfies x > 1", [2, 3], True),
        ('starts with(?, "深圳")', "深圳市", True),
        ('"a", "b"', "b", True),
        ("? instance of number", "a", False),
        ("!= 3", 3, False),
        ("true", False, False),
    ],
)
def test_a_cell_says_whether_the_input_passes(cell: str, given: object, hits: bool) -> None:
    drawn = table(["n", "limit"], ["o: string"], [[cell, "-", '"hit"']])

    assert value(drawn, {"n": given, "limit": 2}) == ("hit" if hits else None)


def test_an_input_outside_its_allowed_values_is_refused_with_a_reason() -> None:
    drawn = table(['n: string: "a","b"'], ["o"], [["-", "1"]])

    answer = decided(drawn, n="c")

    assert answer.value is None
    assert answer.asked[0].problem is not None


def test_an_output_of_another_type_is_null() -> None:
    assert value(table(["n"], ["o: number"], [["-", '"x"']]), {"n": 1}) is None


def test_every_missed_rule_names_the_cell_that_failed_first() -> None:
    rules = [["> 80", "true", "1"], ["> 60", "true", "2"], ["> 60", "false", "3"]]

    answer = decided(table(["age", "local"], ["o"], rules), age=70, local=False)

    assert [(r.rule, r.hit, r.column, r.condition, r.value) for r in answer.reasons] == [
        (1, False, "age", "> 80", 70),
        (2, False, "local", "true", False),
        (3, True, "", "", None),
    ]


def test_a_large_table_answers_as_the_same_table_row_by_row() -> None:
    rules = [[f"[{row * 10}..{row * 10 + 10})", "-" if row % 3 else "true", str(row)] for row in range(60)]
    drawn = model(data("n"), data("b"), decision("answer", table(["n", "b"], ["o"], rules), needs=["#n", "#b"]))
    asked = drawn.decision("answer")
    compiled = asked.tables[0]
    facts = [{"n": n, "b": b} for n in (*range(-5, 620, 7), None, "x", 19.99) for b in (True, False, None)]

    indexed = [asked.decide(each).value for each in facts]
    compiled.index = None
    naive = [asked.decide(each).value for each in facts]

    assert indexed == naive
    assert any(value is not None for value in naive)
