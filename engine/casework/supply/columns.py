"""The fields of an implementation list that a department keeps (GB/T 39046, DOMAIN 2.7): one list for pages and files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "long", "number", "date", "flag", "choice", "list", "rows"]
CellKind = Literal["text", "words", "number", "flag", "list", "pairs", "options"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row of a list. words: two columns, Chinese and English. pairs: `key=value; …`. options: `value=zh/en; …`."""

    name: str
    kind: CellKind
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Column:
    """One field. key: its heading in files, the place of its value in the manifest. options: (value, zh, en) of a choice."""

    key: str
    kind: Kind
    group: str
    zh: str
    en: str
    is_required: bool = False
    cells: tuple[Cell, ...] = ()
    options: tuple[tuple[str, str, str], ...] = ()

    @property
    def path(self) -> tuple[str, ...]:
        """Where the value stands in the manifest."""
        parts = tuple(self.key.split("."))
        return parts if parts[0] == "limits" else ("item", *parts)


GROUPS: Mapping[str, tuple[str, str]] = {
    "identity": ("基本信息", "Identity"),
    "body": ("实施主体", "Implementing body"),
    "people": ("服务对象与主题", "Whom it serves"),
    "limits": ("时限", "Time limits"),
    "handling": ("办理方式", "How it is handled"),
    "lists": ("条件、材料、环节", "Conditions, materials, links"),
    "rights": ("权利与咨询", "Rights and questions"),
}
_TASK_TYPES = (
    ("01", "行政许可", "licence"),
    ("02", "行政处罚", "penalty"),
    ("03", "行政强制", "coercion"),
    ("04", "行政征收", "levy"),
    ("05", "行政给付", "benefit"),
    ("06", "行政检查", "inspection"),
    ("07", "行政确认", "recognition"),
    ("08", "行政奖励", "award"),
    ("09", "行政裁决", "ruling"),
    ("10", "其他行政权力", "other power"),
    ("20", "公共服务", "public service"),
)
_LEVELS = (
    ("state", "国家级", "state"),
    ("province", "省级", "province"),
    ("city", "市级", "city"),
    ("county", "区县级", "district"),
    ("town", "镇街级", "town"),
)
_BODIES = (("1", "法定机关", "by law"), ("2", "授权组织", "authorised"), ("3", "受委托组织", "entrusted"), ("9", "其他", "other"))
_KINDS = (("1", "即办件", "on the spot"), ("2", "承诺件", "committed"), ("9", "其他", "other"))
_WORDS = Cell("", "words", "内容", "Text")

COLUMNS: tuple[Column, ...] = (
    Column("code", "text", "identity", "实施编码", "Implementation code", is_required=True),
    Column("catalog_code", "text", "identity", "基本编码", "Basic code"),
    Column("task_type", "choice", "identity", "事项类型", "Item type", options=_TASK_TYPES),
    Column("name.zh", "text", "identity", "事项名称", "Name (Chinese)", is_required=True),
    Column("name.en", "text", "identity", "事项名称（英文）", "Name (English)", is_required=True),
    Column("summary.zh", "long", "identity", "简介", "Summary (Chinese)", is_required=True),
    Column("summary.en", "long", "identity", "简介（英文）", "Summary (English)", is_required=True),
    Column("keywords", "list", "identity", "别名与关键词", "Other words for it"),
    Column("effective_from", "date", "identity", "计划生效日期", "Effective from"),
    Column("effective_to", "date", "identity", "计划取消日期", "Effective to"),
    Column("office", "text", "body", "实施主体", "Office", is_required=True),
    Column("level", "choice", "body", "行使层级", "Level", options=_LEVELS),
    Column("region", "text", "body", "行政区划", "Division"),
    Column("dept_type", "choice", "body", "主体性质", "Kind of body", options=_BODIES),
    Column("audience", "list", "people", "服务对象（personal、legal）", "Audience (personal, legal)", is_required=True),
    Column("theme", "text", "people", "主题", "Theme", is_required=True),
    Column("life_events", "list", "people", "一件事主题", "Life events"),
    Column("limits.committed", "text", "limits", "承诺时限（如 5WD）", "Committed limit (5WD)"),
    Column("limits.statutory", "text", "limits", "法定时限（如 20WD）", "Statutory limit (20WD)"),
    Column("limits.pre_acceptance", "text", "limits", "受理时限", "Acceptance limit"),
    Column("limits.supplement", "text", "limits", "补正时限", "Supplement limit"),
    Column("project_type", "choice", "handling", "办件类型", "Case type", options=_KINDS),
    Column("visits", "number", "handling", "到现场次数", "Visits"),
    Column("fee_fen", "number", "handling", "收费（分）", "Fee (fen)"),
    Column("is_express", "flag", "handling", "支持邮寄", "By post"),
    Column("is_schedule", "flag", "handling", "支持预约", "Appointments"),
    Column("conditions", "rows", "lists", "受理条件", "Conditions", is_required=True, cells=(_WORDS,)),
    Column(
        "situations",
        "rows",
        "lists",
        "情形",
        "Situations",
        cells=(
            Cell("key", "text", "键", "Key"),
            Cell("question", "words", "问题", "Question"),
            Cell("options", "options", "选项 值=中文/英文", "Options value=zh/en"),
        ),
    ),
    Column(
        "materials",
        "rows",
        "lists",
        "申请材料",
        "Materials",
        cells=(
            Cell("key", "text", "键", "Key"),
            Cell("name", "words", "材料名称", "Name"),
            Cell("issuer", "text", "出具单位", "Issuer"),
            Cell("form", "text", "形式", "Form"),
            Cell("originals", "number", "原件", "Originals"),
            Cell("required", "flag", "必要", "Required"),
            Cell("licence_type", "text", "可用证照", "Licence instead"),
            Cell("fields", "list", "数据来源", "Data elements"),
            Cell("when", "pairs", "情形", "Situation"),
        ),
    ),
    Column(
        "steps",
        "rows",
        "lists",
        "办理流程",
        "Steps",
        cells=(Cell("name", "words", "步骤", "Step"), Cell("limit", "text", "时限", "Limit")),
    ),
    Column(
        "links",
        "rows",
        "lists",
        "办理环节",
        "Process links",
        cells=(
            Cell("name", "text", "环节", "Link"),
            Cell("en", "text", "英文", "English"),
            Cell("limit", "text", "时限", "Limit"),
            Cell("unit", "text", "承办单位", "Unit"),
            Cell("special", "flag", "特别程序", "Special"),
        ),
    ),
    Column(
        "results",
        "rows",
        "lists",
        "办理结果",
        "Results",
        cells=(
            Cell("type", "text", "类型", "Type"),
            Cell("licence_type", "text", "证照类型", "Licence type"),
            Cell("name", "words", "名称", "Name"),
        ),
    ),
    Column(
        "places",
        "rows",
        "lists",
        "办理地点",
        "Places",
        cells=(
            Cell("name", "words", "地点", "Place"),
            Cell("hours", "words", "时间", "Hours"),
            Cell("phone", "text", "电话", "Phone"),
        ),
    ),
    Column("basis", "rows", "rights", "设定依据", "Legal basis", is_required=True, cells=(_WORDS,)),
    Column(
        "faq",
        "rows",
        "rights",
        "常见问题",
        "Questions",
        cells=(Cell("q", "words", "问", "Question"), Cell("a", "words", "答", "Answer")),
    ),
    Column("reconsideration.zh", "text", "rights", "行政复议机关", "Reconsideration (Chinese)"),
    Column("reconsideration.en", "text", "rights", "行政复议机关（英文）", "Reconsideration (English)"),
    Column("litigation.zh", "text", "rights", "行政诉讼法院", "Court (Chinese)"),
    Column("litigation.en", "text", "rights", "行政诉讼法院（英文）", "Court (English)"),
)
BY_KEY: Mapping[str, Column] = {column.key: column for column in COLUMNS}


def headings(column: Column) -> tuple[tuple[str, str], ...]:
    """(zh, en) of each piece of a row of the column's list."""
    found: list[tuple[str, str]] = []
    for cell in column.cells:
        found.append((cell.zh, cell.en))
        if cell.kind == "words":
            found.append((f"{cell.zh}（英文）", f"{cell.en} (English)"))
    return tuple(found)
