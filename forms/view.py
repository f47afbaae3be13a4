"""A form as a page shows it: every field with its value, where the value came from, and what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import groupby
from typing import Any, Protocol

from engine.errors import Finding
from engine.feel import to_plain
from forms import masking, prose, values
from forms.model import SILENT, Field, Form, Option, found, leaves
from forms.scope import Around, scope_of

GRID = 16


class Known(Protocol):
    """A value the city already has. trust: `A` may not be typed over."""

    @property
    def value(self) -> object:
        """As the source gave it."""

    @property
    def source(self) -> str:
        """Key of the source."""

    @property
    def trust(self) -> str:
        """A..D."""

    @property
    def at(self) -> datetime:
        """When it was fetched."""


@dataclass(frozen=True, slots=True)
class FieldView:
    """name: of the input, `members.0.name`; id: `f-members-0-name`. text: what an input shows. source: empty when typed.

    kind `row`: one row of a dynamiclist, its children inside; kind `line`: fields that stand side by side, each of `width`
    sixteenths. prose: safe HTML. head, cells: of a table. files: (name, address) of a preview."""

    kind: str
    key: str
    name: str
    id: str
    label: str
    label_en: str
    hint: str = ""
    hint_en: str = ""
    value: object = None
    text: str = ""
    options: tuple[Option, ...] = ()
    required: bool = False
    read_only: bool = False
    source: str = ""
    source_at: datetime | None = None
    trust: str = ""
    errors: tuple[Finding, ...] = ()
    format: str = ""
    max_length: int | None = None
    subtype: str = ""
    prefix: str = ""
    suffix: str = ""
    prose: str = ""
    prose_en: str = ""
    picture: str = ""
    head: tuple[tuple[str, str, str], ...] = ()
    cells: tuple[tuple[object, ...], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    accept: str = ""
    is_multiple: bool = False
    can_add: bool = True
    is_masked: bool = False
    width: int = 0
    children: tuple["FieldView", ...] = ()


Errors = Mapping[str, Sequence[Finding]]


def view(
    form: Form,
    answers: Mapping[str, object],
    *,
    facts: Mapping[str, Known] | None = None,
    errors: Errors | None = None,
    read_only: bool = False,
    data: Mapping[str, object] | None = None,
    node: str = "",
) -> tuple[FieldView, ...]:
    """The visible fields in order. errors: findings by pointer without its leading slash, `members/0/name`.

    data, node: as for `validate`. read_only: everything only shows."""
    known = {name: fact for name, fact in (facts or {}).items() if fact.value is not None}
    drawing = _Drawing(known, errors or {}, Around(data or {}, {}, node, read_only))
    return drawing.level(form.fields, answers, "", read_only)


def leaves_of(views: Sequence[FieldView]) -> Iterator[FieldView]:
    """The views that hold a value, those inside groups, lines and rows included."""
    for each in views:
        if each.children:
            yield from leaves_of(each.children)
        elif each.key:
            yield each


@dataclass(frozen=True, slots=True)
class _Drawing:
    facts: Mapping[str, Known]
    errors: Errors
    around: Around

    def level(
        self, fields: tuple[Field, ...], answers: Mapping[str, object], at: str, is_fixed: bool, around: Around | None = None
    ) -> tuple[FieldView, ...]:
        """The fields of one level, seen by the conditions among them."""
        around = around or self.around
        seen = {leaf.key: self._value(leaf, answers, around) for leaf in leaves(fields)}
        scope = scope_of(fields, {key: value for key, value in seen.items() if value is not None}, around)
        return self._lines(fields, _Level(answers, seen, scope, at, is_fixed))

    def _value(self, field: Field, answers: Mapping[str, object], around: Around) -> object:
        """What a field holds: what is certain, what was answered, what is known, what the form says, in this order."""
        known, given, before = self._fact(field), found(answers, field.key), found(around.data, field.key)
        if before is not None and field.only_shows(around.node):
            return to_plain(before)
        if known is not None and (known.trust == "A" or given in (None, "")):
            return known.value
        if given is None and field.key not in answers:
            return field.default if before is None else to_plain(before)
        return given

    def _fact(self, field: Field) -> Known | None:
        """What a register knows, if it is trusted enough for this field."""
        known = self.facts.get(field.source)
        return known if known is not None and known.trust <= field.trust else None

    def _lines(self, fields: tuple[Field, ...], level: "_Level") -> tuple[FieldView, ...]:
        """The visible fields; those of one row of the layout stand in one line, side by side."""
        drawn = [(each, self._one(each, level)) for each in fields if not each.is_hidden(level.scope, self.around.node)]
        return tuple(line for row, group in groupby(drawn, lambda pair: pair[0].look.row) for line in _line(row, list(group)))

    def _one(self, field: Field, level: "_Level") -> FieldView:
        is_fixed = level.is_fixed or field.may_not_change(level.scope, self.around.node)
        if field.kind == "group":
            inside = replace(level, is_fixed=is_fixed)
            return replace(_bare(field, level), children=self._lines(field.children, inside))
        if field.kind == "dynamiclist":
            return self._list(field, level, is_fixed)
        return _silent(field, level) if field.kind in SILENT else self._input(field, level, is_fixed)

    def _input(self, field: Field, level: "_Level", is_fixed: bool) -> FieldView:
        known, bare = self._fact(field), _bare(field, level)
        options = values.options_of(field, level.scope)
        value, said = values.typed(field, level.seen[field.key], options)
        value = level.seen[field.key] if said else value
        is_known = known is not None and (known.trust == "A" or value == values.typed(field, known.value)[0])
        shown = (
            masking.mask(value)
            if field.is_masked and isinstance(value, str) and not self.errors.get(level.place(field))
            else value
        )
        most = values.bound(field.rules.max_length, level.scope)
        return replace(
            bare,
            value=shown,
            text=_text(shown),
            options=options,
            required=field.rules.required,
            read_only=is_fixed or (known is not None and known.trust == "A"),
            source=known.source if known is not None and is_known else "",
            source_at=known.at if known is not None and is_known else None,
            trust=known.trust if known is not None and is_known else "",
            errors=tuple(self.errors.get(level.place(field), ())),
            format=field.rules.format,
            max_length=int(most) if most is not None else None,
        )

    def _list(self, field: Field, level: "_Level", is_fixed: bool) -> FieldView:
        place, raw = level.place(field), level.seen[field.key]
        rows = [row for row in raw if isinstance(row, Mapping)] if isinstance(raw, list) else []
        if not rows and not is_fixed:
            rows = [{} for _ in range(field.look.repetitions)]
        drawn = tuple(self._row(field, row, nth, level, is_fixed) for nth, row in enumerate(rows))
        errors = tuple(self.errors.get(place, ()))
        return replace(_bare(field, level), value=rows, read_only=is_fixed, errors=errors, children=drawn)

    def _row(self, field: Field, row: Mapping[str, object], nth: int, level: "_Level", is_fixed: bool) -> FieldView:
        place = f"{level.place(field)}/{nth}"
        children = self.level(field.children, row, place, is_fixed, self.around.row(field, row, nth, level.scope))
        name, own_id = _named(place)
        return FieldView("row", field.key, name, own_id, str(nth + 1), str(nth + 1), children=children)


@dataclass(frozen=True, slots=True)
class _Level:
    """One level being drawn: its answers, what each field holds, what conditions see, where it is."""

    answers: Mapping[str, object]
    seen: Mapping[str, object]
    scope: Mapping[str, object]
    at: str
    is_fixed: bool

    def place(self, field: Field) -> str:
        """`members/0/name`."""
        return f"{self.at}/{field.key.replace('.', '/')}".strip("/")


def _line(row: str, drawn: list[tuple[Field, FieldView]]) -> Iterator[FieldView]:
    """The fields of one row of the layout: by themselves when there is one, else in one line with their widths."""
    if not row or len(drawn) == 1:
        yield from (shown for _, shown in drawn)
        return
    left = max(0, GRID - sum(field.look.columns for field, _ in drawn))
    open_ones = sum(1 for field, _ in drawn if not field.look.columns) or 1
    children = tuple(replace(shown, width=field.look.columns or max(1, left // open_ones)) for field, shown in drawn)
    yield FieldView("line", "", "", "", "", "", children=children)


def _named(place: str) -> tuple[str, str]:
    return place.replace("/", "."), "f-" + place.replace("/", "-")


def _bare(field: Field, level: _Level) -> FieldView:
    """A field's view without anything of its value, its words said for these answers."""
    name, own_id = _named(level.place(field))
    given = {"label": field.label, "label_en": field.label_en, "hint": field.hint, "hint_en": field.hint_en}
    words: dict[str, Any] = {**given, **{name: words.said(level.scope) for name, words in field.wordings.items()}}
    look = field.look
    return FieldView(
        field.kind,
        field.key,
        name,
        own_id,
        **words,
        subtype=field.subtype,
        prefix=look.prefix,
        suffix=look.suffix,
        accept=look.accept,
        is_multiple=look.is_multiple,
        can_add=look.can_add,
        is_masked=field.is_masked,
    )


def _silent(field: Field, level: _Level) -> FieldView:
    """A component without a value: words, a picture, a table, documents."""
    bare = _bare(field, level)
    if field.kind in ("text", "html"):
        written = prose.from_markdown if field.kind == "text" else prose.from_html
        return replace(bare, prose=written(bare.label), prose_en=written(bare.label_en))
    if field.kind == "image" and field.look.picture is not None:
        source = field.look.picture.said(level.scope)
        return replace(bare, picture=source if prose.is_picture(source) else "")
    given = to_plain(field.compute.evaluate(level.scope)) if field.compute is not None else None
    rows = [row for row in given if isinstance(row, Mapping)] if isinstance(given, list) else []
    if field.kind == "table":
        head = field.look.columns_of or tuple((key, key, "") for key in (rows[0] if rows else ()))
        return replace(bare, head=head, cells=tuple(tuple(row.get(key) for key, _, _ in head) for row in rows))
    return replace(bare, files=tuple(_file(row) for row in rows) if field.kind == "documentPreview" else ())


def _file(row: Mapping[str, object]) -> tuple[str, str]:
    """(name, address) of a document; only an address of this site is one."""
    meta = row.get("metadata")
    name = row.get("name") or row.get("fileName") or (meta.get("fileName") if isinstance(meta, Mapping) else "") or row.get("id")
    address = str(row.get("endpoint") or row.get("url") or "")
    return str(name or ""), address if address.startswith("/") and not address.startswith("//") else ""


def _text(value: object) -> str:
    if value is None or isinstance(value, (bool, list)):
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else str(value)
