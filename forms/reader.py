"""From form-js JSON to a Form; everything that is wrong is said at once, with its place."""

import json
from collections.abc import Iterator, Mapping
from typing import cast

from engine.errors import Finding, Invalid, Severity
from engine.feel import Expression, compile_expression
from forms.formats import FORMATS
from forms.model import BLOCKS, KINDS, SILENT, Field, Form, Option, Rules

MOST_BYTES = 512 * 1024
MOST_FIELDS = 500
MOST_DEPTH = 10
RESERVED = frozenset({"__proto__", "prototype", "constructor"})
"""Keys that mean something else to whoever keeps answers in JavaScript objects."""
Json = Mapping[str, object]


def read(source: bytes) -> Form:
    """Reads a form. Raises Invalid with a finding for each thing that is wrong, pointing into the JSON."""
    data = _json(source)
    reading = _Reading()
    found = tuple(reading.fields(_list(data.get("components")), "/components"))
    if not data.get("id"):
        reading.wrong("form.id", "/id", "The form needs an id.", "表单缺少 id。")
    reading.check_keys(found)
    if reading.findings:
        raise Invalid(findings=reading.findings)
    return Form(str(data["id"]), found)


def _json(source: bytes) -> Json:
    try:
        data = json.loads(source) if len(source) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or not isinstance(data.get("components"), list):
        said = (
            "The file is no form: expected form-js JSON with components.",
            "该文件不是表单：应为带 components 的 form-js JSON。",
        )
        raise Invalid(findings=(Finding(Severity.ERROR, "form.unreadable", None, *said),))
    return data


def _list(value: object) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _table(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return "" if value is None else str(value)


class _Reading:
    """One reading; collects what is wrong."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._count = 0

    def wrong(self, code: str, pointer: str, en: str, zh: str) -> None:
        self.findings.append(Finding(Severity.ERROR, code, pointer, en, zh))

    def fields(self, components: list[Json], at: str) -> Iterator[Field]:
        if at.count("/components") > MOST_DEPTH:
            self.wrong("form.too_deep", at, f"At most {MOST_DEPTH} levels of components.", f"组件最多嵌套 {MOST_DEPTH} 层。")
            return
        for place, component in enumerate(components):
            self._count += 1
            if self._count > MOST_FIELDS:
                self.wrong("form.too_long", at, f"At most {MOST_FIELDS} components.", f"组件最多 {MOST_FIELDS} 个。")
                return
            if component.get("type") != "button":
                yield self._field(component, f"{at}/{place}")

    def _field(self, component: Json, at: str) -> Field:
        kind, extra = _text(component.get("type")), _table(component.get("properties"))
        if kind not in KINDS:
            self.wrong("form.type", at, f"Components of type {kind} are not understood.", f"不支持类型为 {kind} 的组件。")
        key = _text(component.get("path") if kind == "dynamiclist" else component.get("key"))
        if RESERVED & set(key.split(".")):
            self.wrong("form.key.reserved", at, f"The key {key} is reserved; rename it.", f"key {key} 是保留字，请改名。")
        if not key and kind not in SILENT and kind != "group":
            self.wrong("form.key", at, "The component needs a key.", "该组件缺少 key。")
        children = tuple(self.fields(_list(component.get("components")), f"{at}/components")) if kind in BLOCKS else ()
        readonly = component.get("readonly")
        return Field(
            kind=kind,
            key="" if kind in SILENT or kind == "group" else key,
            label=_text(component.get("text") if kind == "text" else component.get("label")),
            label_en=_text(extra.get("label_en") or extra.get("text_en")),
            hint=_text(component.get("description") or extra.get("help")),
            hint_en=_text(extra.get("help_en") or extra.get("description_en")),
            source=_text(extra.get("source")),
            default=component.get("defaultValue"),
            decimals=int(self._number(component, "decimalDigits", at) or 0),
            options=tuple(self._options(component, at)),
            rules=self._rules(component, extra, at),
            hide=self._feel(_table(component.get("conditional")).get("hide"), f"{at}/conditional/hide"),
            readonly=self._feel(readonly, f"{at}/readonly") if isinstance(readonly, str) else None,
            is_readonly=readonly is True or component.get("disabled") is True,
            children=children,
        )

    def _options(self, component: Json, at: str) -> Iterator[Option]:
        english = _table(_table(component.get("properties")).get("options_en"))
        rows = _list(component.get("values"))
        if component.get("type") in ("radio", "select", "checklist") and not rows:
            self.wrong("form.options", at, "The component needs values to choose from.", "该组件缺少可选项。")
        for row in rows:
            value = _text(row.get("value"))
            yield Option(value, _text(row.get("label")), _text(row.get("label_en") or english.get(value)))

    def _rules(self, component: Json, extra: Json, at: str) -> Rules:
        given = _table(component.get("validate"))
        wanted = _text(extra.get("format") or given.get("validationType"))
        if wanted and wanted not in FORMATS and wanted != "custom":
            self.wrong("form.format", at, f"There is no format {wanted}.", f"没有名为 {wanted} 的格式。")
        return Rules(
            required=given.get("required") is True,
            min_length=cast("int | None", self._number(given, "minLength", at)),
            max_length=cast("int | None", self._number(given, "maxLength", at)),
            minimum=self._number(given, "min", at),
            maximum=self._number(given, "max", at),
            pattern=_text(given.get("pattern")),
            format=wanted if wanted in FORMATS else "",
            check=self._feel(extra.get("check"), f"{at}/properties/check"),
            check_zh=_text(extra.get("check_zh")),
            check_en=_text(extra.get("check_en")),
        )

    def _number(self, given: Json, name: str, at: str) -> float | None:
        found = given.get(name)
        if found is None or (isinstance(found, int | float) and not isinstance(found, bool)):
            return found
        self.wrong("form.number", f"{at}/validate/{name}", f"{name} must be a number.", f"{name} 须为数字。")
        return None

    def _feel(self, text: object, at: str) -> Expression | None:
        if not isinstance(text, str) or not text.strip():
            return None
        try:
            return compile_expression(text.strip().removeprefix("="))
        except Invalid as error:
            self.wrong("form.feel", at, error.sentence("en"), error.sentence("zh"))
            return None

    def check_keys(self, fields: tuple[Field, ...]) -> None:
        """No key twice in one place; rows of a dynamiclist are a place of their own."""
        for one_place in _places(fields):
            seen: set[str] = set()
            for key in one_place:
                if key in seen:
                    self.wrong("form.key.twice", f"/{key}", f"The key {key} is used twice.", f"key {key} 重复。")
                seen.add(key)


def _places(fields: tuple[Field, ...]) -> Iterator[list[str]]:
    yield [leaf.key for leaf in Form("", fields).leaves()]
    for leaf in Form("", fields).leaves():
        if leaf.kind == "dynamiclist":
            yield from _places(leaf.children)
