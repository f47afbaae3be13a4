"""What a decision says about itself: moment, version, origins, sentences, and its record."""

import json
from datetime import UTC, date, datetime

import pytest

from engine import dmn
from engine.dmn import Decided
from engine.feel import moments
from tests.unit.dmn.drawing import data, decision, model, table, text

IN_2024 = datetime(2024, 3, 1, tzinfo=UTC)
IN_2026 = datetime(2026, 3, 1, tzinfo=UTC)
EVERY_AGE = {"2024": [[">= 0", "2"]], "2025": [[">= 0", "3"]]}


def rate(rules: list[list[str]], dates: str, key: str = "rate") -> str:
    drawn = decision("rate", table(["age"], ["o: number"], rules), needs=["#age"], attributes=dates)
    return drawn.replace('id="rate"', f'id="{key}"')


RATES = (
    data("age", "number"),
    rate(EVERY_AGE["2025"], 't:validFrom="2025-01-01"'),
    rate(EVERY_AGE["2024"], 't:validUntil="2024-12-31"', "rate-before"),
)


def at(moment: datetime, facts: dict[str, object]) -> Decided:
    with moments.at(moment, "Asia/Shanghai"):
        return model(*RATES).decision("rate").decide(facts)


def test_the_version_in_force_on_the_day_decides() -> None:
    assert at(IN_2024, {"age": 1}).value == 2
    assert at(IN_2026, {"age": 1}).value == 3
    assert at(IN_2026, {"age": 1}).asked[0].since == "2025-01-01"


def test_a_decision_that_needs_a_dated_one_gets_the_version_in_force() -> None:
    drawn = model(
        *RATES, decision("twice", "<literalExpression><text>rate * 2</text></literalExpression>", needs=["decision:#rate"])
    )

    with moments.at(IN_2024):
        assert drawn.decision("twice").decide({"age": 1}).value == 4


def test_no_version_in_force_is_null_with_a_reason() -> None:
    later = [rate([["-", str(year)]], f't:validFrom="{year}-01-01"', f"rate-{year}") for year in (2027, 2028)]

    with moments.at(IN_2026):
        answer = model(data("age"), *later).decision("rate").decide({})

    assert answer.value is None
    assert [reason.code for reason in answer.nulls] == ["dmn.undated"]


def test_a_record_is_small_plain_json_and_replays_bit_for_bit() -> None:
    answer = at(IN_2024, {"age": 41})
    stored = json.loads(json.dumps(answer.to_json()))

    assert stored["at"] == "2024-03-01T08:00:00@Asia/Shanghai"
    assert len(json.dumps(stored)) < 300
    assert dmn.replay(model(*RATES).decision("rate"), stored) is True
    assert dmn.replay(model(*RATES).decision("rate"), {**stored, "value": 3}) is False


def test_what_today_says_is_the_recorded_day_when_a_decision_is_replayed() -> None:
    drawn = model(decision("day", text("today()")))
    with moments.at(IN_2024, "Asia/Shanghai"):
        stored = drawn.decision("day").decide({}).to_json()

    assert dmn.replay(drawn.decision("day"), stored) is True


def test_origins_are_taken_where_the_model_says_and_kept_with_the_record() -> None:
    source = '<inputData id="age" name="age" t:origin="checked.birth"><variable name="age"/></inputData>'
    drawn = model(source, decision("d", table(["age"], ["o"], [[">= 80", "1"]]), needs=["#age"])).decision("d")
    checked = {"birth": {"value": date(1940, 1, 1), "source": "population", "trust": "A", "at": date(2026, 11, 22)}}

    answer = drawn.decide({"age": 86, "checked": checked})

    assert dmn.sentences(answer) == ("age ≥ 80: 是 (population, 2026-11-22)",)
    assert dmn.replay(drawn, answer.to_json()) is True
    assert json.loads(json.dumps(answer.to_json()))["origins"]["age"]["trust"] == "A"


@pytest.mark.parametrize(
    ("label", "cell", "given", "zh", "en"),
    [
        ("年龄（周岁）", ">= 80", 82, "满 80 周岁: 是", "80 or older: yes"),
        ("年龄（周岁）", "< 80", 75, "未满 80 周岁: 是", "under 80: yes"),
        ("年龄（周岁）", "[80..90)", 82, "满 80 周岁且未满 90 周岁: 是", "80 or older and under 90: yes"),
        ("面积（平方米）", "(50..200]", 60, "面积 > 50 平方米 且 ≤ 200 平方米: 是", "面积 > 50 平方米 and ≤ 200 平方米: yes"),
        ("本市户籍", "true", True, "本市户籍: 是", "本市户籍: yes"),
        ("已领取", "false", False, "已领取: 否", "已领取: no"),
        ("类别", '"餐饮", "销售"', "餐饮", "类别为“餐饮” 或 类别为“销售”: 是", "类别 is “餐饮” or 类别 is “销售”: yes"),
        ("类别", 'not("餐饮")', "销售", "类别为“餐饮”: 否", "类别 is “餐饮”: no"),
        ("日期", "null", None, "日期未知: 是", "日期 is not known: yes"),
        ("人数", "? > limit", 3, "人数 ? > limit: 是", "人数 ? > limit: yes"),
    ],
)
def test_a_cell_is_put_into_words(label: str, cell: str, given: object, zh: str, en: str) -> None:
    drawn = table(["n", "limit"], ["o"], [[cell, "-", "1"]]).replace("<input>", f'<input label="{label}">', 1)
    asked = model(data("n"), data("limit"), decision("d", drawn, needs=["#n", "#limit"])).decision("d")

    answer = asked.decide({"n": given, "limit": 2})

    assert dmn.sentences(answer, language="zh") == (zh,)
    assert dmn.sentences(answer, language="en") == (en,)


def test_a_condition_that_failed_says_what_was_found_instead() -> None:
    drawn = table(["n"], ["o"], [[">= 80", "1"]])
    asked = model(data("n"), decision("d", drawn, needs=["#n"])).decision("d")

    assert dmn.sentences(asked.decide({"n": 79})) == ("n ≥ 80: 否，实际为 79",)
    assert dmn.sentences(asked.decide({"n": None}), language="en") == ("n ≥ 80: no, it is not known",)


def test_a_long_table_is_explained_row_by_row_though_its_record_is_short() -> None:
    rows = [[f"[{n * 10}..{n * 10 + 10})", str(n)] for n in range(100)]
    asked = model(data("n"), decision("d", table(["n"], ["o"], rows), needs=["#n"])).decision("d")
    answer = asked.decide({"n": 555})

    stored = answer.to_json()
    explained = dmn.explain(asked, stored)

    assert stored["tables"] == [{"table": "d", "inputs": [555], "hits": [56]}]
    assert len(explained.reasons) == 100
    assert sum(reason.hit for reason in explained.reasons) == 1
    assert dmn.tables(explained)[0].left_out == 40
