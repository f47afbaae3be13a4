"""A form as read from form-js JSON: fields in order, groups and repeated rows, with their conditions compiled."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.feel import Expression

TEXTS = frozenset({"textfield", "textarea"})
CHOICES = frozenset({"radio", "select"})
BLOCKS = frozenset({"group", "dynamiclist"})
SILENT = frozenset({"text", "separator", "spacer"})
KINDS = TEXTS | CHOICES | BLOCKS | SILENT | {"number", "checkbox", "checklist", "datetime"}
"""The component types of form-js that are understood; any other is refused when the form is read."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a radio, select or checklist."""

    value: str
    label: str
    label_en: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What a value must fulfil. minimum, maximum: of numbers; min_length, max_length: of texts. format: of `forms.formats`."""

    required: bool = False
    min_length: int | None = None
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    format: str = ""
    check: Expression | None = None
    check_zh: str = ""
    check_en: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One component. key: empty for those without a value. source: `population.birth_date` when the city may know it.

    hide, readonly: FEEL over the answers. children: of groups and of one row of a dynamiclist."""

    kind: str
    key: str
    label: str
    label_en: str
    hint: str = ""
    hint_en: str = ""
    source: str = ""
    default: object = None
    decimals: int = 0
    options: tuple[Option, ...] = ()
    rules: Rules = field(default_factory=Rules)
    hide: Expression | None = None
    readonly: Expression | None = None
    is_readonly: bool = False
    children: tuple["Field", ...] = ()

    def is_hidden(self, scope: Mapping[str, object]) -> bool:
        """Whether the condition hides it; a condition that cannot be told does not."""
        return self.hide is not None and self.hide.evaluate(scope) is True

    def may_not_change(self, scope: Mapping[str, object]) -> bool:
        """Whether it only shows."""
        return self.is_readonly or (self.readonly is not None and self.readonly.evaluate(scope) is True)


@dataclass(frozen=True, slots=True)
class Form:
    """A readable, checkable form. fields: in order, groups with their children."""

    id: str
    fields: tuple[Field, ...]

    def leaves(self) -> Iterator[Field]:
        """All fields with a key at the top level, those inside groups included; a dynamiclist counts as one."""
        return _leaves(self.fields)


def _leaves(fields: tuple[Field, ...]) -> Iterator[Field]:
    for each in fields:
        if each.kind == "group":
            yield from _leaves(each.children)
        elif each.key:
            yield each


def keys(form: Form) -> tuple[str, ...]:
    """The keys of the answers, in order."""
    return tuple(each.key for each in form.leaves())


def bindings(form: Form) -> tuple[str, ...]:
    """What the city may know of the answers: `population.birth_date`, … each once."""
    return tuple(dict.fromkeys(each.source for each in form.leaves() if each.source))
