"""The desk by its buttons: lists with filters and bulk, the task page with every verb, files, remarks, copies, deputies."""

import io
import json
import re

import pytest
from flask import Flask

from engine.casework import case_files, cases, documents, inbox, verbs
from engine.clock import VirtualClock
from engine.transaction import Engine
from processes.connectors.files import FileStore
from tests.unit.api.pages import Person, sit
from tests.unit.casework import city
from tests.unit.casework.test_people import accepted, apply, task_of

PDF = b"%PDF-1.4\n%..."


@pytest.fixture
def engine(lone_app: Flask) -> Engine:
    found: Engine = lone_app.extensions["tongban"]
    found.documents = FileStore(found.settings.data_dir / "documents")
    return found


def mine(engine: Engine, case_no: str, actor=city.INTAKE) -> str:
    task_id = task_of(engine, case_no, actor)
    with engine.begin(actor) as tx:
        inbox.claim(tx, task_id)
    return task_id


def test_a_filter_is_saved_shared_and_forgotten(lone_app: Flask, engine: Engine) -> None:
    apply(engine)
    limin, wang = sit(lone_app, city.INTAKE), sit(lone_app, city.REVIEWER)

    limin.post("/desk/filters", {"name": "绿灯", "light": "green", "shared": "yes", "back": "/desk/pool?light=green"})

    assert "绿灯" in limin.get("/desk/pool")
    assert "/desk/pool?light=green" in wang.get("/desk/pool")
    filter_id = re.search(r"/desk/filters/(\w+)/forget", limin.get("/desk/pool"))
    assert filter_id is not None
    limin.post(f"/desk/filters/{filter_id[1]}/forget", {"back": "/desk/pool"})
    assert "绿灯" not in limin.get("/desk/pool")


def test_bulk_says_for_each_row_what_came_of_it(lone_app: Flask, engine: Engine) -> None:
    first, second = apply(engine, "k1"), apply(engine, "k2")
    tasks = [task_of(engine, first), task_of(engine, second)]
    other = city.INTAKE.__class__("other", "刘洋", city.INTAKE.kind, city.INTAKE.roles, city.INTAKE.groups, "scjg")
    with engine.begin(other) as tx:
        inbox.claim(tx, tasks[1])

    page = sit(lone_app, city.INTAKE).post("/desk/bulk/claim", {"task": tasks, "back": "/desk/pool"}, status=200).text

    assert "成功 1 条，未成功 1 条" in page
    assert "刘洋 已于" in page


def test_an_opened_task_is_unread_no_more_and_the_place_is_kept(lone_app: Flask, engine: Engine) -> None:
    task_id = mine(engine, apply(engine))
    limin = sit(lone_app, city.INTAKE)
    assert "未读" in limin.get("/desk?light=green")

    page = limin.get(f"/desk/tasks/{task_id}?back=/desk?light%3Dgreen")
    assert "未读" not in limin.get("/desk")
    answer = limin.post(f"/desk/tasks/{task_id}", {"back": "/desk?light=green", "action": "accept"})

    assert 'name="back" value="/desk?light=green"' in page
    assert answer.headers["Location"].startswith("/desk?light=green")


def test_an_address_outside_the_desk_is_no_place_to_go_back_to(lone_app: Flask, engine: Engine) -> None:
    task_id = mine(engine, apply(engine))

    answer = sit(lone_app, city.INTAKE).post(f"/desk/tasks/{task_id}", {"back": "/desk//evil.example", "action": "accept"})

    assert answer.headers["Location"] == "/desk?done=completed"


def test_the_export_of_the_inbox_has_the_rows_of_the_screen(lone_app: Flask, engine: Engine) -> None:
    case_no = apply(engine)
    mine(engine, case_no)

    exported = sit(lone_app, city.INTAKE).get("/desk/mine.csv")

    assert case_no in exported
    assert len(exported.strip().splitlines()) == 2


def page_of(person: Person, task_id: str) -> str:
    return person.get(f"/desk/tasks/{task_id}")


def test_every_verb_of_the_task_page_has_a_button_that_works(lone_app: Flask, engine: Engine) -> None:
    case_no = accepted(engine)
    task_id = mine(engine, case_no, city.REVIEWER)
    wang, limin = sit(lone_app, city.REVIEWER), sit(lone_app, city.INTAKE)
    page = page_of(wang, task_id)
    for verb in ("unclaim", "transfer", "delegate", "send-back", "add-signers"):
        assert f"/desk/tasks/{task_id}/{verb}" in page

    wang.post(f"/desk/tasks/{task_id}/send-back", {"target": "intake|straight", "reason": "请核对", "field": ["name"]})
    reopened = mine(engine, case_no)
    assert "请核对" in page_of(limin, reopened)
    limin.post(f"/desk/tasks/{reopened}", {"step": "", "action": "accept"})

    again = task_of(engine, case_no, city.REVIEWER)
    assert "审查" in page_of(wang, again)


def test_two_people_at_once_give_one_winner_and_a_page_that_says_who(lone_app: Flask, engine: Engine) -> None:
    task_id = mine(engine, apply(engine))
    limin = sit(lone_app, city.INTAKE)
    limin.post(f"/desk/tasks/{task_id}", {"action": "accept"})

    answer = limin.client.post(f"/desk/tasks/{task_id}/transfer", data={})

    assert answer.status_code in (400, 403, 404, 409)
    assert "李敏" in limin.post(f"/desk/tasks/{task_id}", {"action": "accept"}, status=409).text


def test_a_file_is_stored_by_content_shown_beside_and_never_run(lone_app: Flask, engine: Engine) -> None:
    case_no = apply(engine)
    limin = sit(lone_app, city.INTAKE)
    files = [(io.BytesIO(PDF), "布局图.pdf")]

    limin.post(f"/desk/cases/{case_no}/files", {"files": files})

    with engine.read(city.INTAKE) as tx:
        (found,) = case_files.of_case(tx, case_no)
    assert found.media_type == "application/pdf"
    answer = limin.client.get(f"/desk/files/{found.id}")
    assert answer.data == PDF
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in limin.client.get(f"/desk/files/{found.id}?download=1").headers["Content-Security-Policy"]
    assert sit(lone_app, city.STRANGER).client.get(f"/desk/files/{found.id}").status_code == 404


def examined_with_a_form(engine: Engine) -> None:
    """The permit again, its examination with a form of groups, columns and rows."""
    fields = [
        {"type": "textfield", "key": name, "label": zh, "properties": {"label_en": en}, "layout": {"row": "r", "columns": 8}}
        for name, zh, en in (("area", "面积", "Area"), ("height", "层高", "Height"))
    ]
    person = {"type": "textfield", "key": "name", "label": "姓名", "properties": {"label_en": "Name"}}
    people = {"type": "dynamiclist", "path": "staff", "label": "人员", "defaultRepetitions": 1, "components": [person]}
    form = {"id": "site", "components": [{"type": "group", "label": "场所", "path": "site", "components": fields}, people]}
    diagram = city.PERMIT.replace('<userTask id="examine"', '<userTask id="examine" camunda:formKey="site"')
    city.offer(engine, "food", diagram, city.PERMIT_MANIFEST, site=json.dumps(form).encode())


def test_fields_in_groups_columns_and_rows_can_be_marked_and_are_called_by_their_labels(lone_app: Flask, engine: Engine) -> None:
    examined_with_a_form(engine)
    case_no = accepted(engine)
    task_id = mine(engine, case_no, city.REVIEWER)
    wang, limin = sit(lone_app, city.REVIEWER), sit(lone_app, city.INTAKE)

    offered = re.findall(r'name="field" value="([^"]+)"><span>([^<]+)', page_of(wang, task_id))
    wrong = {"target": "intake|straight", "reason": "请核对", "field": ["site.height", "staff.0.name"]}
    wang.post(f"/desk/tasks/{task_id}/send-back", wrong)

    assert offered == [("site.area", "面积"), ("site.height", "层高"), ("staff.0.name", "第 1 行：姓名")]
    limin.client.set_cookie("lang", "en")
    page = page_of(limin, task_of(engine, case_no))
    assert ">Height</a>" in page
    assert ">Row 1: Name</a>" in page


def test_the_newest_file_or_the_chosen_one_stands_beside_the_form(lone_app: Flask, engine: Engine) -> None:
    case_no = apply(engine)
    task_id = mine(engine, case_no)
    paper = case_files.add(engine, city.INTAKE, case_no, "布局图.pdf", PDF)
    picture = case_files.add(engine, city.INTAKE, case_no, "门面.png", b"\x89PNG\r\n\x1a\n...")
    limin = sit(lone_app, city.INTAKE)

    newest, chosen = page_of(limin, task_id), limin.get(f"/desk/tasks/{task_id}?file={paper.id}")

    assert f'<img class="preview" src="/desk/files/{picture.id}"' in newest
    assert f'<iframe class="preview" src="/desk/files/{paper.id}#' in chosen


def test_only_the_page_with_a_preview_may_frame_and_only_files_of_this_site(lone_app: Flask, engine: Engine) -> None:
    case_no = apply(engine)
    task_id = mine(engine, case_no)
    picture = case_files.add(engine, city.INTAKE, case_no, "门面.png", b"\x89PNG\r\n\x1a\n...")
    limin = sit(lone_app, city.INTAKE)

    policies = {path: limin.client.get(path).headers["Content-Security-Policy"] for path in ("/desk", f"/desk/tasks/{task_id}")}

    assert [path for path, policy in policies.items() if "frame-src 'self'" in policy] == [f"/desk/tasks/{task_id}"]
    assert all("object-src 'none'" in policy and "script-src 'self'" in policy for policy in policies.values())
    assert "sandbox" in limin.client.get(f"/desk/files/{picture.id}").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("content", "said"), [(b"<html><script>", "内容不是其中任何一种"), (b"", "空文件"), (b"MZ\x90", "内容不是")]
)
def test_a_file_of_another_kind_is_refused_whatever_its_name(lone_app: Flask, engine: Engine, content: bytes, said: str) -> None:
    case_no = apply(engine)

    answer = sit(lone_app, city.INTAKE).post(
        f"/desk/cases/{case_no}/files", {"files": [(io.BytesIO(content), "图纸.pdf")]}, status=422
    )

    assert said in answer.text


def test_a_remark_mentions_a_colleague(lone_app: Flask, engine: Engine) -> None:
    case_no = apply(engine)

    sit(lone_app, city.INTAKE).post(f"/desk/cases/{case_no}/remark", {"text": "@王强 请看布局图"})

    assert "请看布局图" in sit(lone_app, city.REVIEWER).get(f"/desk/cases/{case_no}")
    with engine.read(city.REVIEWER) as tx:
        from engine.casework import notices

        assert "comment.mention" in [n.template for n in notices.mine(tx).rows]


def test_a_copy_is_read_with_a_receipt(lone_app: Flask, engine: Engine) -> None:
    case_no = apply(engine)
    limin, wang = sit(lone_app, city.INTAKE), sit(lone_app, city.REVIEWER)

    limin.post(f"/desk/cases/{case_no}/copy", {"person": ["wangqiang"], "text": "请阅"})
    assert "未阅" in limin.get(f"/desk/cases/{case_no}")
    wang.post(f"/desk/cases/{case_no}/read")

    assert "已阅" in limin.get(f"/desk/cases/{case_no}")


def test_a_supervisor_suspends_resumes_and_terminates_by_buttons(lone_app: Flask, engine: Engine) -> None:
    case_no = accepted(engine)
    head = sit(lone_app, city.HEAD_OF_OFFICE)

    head.post(f"/supervise/cases/{case_no}/suspend", {"reason": "等待裁定", "declared": "5WD"})
    assert "恢复办理" in head.get(f"/supervise/cases/{case_no}")
    head.post(f"/supervise/cases/{case_no}/suspend", {"reason": "再挂"}, status=409)
    head.post(f"/supervise/cases/{case_no}/resume")
    head.post(f"/supervise/cases/{case_no}/terminate", {"reason": "主体注销"})

    with engine.read(city.SHOP) as tx:
        assert cases.read(tx, case_no).state == "terminated"


def test_a_deputy_is_appointed_in_the_settings(lone_app: Flask, engine: Engine, clock: VirtualClock) -> None:
    case_no = apply(engine)
    mine(engine, case_no)
    limin, wang = sit(lone_app, city.INTAKE), sit(lone_app, city.REVIEWER)

    limin.post("/desk/settings/deputies", {"person": "wangqiang", "starts": "2026-11-23", "ends": "2026-11-25", "reason": "休假"})

    assert "代办" in wang.get("/desk")
    assert "收回" in limin.get("/desk/settings")
    limin.post("/desk/settings/deputies", {"person": "wangqiang", "starts": "x", "ends": ""}, status=422)
    assert verbs.phrases


def test_canned_phrases_are_kept(lone_app: Flask, engine: Engine) -> None:
    limin = sit(lone_app, city.INTAKE)

    limin.post("/desk/settings/phrases", {"phrases": "同意。\n\n请补正。"})

    assert "同意。\n请补正。" in limin.get("/desk/settings").replace("\r", "")


def test_a_window_takes_in_step_by_step_and_prints_a_receipt(lone_app: Flask, engine: Engine) -> None:
    limin = sit(lone_app, city.INTAKE)
    who = {"service": "SC-001", "who-kind": "citizen", "who-name": "陈秀英", "who-number": "11010519491231002X"}
    refused = limin.post("/desk/counter/new", who, status=422)

    page = limin.post("/desk/counter/new", {**who, "who-consents": "yes"}, status=200).text
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    given = {**who, "who-consents": "yes", "key": key[1]}
    first, again = (limin.post("/desk/counter/new", given).headers["Location"] for _ in range(2))

    assert "请征得申请人同意" in refused.text
    assert first == again
    assert "收件凭证" in limin.get(first)


def test_a_visit_is_booked_received_and_cannot_be_booked_with_rubbish(lone_app: Flask, engine: Engine) -> None:
    granny, limin = sit(lone_app, city.GRANNY), sit(lone_app, city.INTAKE)
    day = re.findall(r"\?day=([\d-]+)", granny.get("/services/SC-001/appointment"))[1]
    free = re.findall(r'name="starts_at" value="([^"]+)"', granny.get(f"/services/SC-001/appointment?day={day}"))

    granny.post("/services/SC-001/appointment", {"starts_at": "soon"}, status=422)
    granny.post("/services/SC-001/appointment", {"starts_at": free[0]})

    assert "陈秀英" in limin.get(f"/desk/counter/appointments?day={day}")
    assert "已预约" in granny.get("/my/appointments")
    assert granny.post("/services/SC-001/appointment", {"starts_at": free[1]}, status=409).text.count("请先取消原预约") == 1


def test_a_saved_draft_keeps_the_opinion_and_says_who_saved_it(lone_app: Flask, engine: Engine) -> None:
    task_id = mine(engine, apply(engine))
    limin = sit(lone_app, city.INTAKE)

    limin.post(f"/desk/tasks/{task_id}", {"step": "save", "opinion": "面积待核"})

    page = limin.get(f"/desk/tasks/{task_id}")
    assert ">面积待核</textarea>" in page
    assert "草稿保存于" in page
    assert "李敏" in page.split("草稿保存于")[1][:200]


def test_a_special_procedure_is_asked_for_on_the_task_page_and_closed_with_its_result(lone_app: Flask, engine: Engine) -> None:
    case_no = accepted(engine)
    task_id = mine(engine, case_no, city.REVIEWER)
    wang, shop = sit(lone_app, city.REVIEWER), sit(lone_app, city.SHOP)
    assert "特别程序（停表）申请" in wang.get(f"/desk/tasks/{task_id}")
    given = {"kind": "testing", "declared_number": "5", "declared_unit": "WD", "reason": "样品须送检"}

    refused = wang.post(f"/desk/tasks/{task_id}/pause", {**given, "declared_number": "0"}, status=422)
    asked = wang.post(f"/desk/tasks/{task_id}/pause", given)
    page = wang.get(f"/desk/tasks/{task_id}")
    decided = wang.post(f"/desk/tasks/{task_id}", {"outcome": "grant", "reason": "符合", "opinion": "同意"}, status=409)

    assert "所需时间至少为一个单位" in refused.text
    assert "样品须送检" in refused.text
    assert asked.headers["Location"] == f"/desk/tasks/{task_id}?done=paused"
    assert "特别程序：检测" in page
    assert "特别程序“检测”尚未结束" in decided.text
    assert "特别程序：检测，5 个工作日" in shop.get(f"/my/cases/{case_no}")
    procedure = re.search(r'name="procedure" value="(\w+)"', page)
    assert procedure is not None
    wang.post(f"/desk/cases/{case_no}/close-pause", {"procedure": procedure[1], "result": "检测合格"})
    assert "检测合格" in wang.get(f"/desk/cases/{case_no}?lang=en")


def test_a_supplement_notice_is_seen_before_it_goes_out_and_is_what_the_applicant_gets(lone_app: Flask, engine: Engine) -> None:
    case_no = apply(engine)
    task_id = mine(engine, case_no)
    limin = sit(lone_app, city.INTAKE)
    asked = {"item_name": "布局图", "item_reason": "缺页", "reason": "请补齐"}

    seen = limin.post(f"/desk/tasks/{task_id}/correct", asked, status=200).text
    with engine.begin(city.INTAKE) as tx:
        before = cases.read(tx, case_no)
    limin.post(f"/desk/tasks/{task_id}/supplement", asked)

    assert before.state != "supplement_required"
    with engine.begin(city.INTAKE) as tx:
        issued = next(d for d in documents.of_case(tx, case_no) if d.kind == "supplement")
        body = documents.read(tx, issued.id).html
    assert re.sub(r"\s", "", _said(body)) in re.sub(r"\s", "", seen)


def test_going_back_from_the_notice_keeps_what_was_typed(lone_app: Flask, engine: Engine) -> None:
    task_id = mine(engine, apply(engine))
    limin = sit(lone_app, city.INTAKE)
    asked = {"item_name": ["布局图", "合同"], "item_reason": ["缺页", "未签字"], "reason": "请补齐<b>"}

    preview = limin.post(f"/desk/tasks/{task_id}/correct", asked, status=200).text
    page = limin.post(f"/desk/tasks/{task_id}/rewrite", asked, status=200).text

    assert f'formaction="/desk/tasks/{task_id}/rewrite#supplement"' in preview
    assert '<details class="card" id="supplement" open>' in page
    for value in ("布局图", "缺页", "合同", "未签字"):
        assert f'value="{value}"' in page
    assert "请补齐&lt;b&gt;</textarea>" in page


def _said(body: str) -> str:
    """The Chinese paragraphs of a notice, without the number and the seal that come with issuing."""
    return body.split('<section lang="zh">')[1].split('<p class="doc-seal">')[0]
