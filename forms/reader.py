"""From form-js JSON to a Form; everything that is wrong is said at once, with its place."""

import json
from collections.abc import Iterator, Mapping

from engine.errors import Finding, Invalid, Severity
from engine.feel import Expression
from forms.model import ANYWHERE, BLOCKS, CHOICES, HIDE, KINDS, READ, SEVERAL, SILENT, WRITE, Field, Form, Option, leaves
from forms.parts import Json, Parts, listed, table, text

MOST_BYTES = 512 * 1024
MOST_FIELDS = 500
MOST_DEPTH = 10
RESERVED = frozenset({"__proto__", "prototype", "constructor"})
"""Keys that mean something else to whoever keeps answers in JavaScript objects."""
_NOWHERE: Mapping[str, tuple[str, str]] = {
    "iframe": (
        "Pages show nothing from other sites, so a form has no frames (iframe); link to the address from a text instead.",
        "页面不嵌入其他网站的内容，表单不能使用内嵌框架（iframe）；请改用文本组件给出链接。",
    ),
    "button": ("", ""),
}
"""What a form may not hold, with the remedy; the buttons of a form are those of the page that shows it."""


def read(source: bytes) -> Form:
    """Reads a form. Raises Invalid with a finding for each thing that is wrong, pointing into the JSON."""
    data = parsed(source)
    reading = _Reading()
    found = tuple(reading.fields(listed(data.get("components")), "/components"))
    if not data.get("id"):
        reading.wrong("form.id", "/id", "The form needs an id.", "表单缺少 id。")
    reading.check_keys(found)
    if reading.findings:
        raise Invalid(findings=reading.findings)
    return Form(str(data["id"]), found)


def parsed(source: bytes) -> dict[str, object]:
    """The JSON of a form as it stands. Raises Invalid for what is none."""
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


class _Reading(Parts):
    """One reading; collects what is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0

    def fields(self, components: list[Json], at: str, path: str = "") -> Iterator[Field]:
        """The fields of one level. path: of the groups around them, with its dot."""
        if at.count("/components") > MOST_DEPTH:
            self.wrong("form.too_deep", at, f"At most {MOST_DEPTH} levels of components.", f"组件最多嵌套 {MOST_DEPTH} 层。")
            return
        for place, component in enumerate(components):
            self._count += 1
            if self._count > MOST_FIELDS:
                self.wrong("form.too_long", at, f"At most {MOST_FIELDS} components.", f"组件最多 {MOST_FIELDS} 个。")
                return
            if component.get("type") != "button":
                yield self._field(component, f"{at}/{place}", path)

    def _kind(self, component: Json, at: str) -> str:
        kind = text(component.get("type"))
        if kind not in KINDS:
            unknown = (f"Components of type {kind} are not understood.", f"不支持类型为 {kind} 的组件。")
            self.wrong("form.type", at, *_NOWHERE.get(kind, unknown))
        return "dynamiclist" if kind == "group" and component.get("isRepeating") is True else kind

    def _field(self, component: Json, at: str, path: str) -> Field:
        kind, extra = self._kind(component, at), table(component.get("properties"))
        key = self._key(component, kind, at, path)
        inside = f"{key}." if kind == "group" and key else path if kind == "group" else ""
        inner = listed(component.get("components")) if kind in BLOCKS else []
        readonly = component.get("readonly")
        return Field(
            kind=kind,
            key="" if kind == "group" else key,
            **self.words(component, extra, kind, at),
            source=text(extra.get("source")),
            trust=self._trust(extra, at),
            default=component.get("defaultValue"),
            decimals=int(self.number(component, "decimalDigits", at) or 0),
            subtype=text(component.get("subtype")) or ("date" if kind == "datetime" else ""),
            options=tuple(self._options(component, kind, at)),
            choices=self._choices(component, at),
            compute=self._compute(component, kind, at),
            rules=self.rules(component, extra, at),
            look=self.look(component, extra, at),
            hide=self.feel(table(component.get("conditional")).get("hide"), f"{at}/conditional/hide"),
            readonly=self.feel(readonly, f"{at}/readonly") if isinstance(readonly, str) else None,
            is_readonly=readonly is True or component.get("disabled") is True,
            is_masked=text(extra.get("mask")).lower() in ("true", "yes", "1"),
            nodes=tuple(self._nodes(extra.get("nodes"), f"{at}/properties/nodes")),
            children=tuple(self.fields(inner, f"{at}/components", inside)),
        )

    def _key(self, component: Json, kind: str, at: str, path: str) -> str:
        if kind in SILENT:
            return ""
        own = text(component.get("path") if kind in BLOCKS else component.get("key")).strip(".")
        if RESERVED & set(own.split(".")):
            self.wrong("form.key.reserved", at, f"The key {own} is reserved; rename it.", f"key {own} 是保留字，请改名。")
        if not own and kind != "group":
            self.wrong("form.key", at, "The component needs a key.", "该组件缺少 key。")
        return path + own if own else ""

    def _trust(self, extra: Json, at: str) -> str:
        trust = text(extra.get("trust")).upper() or "D"
        if trust not in ("A", "B", "C", "D"):
            said = (f"The trust grade is one of A, B, C, D, not {trust}.", f"可信等级为 A、B、C、D 之一，而不是 {trust}。")
            self.wrong("form.trust", f"{at}/properties/trust", *said)
        return trust

    def _options(self, component: Json, kind: str, at: str) -> Iterator[Option]:
        english = table(table(component.get("properties")).get("options_en"))
        rows = listed(component.get("values"))
        is_elsewhere = component.get("valuesKey") or component.get("valuesExpression")
        if kind in CHOICES | SEVERAL and not rows and not is_elsewhere:
            self.wrong("form.options", at, "The component needs values to choose from.", "该组件缺少可选项。")
        seen: set[str] = set()
        for row in rows:
            value = text(row.get("value"))
            if value in seen:
                self.wrong("form.option.twice", at, f"The value {value} is listed twice.", f"选项值 {value} 重复。")
            seen.add(value)
            yield Option(value, text(row.get("label")) or value, text(row.get("label_en") or english.get(value)))

    def _choices(self, component: Json, at: str) -> Expression | str | None:
        if expression := component.get("valuesExpression"):
            return self.feel(expression, f"{at}/valuesExpression")
        return text(component.get("valuesKey")) or None

    def _compute(self, component: Json, kind: str, at: str) -> Expression | None:
        name = {"expression": "expression", "table": "dataSource", "documentPreview": "dataSource"}.get(kind, "")
        if kind == "expression" and not text(component.get("expression")).strip():
            self.wrong("form.expression", at, "The component needs an expression.", "该组件缺少表达式。")
        return self.feel(component.get(name), f"{at}/{name}") if name else None

    def _nodes(self, given: object, at: str) -> Iterator[tuple[str, str]]:
        """`review: read, decide: hide` or the same as a table: what the field is at which element of the diagram."""
        pairs = given.items() if isinstance(given, dict) else (p.partition(":")[::2] for p in text(given).split(",") if p.strip())
        for node, right in ((text(n).strip() or ANYWHERE, text(r).strip()) for n, r in pairs):
            if right not in (WRITE, READ, HIDE):
                said = (
                    f"At {node} the field is write, read or hide, not “{right}”.",
                    f"{node} 处的权限应为 write、read 或 hide。",
                )
                self.wrong("form.nodes", at, *said)
            yield node, right

    def check_keys(self, fields: tuple[Field, ...]) -> None:
        """No key twice in one place; rows of a dynamiclist are a place of their own; no key is both a value and a path."""
        for one_place in _places(fields):
            seen: set[str] = set()
            for key in one_place:
                if key in seen:
                    self.wrong("form.key.twice", f"/{key}", f"The key {key} is used twice.", f"key {key} 重复。")
                seen.add(key)
            for key in sorted(k for k in seen if any(other.startswith(f"{k}.") for other in seen)):
                said = (f"The key {key} is also the path of a group; rename it.", f"key {key} 同时是分组路径，请改名。")
                self.wrong("form.key.path", f"/{key}", *said)


def _places(fields: tuple[Field, ...]) -> Iterator[list[str]]:
    yield [leaf.key for leaf in leaves(fields)]
    for leaf in leaves(fields):
        if leaf.kind == "dynamiclist":
            yield from _places(leaf.children)
