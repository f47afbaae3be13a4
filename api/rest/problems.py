"""What is wrong with a request, said as the house says it: a located finding for each field, in both languages."""

from collections.abc import Iterator, Mapping

from marshmallow import Schema, fields

from engine.errors import Finding, Invalid, Severity

_ZH: Mapping[str, str] = {
    "Missing data for required field.": "缺少必填项。",
    "Unknown field.": "没有这个字段。",
    "Field may not be null.": "不能为空值。",
    "Not a valid string.": "须为文本。",
    "Not a valid integer.": "须为整数。",
    "Not a valid boolean.": "须为 true 或 false。",
    "Not a valid mapping type.": "须为 JSON 对象。",
    "Not a valid list.": "须为列表。",
    "Invalid input type.": "须为 JSON 对象。",
    "Shorter than minimum length 1.": "不能为空。",
}


class FindingShown(Schema):
    """One located sentence."""

    code = fields.String(required=True)
    severity = fields.String(required=True)
    pointer = fields.String(required=True, allow_none=True)
    detail = fields.String(required=True)
    detail_zh = fields.String(required=True)
    detail_en = fields.String(required=True)


class Problem(Schema):
    """A refusal (RFC 9457): `detail` in the reader's language, both languages beside it."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    title_zh = fields.String()
    title_en = fields.String()
    detail_zh = fields.String()
    detail_en = fields.String()
    instance = fields.String()
    request_id = fields.String()
    errors = fields.List(fields.Nested(FindingShown))


def refuse(messages: Mapping[str, object]) -> Invalid:
    """Marshmallow's messages by location (`json`, `query`, …) as one refusal; pointers into a body start at its root."""
    found = [finding for where, said in messages.items() for finding in _findings(said, "" if where == "json" else f"/{where}")]
    return Invalid(findings=found)


def _findings(said: object, pointer: str) -> Iterator[Finding]:
    if isinstance(said, Mapping):
        for key, inner in said.items():
            yield from _findings(inner, pointer if key == "_schema" else f"{pointer}/{_escaped(str(key))}")
    elif isinstance(said, list):
        for text in said:
            yield from _findings(text, pointer)
    else:
        text = str(said)
        yield Finding(Severity.ERROR, "request.field", pointer, text, _ZH.get(text, f"内容不符合要求：{text}"))


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def one(code: str, pointer: str | None, en: str, zh: str) -> Invalid:
    """A refusal with a single finding."""
    return Invalid(findings=(Finding(Severity.ERROR, code, pointer, en, zh),))
