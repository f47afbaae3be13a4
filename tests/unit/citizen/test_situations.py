"""情形 before the form: the questions, the personal list, the answers that come along, and who cannot apply."""

from dataclasses import replace
from pathlib import Path

import pytest

from api.app import create_app
from engine.casework import applications, catalogue, situations
from engine.clock import VirtualClock
from engine.transaction import Engine
from processes import lint, package, people
from tests.unit.api.pages import Person, sit
from tests.unit.citizen.conftest import wired

RESTAURANT = people.person("weiran").actor()
FOOD, FUND, FILING = "SJ-SPJY-001", "GJ-GJJB-001", "FG-TZBA-001"
SERVICES = Path(__file__).parents[3] / "processes"


@pytest.fixture
def shops(engine: Engine, clock: VirtualClock) -> Engine:
    """The demo city with services that ask about the situation first."""
    return wired(engine, clock, "food-licence", "fund-ratio", "investment-filing")


@pytest.fixture
def weiran(shops: Engine) -> Person:
    return sit(create_app(shops), RESTAURANT)


def of(town: Engine, code: str, **answers: str) -> situations.Personal:
    with town.read(RESTAURANT) as tx:
        return situations.of(tx, catalogue.item(tx, code), answers)


def names(rows: tuple[object, ...]) -> list[str]:
    return [str(row["name"]["en"]) for row in rows]  # type: ignore[index]


def test_a_question_comes_when_the_answer_before_makes_it_one(shops: Engine) -> None:
    asked = {kind: [q.key for q in of(shops, FOOD, kind=kind).questions] for kind in ("", "sale", "canteen", "nonsense")}

    assert asked == {"": ["kind"], "sale": ["kind", "promise"], "canteen": ["kind"], "nonsense": ["kind"]}


def test_the_list_is_that_of_the_situation_and_while_open_everything(shops: Engine) -> None:
    everything, filing = of(shops, FOOD), of(shops, FOOD, kind="prepackaged")

    assert len(everything.materials) == 3
    assert names(filing.materials) == ["Application"]
    assert "Filed at once when the checks pass" in names(filing.steps)
    assert not {"Business items", "Food safety staff"} & {field.label["en"] for field in filing.fields}


def test_the_fields_say_which_base_fills_them_in(shops: Engine) -> None:
    sources = {field.label["zh"]: field.source for field in of(shops, FOOD, kind="sale").fields}

    assert sources["统一社会信用代码"] == "enterprise"
    assert sources["联系手机"] == ""


def test_questions_are_asked_one_by_one_or_together_without_a_script(weiran: Person) -> None:
    together = weiran.get(f"/services/{FOOD}/start?kind=sale")
    one = weiran.get(f"/services/{FOOD}/start?one=1&kind=sale")

    assert 'value="restaurant"' in together
    assert 'name="promise"' in together
    assert 'type="hidden" name="kind" value="sale"' in one
    assert 'value="restaurant"' not in one
    assert "开始填写" not in one
    assert "开始填写" in weiran.get(f"/services/{FOOD}/start?one=1&kind=sale&promise=no")


def test_the_guide_leads_to_the_questions_and_they_to_the_form(shops: Engine, weiran: Person) -> None:
    assert f"/services/{FUND}/start" in weiran.get(f"/services/{FUND}")

    where = weiran.post(f"/apply/{FUND}", {"measure": "defer"}).headers["Location"]
    page = weiran.get(where)

    assert 'value="defer" checked' in page
    assert "降低后的比例" not in page
    assert f"/services/{FUND}/start?measure=defer" in page


def test_an_answer_stays_changeable_and_asks_for_what_it_then_needs(shops: Engine, weiran: Person) -> None:
    where = weiran.post(f"/apply/{FUND}", {"measure": "defer"}).headers["Location"]

    page = weiran.post(where, {"measure": "reduce", "months": "6", "step": "check"}, status=422).text

    assert 'value="reduce" checked' in page
    assert "请填写“降低后的比例（%）”" in page


def test_starting_again_in_another_situation_keeps_the_draft(shops: Engine) -> None:
    first = applications.open_draft(shops, RESTAURANT, FUND, situation={"measure": "defer"})
    second = applications.open_draft(shops, RESTAURANT, FUND, situation={"measure": "reduce"})

    assert second.id == first.id
    assert second.answers["measure"] == "reduce"


def test_the_check_page_lists_the_materials_of_the_situation(weiran: Person) -> None:
    form = {"contact": "13900000001", "area": "40", "kind": "prepackaged", "step": "check"}
    where = weiran.post(f"/apply/{FOOD}", {"kind": "prepackaged"}).headers["Location"]
    weiran.post(where, form)

    page = weiran.get(f"{where}/check")

    assert "食品经营许可申请书" in page
    assert "场所布局图" not in page


def test_who_cannot_apply_is_told_why_before_the_form(weiran: Person) -> None:
    page = weiran.get(f"/services/{FILING}/start?sector=power")
    sent_back = weiran.post(f"/apply/{FILING}", {"sector": "power"}).headers["Location"]

    assert "电力项目属核准类" in page
    assert "开始填写" not in page
    assert sent_back.startswith(f"/services/{FILING}/start?")


def test_the_list_speaks_english(shops: Engine) -> None:
    client = create_app(shops).test_client()
    client.set_cookie("lang", "en")

    page = client.get(f"/services/{FOOD}/start?kind=sale").text

    assert "What will you do?" in page
    assert "Sign in to start" in page


def test_machines_get_the_questions_and_the_list(shops: Engine) -> None:
    answer = create_app(shops).test_client().get(f"/api/v1/services/{FILING}/situation?sector=airport").json

    assert answer["answers"] == {"sector": "airport"}
    assert answer["stops"][0]["en"].startswith("Airports need an approval")
    assert {"label", "source", "is_required"} <= set(answer["fields"][0])


def test_a_situation_that_leads_nowhere_is_found_before_publication() -> None:
    found = package.load(SERVICES / "fund-ratio")
    item = dict(found.manifest["item"])  # type: ignore[call-overload]  # a table
    item |= {"situations": [{"key": "weather"}], "materials": [{"name": {"zh": "甲", "en": "A"}, "when": {"measure": "pray"}}]}
    broken = replace(found, manifest={**found.manifest, "item": item})

    said = [finding.en for finding in lint.lint(broken) if finding.code == "manifest.situation"]

    assert any("no options" in sentence for sentence in said)
    assert any("measure=pray" in sentence for sentence in said)
