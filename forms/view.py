"""A form as a page shows it: every field with its value, where the value came from, and what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from engine.errors import Finding
from forms import values
from forms.model import Field, Form, Option


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

    kind `row`: one row of a dynamiclist, its children inside."""

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
    errors: tuple[Finding, ...] = ()
    format: str = ""
    max_length: int | None = None
    children: tuple["FieldView", ...] = ()


Errors = Mapping[str, Sequence[Finding]]


def view(
    form: Form,
    answers: Mapping[str, object],
    *,
    facts: Mapping[str, Known] | None = None,
    errors: Errors | None = None,
    read_only: bool = False,
) -> tuple[FieldView, ...]:
    """The visible fields in order. errors: findings by pointer without its leading slash, `members/0/name`."""
    known = {name: fact for name, fact in (facts or {}).items() if fact.value is not None}
    return tuple(_Drawing(known, errors or {}, read_only).fields(form.fields, answers, "", {}))


@dataclass(frozen=True, slots=True)
class _Drawing:
    facts: Mapping[str, Known]
    errors: Errors
    read_only: bool

    def fields(
        self, fields: tuple[Field, ...], answers: Mapping[str, object], at: str, around: Mapping[str, object]
    ) -> Iterator[FieldView]:
        scope = {**around, **{leaf.key: self._value(leaf, answers) for leaf in Form("", fields).leaves()}}
        for field in fields:
            if field.is_hidden(scope):
                continue
            if field.kind == "group":
                yield self._block(field, at, tuple(self.fields(field.children, answers, at, scope)))
            elif field.kind == "dynamiclist":
                yield self._list(field, answers.get(field.key), at, scope)
            else:
                yield self._one(field, answers, at, scope)

    def _value(self, field: Field, answers: Mapping[str, object]) -> object:
        known = self.facts.get(field.source)
        if known is not None and (known.trust == "A" or answers.get(field.key) in (None, "")):
            return values.typed(field, known.value)[0]
        raw = answers.get(field.key, field.default)
        value, said = (raw, None) if field.kind == "dynamiclist" else values.typed(field, raw)
        return raw if said else value

    def _one(self, field: Field, answers: Mapping[str, object], at: str, scope: Mapping[str, object]) -> FieldView:
        known, value = self.facts.get(field.source), scope.get(field.key)
        is_known = known is not None and (not answers.get(field.key) or value == values.typed(field, known.value)[0])
        place = f"{at}/{field.key}".lstrip("/")
        return replace(
            _bare(field, place),
            value=value,
            text=_text(value),
            options=field.options,
            required=field.rules.required,
            read_only=self.read_only or field.may_not_change(scope) or (known is not None and known.trust == "A"),
            source=known.source if known is not None and is_known else "",
            source_at=known.at if known is not None and is_known else None,
            errors=tuple(self.errors.get(place, ())),
            format=field.rules.format,
            max_length=field.rules.max_length,
        )

    def _block(self, field: Field, at: str, children: tuple[FieldView, ...]) -> FieldView:
        return replace(_bare(field, f"{at}/{field.key}".strip("/")), children=children)

    def _list(self, field: Field, raw: object, at: str, scope: Mapping[str, object]) -> FieldView:
        place = f"{at}/{field.key}".lstrip("/")
        rows = [row for row in raw if isinstance(row, Mapping)] if isinstance(raw, list) else []
        if not rows and not self.read_only:
            rows = [{}]
        drawn = tuple(self._row(field, row, f"{place}/{nth}", nth, scope) for nth, row in enumerate(rows))
        is_fixed = self.read_only or field.may_not_change(scope)
        errors = tuple(self.errors.get(place, ()))
        return replace(_bare(field, place), value=rows, read_only=is_fixed, errors=errors, children=drawn)

    def _row(self, field: Field, row: Mapping[str, object], place: str, nth: int, scope: Mapping[str, object]) -> FieldView:
        children = tuple(self.fields(field.children, row, place, scope))
        number = str(nth + 1)
        return replace(_bare(field, place), kind="row", label=number, label_en=number, children=children)


def _bare(field: Field, place: str) -> FieldView:
    """A field's view without anything of its value. place: `members/0/name`."""
    name, own_id = place.replace("/", "."), "f-" + place.replace("/", "-")
    return FieldView(field.kind, field.key, name, own_id, field.label, field.label_en, field.hint, field.hint_en)


def _text(value: object) -> str:
    if value is None or isinstance(value, (bool, list)):
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
