"""Supervision on pages: the calendar, cards, the ladder, and exports that equal the screen."""

import csv
import re
from datetime import UTC, datetime
from io import StringIO

import pytest
from flask import Flask

from engine.casework import calendars, sla
from engine.clock import VirtualClock
from engine.transaction import Engine
from tests.unit.api.pages import sit
from tests.unit.casework import city
from tests.unit.casework.test_people import accepted


def late(app: Flask, clock: VirtualClock) -> tuple[Engine, str]:
    engine: Engine = app.extensions["tongban"]
    case_no = accepted(engine)
    clock.now = datetime(2026, 12, 2, 10, 0, 1, tzinfo=UTC)
    sla.sweep(engine)
    return engine, case_no


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text.removeprefix("\ufeff"))))


def test_a_closed_day_is_entered_on_the_calendar_page_and_limits_follow(lone_app: Flask) -> None:
    engine: Engine = lone_app.extensions["tongban"]
    accepted(engine)
    head = sit(lone_app, city.HEAD_OF_OFFICE)
    form = {"office": "scjg", "year": "2026", "what": "days", "closed": "2026-12-01/2026-12-02 停电", "note": "停电通知"}

    head.post("/design/calendars", form)
    calendars.recompute(engine)

    page = head.get("/design/calendars?office=scjg&year=2026")
    assert "停电" in page
    assert "完成" in page
    assert "2026-12-04 18:00" in sit(lone_app, city.INTAKE).get("/desk/cases")


@pytest.mark.parametrize("closed", ["2026-02-30", "", "gestern"])
def test_a_day_that_cannot_be_read_comes_back_with_what_was_typed(lone_app: Flask, closed: str) -> None:
    head = sit(lone_app, city.HEAD_OF_OFFICE)
    form = {"office": "scjg", "what": "days", "closed": closed, "note": "依据"}

    page = head.post("/design/calendars", form, status=422).text

    assert "日期应每行一条" in page
    assert "依据" in page


def test_caseworkers_see_the_calendar_without_its_forms(lone_app: Flask) -> None:
    page = sit(lone_app, city.INTAKE).get("/design/calendars?year=2027")

    assert "暂定" in page
    assert "保存并重算" not in page


def test_the_export_of_alerts_has_the_rows_and_words_of_the_screen(lone_app: Flask, clock: VirtualClock) -> None:
    _, case_no = late(lone_app, clock)
    head = sit(lone_app, city.HEAD_OF_OFFICE)

    page, exported = head.get("/supervise/alerts?light=yellow"), rows_of(head.get("/supervise/alerts.csv?light=yellow"))

    assert [row[1] for row in exported[1:]] == [case_no]
    assert exported[1][0] == "黄牌"
    assert all(cell in page for cell in exported[1] if cell)


def test_a_card_is_appealed_and_settled_by_buttons(lone_app: Flask, clock: VirtualClock) -> None:
    engine, case_no = late(lone_app, clock)
    with engine.read(city.HEAD_OF_OFFICE) as tx:
        from engine.casework import cards

        card_id = next(str(c["id"]) for c in cards.of_case(tx, case_no) if c["clock_kind"] == "committed")
    head = sit(lone_app, city.HEAD_OF_OFFICE)
    assert f"/supervise/cards/{card_id}/appeal" in head.get("/supervise/cards")

    sit(lone_app, city.INTAKE).post(f"/supervise/cards/{card_id}/appeal", {"reason": "系统停机"})
    head.post(f"/supervise/cards/{card_id}/uphold", {"reason": "属实"})

    assert "申诉" in head.get("/supervise/cards")
    assert rows_of(head.get("/supervise/cards.csv"))[1][4] == "已撤销"
    assert head.post(f"/supervise/cards/{card_id}/cancel", {"reason": "再撤"}, status=409).status_code == 409


def test_the_supervisors_case_page_shows_whom_the_ladder_would_reach(lone_app: Flask, clock: VirtualClock) -> None:
    _, case_no = late(lone_app, clock)

    page = sit(lone_app, city.HEAD_OF_OFFICE).get(f"/supervise/cases/{case_no}")

    assert "逐级报告预演" in page
    assert "周伟" in page


def test_a_head_agrees_to_a_special_procedure_from_the_list_or_says_why_not(lone_app: Flask) -> None:
    engine = lone_app.extensions["tongban"]
    terms = {"special": {"expert_review": {"approved": True}}}
    city.offer(engine, "food", f"{city.PERMIT}<!-- 2 -->", {**city.PERMIT_MANIFEST, **terms})
    case_no = accepted(engine)
    asked = {"kind": "expert_review", "declared_number": "5", "declared_unit": "WD", "reason": "工艺特殊"}
    sit(lone_app, city.REVIEWER).post(f"/desk/cases/{case_no}/pause", asked)
    head = sit(lone_app, city.HEAD_OF_OFFICE)
    assert "工艺特殊" in head.get("/supervise/pauses")
    procedure = re.search(r'name="procedure" value="(\w+)"', head.get(f"/supervise/cases/{case_no}"))
    assert procedure is not None

    head.post(f"/supervise/cases/{case_no}/refuse-pause", {"procedure": procedure[1], "reason": "无须评审"})
    assert "无须评审" in head.get(f"/supervise/cases/{case_no}")
    sit(lone_app, city.REVIEWER).post(f"/desk/cases/{case_no}/pause", asked)
    again = re.search(r'name="procedure" value="(\w+)"', head.get(f"/supervise/cases/{case_no}"))
    assert again is not None
    head.post(f"/supervise/cases/{case_no}/approve-pause", {"procedure": again[1]})

    assert "进行中，停表" in head.get(f"/supervise/cases/{case_no}")
