"""Every field type of form-js that makes sense on paper: read, shown, posted, checked; what makes none is refused by name."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

import forms
from engine.errors import Invalid
from tests.unit.forms.test_forms import Fact, field, made, pointers

EVERYTHING: list[dict[str, object]] = [
    {
        "type": "text",
        "id": "t",
        "text": "# 告知\n\n您好 **{{name}}**，见[说明](https://example.org)。",
        "properties": {"text_en": "Read *this*."},
    },
    {
        "type": "html",
        "id": "h",
        "content": "<h1>办理</h1><script>alert(1)</script><p onclick='x()'>要点</p><iframe src='//x'></iframe>",
    },
    {"type": "image", "id": "i", "source": "data:image/png;base64,iVBORw0KGgo=", "alt": "示意图"},
    {"type": "textfield", "key": "name", "label": "姓名", "validate": {"required": True, "minLength": 2, "pattern": "^[^0-9]+$"}},
    {"type": "textarea", "key": "note", "label": "说明", "validate": {"maxLength": "5"}},
    {
        "type": "number",
        "key": "amount",
        "label": "金额",
        "decimalDigits": 2,
        "appearance": {"prefixAdorner": "¥", "suffixAdorner": "元"},
        "validate": {"min": 1, "max": "=limit"},
        "layout": {"row": "R1", "columns": 10},
    },
    {"type": "number", "key": "limit", "label": "上限", "defaultValue": 100, "layout": {"row": "R1", "columns": None}},
    {"type": "checkbox", "key": "agree", "label": "同意"},
    {
        "type": "checklist",
        "key": "goods",
        "label": "经营项目",
        "values": [{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}],
    },
    {
        "type": "radio",
        "key": "way",
        "label": "方式",
        "values": [{"value": "x", "label": "自取"}, {"value": "y", "label": "邮寄"}],
    },
    {"type": "select", "key": "city", "label": "城市", "valuesKey": "cities"},
    {"type": "taglist", "key": "tags", "label": "标签", "valuesExpression": "=for c in cities return c.value"},
    {"type": "datetime", "subtype": "date", "key": "day", "dateLabel": "日期"},
    {"type": "datetime", "subtype": "time", "key": "hour", "timeLabel": "时间"},
    {"type": "datetime", "subtype": "datetime", "key": "at", "dateLabel": "时刻"},
    {
        "type": "group",
        "path": "address",
        "label": "地址",
        "components": [
            {"type": "textfield", "key": "street", "label": "街道"},
            {"type": "textfield", "key": "no", "label": "门牌"},
        ],
    },
    {
        "type": "dynamiclist",
        "path": "staff",
        "label": "人员",
        "defaultRepetitions": 2,
        "components": [
            {"type": "textfield", "key": "name", "label": "姓名"},
            {
                "type": "textfield",
                "key": "no",
                "label": "证号",
                "conditional": {"hide": "=name = null"},
                "validate": {"required": True},
            },
        ],
    },
    {
        "type": "table",
        "label": "已有证照",
        "dataSource": "=held",
        "columns": [{"key": "no", "label": "编号"}, {"key": "until", "label": "有效期"}],
    },
    {"type": "separator"},
    {"type": "spacer", "height": 40},
    {"type": "expression", "key": "total", "expression": "=amount * 2", "computeOn": "change"},
    {"type": "filepicker", "key": "plan", "label": "平面图", "multiple": True, "accept": ".pdf"},
    {"type": "documentPreview", "id": "d", "title": "附件", "dataSource": "=papers"},
    {"type": "button", "action": "submit", "label": "提交"},
]
DATA: Mapping[str, object] = {
    "cities": [{"value": "sz", "label": "深圳"}, {"value": "gz", "label": "广州"}],
    "held": [{"no": "粤A1", "until": "2027-01-01"}],
    "papers": [{"name": "图.pdf", "endpoint": "/desk/files/1"}, {"name": "外", "endpoint": "https://evil.example/x"}],
}
ANSWERS: Mapping[str, object] = {
    "name": "王强",
    "note": "短",
    "amount": "12.50",
    "agree": "true",
    "goods": ["b"],
    "way": "x",
    "city": "sz",
    "tags": ["gz"],
    "day": "2026-11-25",
    "hour": "09:30",
    "at": "2026-11-25T09:30",
    "address": {"street": "福华路", "no": "1"},
    "staff": [{"name": "李", "no": "7"}],
    "plan": [],
}


@pytest.fixture(scope="module")
def everything() -> forms.Form:
    return made(*EVERYTHING)


def shown(form: forms.Form, answers: Mapping[str, object] | None = None) -> dict[str, forms.FieldView]:
    return {view.name: view for view in forms.leaves_of(forms.view(form, answers or {}, data=DATA))}


def test_every_type_gives_its_typed_value(everything: forms.Form) -> None:
    found = forms.validate(everything, ANSWERS, data=DATA)

    assert found == {
        "name": "王强",
        "note": "短",
        "amount": Decimal("12.50"),
        "limit": 100,
        "agree": True,
        "goods": ["b"],
        "way": "x",
        "city": "sz",
        "tags": ["gz"],
        "day": date(2026, 11, 25),
        "hour": time(9, 30),
        "at": datetime.fromisoformat("2026-11-25T09:30"),
        "address": {"street": "福华路", "no": "1"},
        "staff": [{"name": "李", "no": "7"}],
        "total": 25,
        "plan": [],
    }


def test_rubbish_is_refused_at_each_field_in_both_languages(everything: forms.Form) -> None:
    rubbish = {
        "name": "1",
        "note": "比五个字要长",
        "amount": 1000,
        "goods": ["c"],
        "city": "paris",
        "tags": [{"x": 1}],
        "day": "gestern",
        "hour": "25:00",
        "at": [],
        "address": {"street": "x", "planet": "mars"},
        "staff": [{"name": "李"}],
        "plan": [{"path": "/etc/passwd"}],
        "total": 5,
        "outcome": "grant",
    }

    with pytest.raises(Invalid) as refused:
        forms.validate(everything, rubbish, data=DATA)

    wrong = {
        "name",
        "note",
        "amount",
        "goods",
        "city",
        "tags",
        "day",
        "hour",
        "at",
        "address/planet",
        "staff/0/no",
        "plan",
        "outcome",
    }
    assert pointers(refused.value) == {f"/{place}" for place in wrong}
    assert all(finding.zh != finding.en and finding.zh and finding.en for finding in refused.value.findings)


def test_what_a_page_posts_is_what_machines_send(everything: forms.Form) -> None:
    pairs = [
        ("name", "王强"),
        ("amount", "2"),
        ("goods", "a"),
        ("goods", "b"),
        ("address.street", "福华路"),
        ("staff.1.name", "李"),
    ]

    found = forms.read_posted(everything, pairs)

    assert found["goods"] == ["a", "b"]
    assert found["address"] == {"street": "福华路"}
    assert found["staff"] == [{"name": "李"}]


def test_options_come_from_the_data_where_the_form_says_so(everything: forms.Form) -> None:
    views = shown(everything)

    assert [(o.value, o.label) for o in views["city"].options] == [("sz", "深圳"), ("gz", "广州")]
    assert [o.value for o in views["tags"].options] == ["sz", "gz"]


def test_fields_of_one_row_stand_side_by_side(everything: forms.Form) -> None:
    line = next(view for view in forms.view(everything, {}, data=DATA) if view.kind == "line")

    assert [(view.key, view.width) for view in line.children] == [("amount", 10), ("limit", 6)]


def test_words_may_name_answers_and_html_is_only_text(everything: forms.Form) -> None:
    views = forms.view(everything, {"name": "<b>王强"}, data=DATA)

    assert views[0].prose == (
        "<h2>告知</h2><p>您好 <strong>&lt;b&gt;王强</strong>，见"
        '<a href="https://example.org" rel="noopener noreferrer">说明</a>。</p>'
    )
    assert views[1].prose == "<h2>办理</h2><p>要点</p>"


def test_tables_and_documents_show_what_was_known(everything: forms.Form) -> None:
    table, preview = (next(v for v in forms.view(everything, {}, data=DATA) if v.kind == k) for k in ("table", "documentPreview"))

    assert (table.head[0][1], table.cells) == ("编号", (("粤A1", "2027-01-01"),))
    assert preview.files == (("图.pdf", "/desk/files/1"), ("外", ""))


def test_an_empty_list_shows_as_many_rows_as_the_form_wants(everything: forms.Form) -> None:
    rows = [name for name in shown(everything) if name.startswith("staff.")]

    assert rows == ["staff.0.name", "staff.1.name"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "iframe", "key": "x", "url": "https://example.org"},
        {"type": "image", "source": "https://example.org/x.png"},
        {"type": "textfield", "key": "x", "validate": {"pattern": "(?=a)b"}},
        {"type": "number", "key": "x", "validate": {"min": "viel"}},
        {"type": "expression", "key": "x"},
        {"type": "textfield", "key": "x", "properties": {"trust": "E"}},
        {"type": "textfield", "key": "x", "properties": {"nodes": "review: see"}},
        {"type": "text", "text": "{{1 +}}"},
    ],
)
def test_what_cannot_be_on_paper_is_refused_with_a_remedy(wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refused:
        made(wrong)

    finding = refused.value.findings[0]
    assert finding.pointer is not None
    assert finding.pointer.startswith("/components/0")
    assert len(finding.en) > 15
    assert finding.zh != finding.en


def test_a_field_that_only_shows_keeps_what_was_known_whatever_is_sent() -> None:
    form = made(
        field("number", "price", readonly=True), field("textfield", "why", readonly="=price > 5"), field("textfield", "free")
    )

    found = forms.validate(form, {"price": 1, "why": "mine", "free": "x"}, data={"price": 9, "why": "theirs"})

    assert found == {"price": 9, "why": "theirs", "free": "x"}


def test_one_form_is_written_read_or_hidden_by_the_step_of_the_diagram() -> None:
    form = made(
        field("textfield", "finding", validate={"required": True}, properties={"nodes": "review: write, decide: read, *: hide"})
    )

    assert forms.validate(form, {"finding": "好"}, node="review") == {"finding": "好"}
    assert forms.validate(form, {"finding": "改"}, node="decide", data={"finding": "好"}) == {"finding": "好"}
    assert forms.validate(form, {"finding": "改"}, node="archive") == {}
    assert [v.read_only for v in forms.view(form, {}, node="decide")] == [True]
    assert forms.view(form, {}, node="archive") == ()


def test_a_masked_value_comes_back_as_the_real_one() -> None:
    form = made(field("textfield", "card", properties={"mask": "true"}))
    real = "6222021234567890128"

    assert forms.view(form, {"card": real})[0].text == "622************0128"
    assert forms.unmasked(form, {"card": "622************0128"}, {"card": real}) == {"card": real}
    assert forms.unmasked(form, {"card": "6222020000000000000"}, {"card": real}) == {"card": "6222020000000000000"}
    with pytest.raises(Invalid):
        forms.validate(form, {"card": "622************9999"})


def test_a_register_that_is_not_trusted_enough_fills_nothing_in() -> None:
    form = made(field("textfield", "phone", properties={"source": "population.phone", "trust": "B"}))

    assert forms.completed(form, {}, {"population.phone": Fact("138", "C")}) == {}
    assert forms.completed(form, {}, {"population.phone": Fact("138", "B")}) == {"phone": "138"}
    assert forms.view(form, {}, facts={"population.phone": Fact("138", "C", at=datetime(2026, 1, 1, tzinfo=UTC))})[0].text == ""


def test_the_same_form_is_read_the_same_whoever_wrote_the_json() -> None:
    source = {"id": "f", "schemaVersion": 19, "exporter": {"name": "form-js"}, "components": EVERYTHING}

    form = forms.read(json.dumps(source, ensure_ascii=False).encode())

    assert forms.keys(form)[:3] == ("name", "note", "amount")
