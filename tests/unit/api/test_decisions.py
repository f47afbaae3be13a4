"""Decisions over the web and REST: reasons on the pages, findings of tables in answers, the back-test page."""

from io import BytesIO

from flask import Flask

from engine.casework import applications
from engine.transaction import Engine
from tests.unit.api.conftest import PUBLISHER, speaker
from tests.unit.api.pages import sit
from tests.unit.casework import rates
from tests.unit.casework.city import AUDITOR, DESIGNER, GRANNY, STRANGER

GAPPED = rates.tables(rates.version("2025-01-01", "", ("&lt; 60", 0), ("&gt; 60", 30000)))
OVERLAPPING = rates.tables(rates.version("2025-01-01", "", ("&lt;= 60", 0), ("&gt;= 60", 30000)))


def applied(app: Flask, age: int = 82, *, is_first: bool = True) -> str:
    engine: Engine = app.extensions["tongban"]
    if is_first:
        rates.publish(engine)
    return applications.apply(engine, GRANNY, "MZ-002", {"age": age}, idempotency_key=f"k{age}").case_no


def test_the_result_page_tells_the_applicant_each_condition_with_its_source(lone_app: Flask) -> None:
    case_no = applied(lone_app)

    page = sit(lone_app, GRANNY).get(f"/my/cases/{case_no}")

    assert "满 80 周岁且未满 90 周岁: 是 (人口基础库, 2026-11-22)" in page
    sit(lone_app, STRANGER).get(f"/my/cases/{case_no}", status=404)


def test_the_case_file_shows_the_table_with_the_hit_row_and_the_failed_cells(lone_app: Flask) -> None:
    case_no = applied(lone_app)

    page = sit(lone_app, AUDITOR).get(f"/desk/cases/{case_no}")

    assert page.count('<tr class="hit">') == 1
    assert page.count('<tr class="missed">') == 2
    assert page.count('class="failed"') == 2
    assert "复核一致" in page
    assert "2025-01-01" in page


def test_a_machine_reads_the_reasons_the_rows_and_the_proof(lone_app: Flask) -> None:
    case_no = applied(lone_app)
    speak = speaker(lone_app)

    (made,) = speak(GRANNY)("GET", f"/cases/{case_no}/decisions").get_json()["decisions"]

    assert (made["name"], made["value"], made["version"], made["is_proved"]) == ("amount", 30000, 1, True)
    assert made["en"] == ["80 or older and under 90: yes (population, 2026-11-22)"]
    assert [(row["is_hit"], row["failed"]) for row in made["tables"][0]["rows"]] == [(False, 1), (True, 0), (False, 1)]
    assert made["tables"][0]["inputs"][0]["trust"] == "A"
    assert speak(STRANGER)("GET", f"/cases/{case_no}/decisions").status_code == 404


def test_the_version_page_shows_each_finding_on_its_row(lone_app: Flask) -> None:
    deployment_id = rates.publish(lone_app.extensions["tongban"], OVERLAPPING)

    page = sit(lone_app, DESIGNER).get(f"/design/versions/{deployment_id}")

    assert '<tr id="amount-2025-01-01-2" class="marked">' in page
    assert "与第 1 行同时命中且结果不同，例如 年龄（周岁） = 60" in page


def test_the_back_test_page_lists_exactly_whose_outcome_would_change(lone_app: Flask) -> None:
    unchanged, changed = applied(lone_app, 75), applied(lone_app, 82, is_first=False)
    raised = rates.version("2025-01-01", "", ("&lt; 80", 0), ("[80..90)", 35000), ("&gt;= 90", 50000))
    deployment_id = rates.publish(lone_app.extensions["tongban"], rates.tables(raised))
    designer = sit(lone_app, DESIGNER)

    page = designer.get(f"/design/versions/{deployment_id}/backtest")

    assert changed in page
    assert unchanged not in page
    assert "35000" in page
    assert "2024-13-01" in designer.get(f"/design/versions/{deployment_id}/backtest?on=2024-13-01", status=422)


def test_an_upload_over_rest_names_the_gap_and_refuses_the_overlap_on_its_row(lone_app: Flask) -> None:
    machine = speaker(lone_app)(PUBLISHER)

    def upload(content: bytes) -> tuple[int, dict[str, object]]:
        files = [(BytesIO(rates.DIAGRAM.encode()), "rates.bpmn"), (BytesIO(content), "rates.dmn")]
        answer = machine("POST", "/deployments", data={"file": files, "key": "rates"}, content_type="multipart/form-data")
        return answer.status_code, answer.get_json()

    gapped, overlapping = upload(GAPPED), upload(OVERLAPPING)

    assert gapped[0] == 201
    assert "dmn.gap" in str(gapped[1]["findings"])
    assert "年龄（周岁） = 60" in str(gapped[1]["findings"])
    assert overlapping[0] == 422
    assert "amount-2025-01-01#2" in str(overlapping[1]["errors"])
