"""A form as read from form-js JSON: fields in order, groups and repeated rows, with their conditions compiled."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.feel import Expression
from forms.wording import Wording

TEXTS = frozenset({"textfield", "textarea"})
CHOICES = frozenset({"radio", "select"})
SEVERAL = frozenset({"checklist", "taglist"})
BLOCKS = frozenset({"group", "dynamiclist"})
SILENT = frozenset({"text", "html", "image", "table", "documentPreview", "separator", "spacer"})
KINDS = TEXTS | CHOICES | SEVERAL | BLOCKS | SILENT | {"number", "checkbox", "datetime", "expression", "filepicker"}
"""The component types of form-js that are understood; buttons are the page's own, any other is refused when the form is read."""

WRITE, READ, HIDE = "write", "read", "hide"
ANYWHERE = "*"
"""Stands for every step of the diagram that is not named."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a radio, select, checklist or taglist."""

    value: str
    label: str
    label_en: str


Bound = float | Expression
"""A number, or FEEL that gives one."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a value must fulfil. minimum, maximum: of numbers; min_length, max_length: of texts. format: of `forms.formats`."""

    required: bool = False
    min_length: Bound | None = None
    max_length: Bound | None = None
    minimum: Bound | None = None
    maximum: Bound | None = None
    pattern: str = ""
    format: str = ""
    check: Expression | None = None
    check_zh: str = ""
    check_en: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """How a field stands on the page. row, columns: of the grid of sixteen; fields of one row stand side by side.

    picture: address of an image. columns_of: (key, zh, en) of a table. can_add: rows of a list may be added and removed."""

    row: str = ""
    columns: int = 0
    prefix: str = ""
    suffix: str = ""
    step: float | None = None
    picture: Wording | None = None
    columns_of: tuple[tuple[str, str, str], ...] = ()
    can_add: bool = True
    repetitions: int = 1
    is_multiple: bool = False
    accept: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One component. key: empty for those without a value, dotted inside groups with a path. source: `population.birth_date`
    when the city may know it; trust: the least grade that is taken. subtype: date | time | datetime.

    hide, readonly: FEEL over the answers. nodes: (element of the diagram, write | read | hide). choices: where options come from
    when they are not listed; compute: of an expression, a table or a preview. wordings: texts that name answers, by attribute.
    children: of groups and of one row of a dynamiclist."""

    kind: str
    key: str
    label: str
    label_en: str
    hint: str = ""
    hint_en: str = ""
    source: str = ""
    trust: str = "D"
    default: object = None
    decimals: int = 0
    subtype: str = ""
    options: tuple[Option, ...] = ()
    choices: Expression | str | None = None
    compute: Expression | None = None
    rules: Rules = field(default_factory=Rules)
    look: Look = field(default_factory=Look)
    hide: Expression | None = None
    readonly: Expression | None = None
    is_readonly: bool = False
    is_masked: bool = False
    nodes: tuple[tuple[str, str], ...] = ()
    wordings: Mapping[str, Wording] = field(default_factory=dict)
    children: tuple["Field", ...] = ()

    def is_hidden(self, scope: Mapping[str, object], node: str = "") -> bool:
        """Whether the condition or this step of the diagram hides it; a condition that cannot be told does not."""
        return self.right(node) == HIDE or (self.hide is not None and self.hide.evaluate(scope) is True)

    def may_not_change(self, scope: Mapping[str, object], node: str = "") -> bool:
        """Whether it only shows."""
        return self.only_shows(node) or (self.readonly is not None and self.readonly.evaluate(scope) is True)

    def only_shows(self, node: str) -> bool:
        """Whether it only shows whatever was answered."""
        return self.is_readonly or self.right(node) == READ

    def right(self, node: str) -> str:
        """write, read or hide at a step of the diagram."""
        rights = dict(self.nodes)
        return rights.get(node, rights.get(ANYWHERE, WRITE))


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A readable, checkable form. fields: in order, groups with their children."""

    id: str
    fields: tuple[Field, ...]

    def leaves(self) -> Iterator[Field]:
        """All fields with a key at the top level, those inside groups included; a dynamiclist counts as one."""
        return leaves(self.fields)


def leaves(fields: tuple[Field, ...]) -> Iterator[Field]:
    """Fields with a key of one level: those inside groups included, those inside rows not."""
    for each in fields:
        if each.kind == "group":
            yield from leaves(each.children)
        elif each.key:
            yield each


def keys(form: Form) -> tuple[str, ...]:
    """The names of the answers, in order: the first part of dotted keys."""
    return tuple(dict.fromkeys(each.key.split(".")[0] for each in form.leaves()))


def bindings(form: Form) -> tuple[str, ...]:
    """What the city may know of the answers: `population.birth_date`, … each once."""
    return tuple(dict.fromkeys(each.source for each in form.leaves() if each.source))


def found(answers: Mapping[str, object], key: str) -> object:
    """The answer under a key that may be dotted: `address.city` is `{address: {city}}`; None when there is none."""
    if key in answers:
        return answers[key]
    head, _, rest = key.partition(".")
    inner = answers.get(head)
    return found(inner, rest) if rest and isinstance(inner, Mapping) else None


def placed(answers: Mapping[str, object], key: str, value: object) -> dict[str, object]:
    """The answers with a value under a key that may be dotted."""
    head, _, rest = key.partition(".")
    if key in answers or not rest:
        return {**answers, key: value}
    inner = answers.get(head)
    return {**answers, head: placed(inner if isinstance(inner, Mapping) else {}, rest, value)}


def nested(flat: Mapping[str, object]) -> dict[str, object]:
    """Values by dotted key as tables within tables."""
    whole: dict[str, object] = {}
    for key, value in flat.items():
        whole = placed(whole, key, value) if "." in key else {**whole, key: value}
    return whole
