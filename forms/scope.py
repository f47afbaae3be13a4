"""What conditions of a form see: the answers of their level as typed values, those around it, and what was known before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from engine.feel import to_plain
from forms import values
from forms.model import Field, found, leaves, nested

Answers = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Around:
    """What a level of answers stands in. data: known before, by key (variables of a task, values of registers): conditions name
    it, and what only shows is taken from it. facts: values by binding that win over what was typed. node: step of the diagram.
    outer: what conditions see of the levels outside."""

    data: Answers = field(default_factory=dict)
    facts: Answers = field(default_factory=dict)
    node: str = ""
    is_fixed: bool = False
    outer: Answers = field(default_factory=dict)

    def row(self, of: Field, row: Answers, nth: int, scope: Answers) -> "Around":
        """The same around one row of a list: known before is what stood in the row of that number."""
        before = found(self.data, of.key)
        known = before[nth] if isinstance(before, list) and nth < len(before) else {}
        outer = {**scope, "this": row, "i": [nth + 1]}
        return replace(self, data=known if isinstance(known, Mapping) else {}, facts={}, is_fixed=False, outer=outer)


def raw(leaf: Field, answers: Answers, around: Around) -> object:
    """What is taken as the answer to a field before it is typed."""
    if leaf.source in around.facts:
        return around.facts[leaf.source]
    given = found(answers, leaf.key)
    return leaf.default if given is None and leaf.key not in answers else given


def known(leaf: Field, around: Around) -> object:
    """What a field that only shows holds: what was known, else what the form says."""
    if leaf.source in around.facts:
        return around.facts[leaf.source]
    before = found(around.data, leaf.key)
    return leaf.default if before is None else to_plain(before)


def scope_of(fields: tuple[Field, ...], answers: Answers, around: Around) -> dict[str, object]:
    """Values by name; expressions of the form are computed in order, each seeing those before it."""
    flat = {leaf.key: _seen(leaf, answers, around) for leaf in leaves(fields)}
    scope = {**around.outer, **around.data, **nested(flat)}
    for leaf in leaves(fields):
        if leaf.kind == "expression" and leaf.compute is not None:
            scope |= nested({leaf.key: leaf.compute.evaluate(scope)})
    return scope


def _seen(leaf: Field, answers: Answers, around: Around) -> object:
    given = known(leaf, around) if leaf.only_shows(around.node) else raw(leaf, answers, around)
    return given if leaf.kind == "dynamiclist" else values.typed(leaf, given)[0]


def visible(fields: tuple[Field, ...], scope: Answers, node: str, *, is_fixed: bool = False) -> Iterator[tuple[Field, bool]]:
    """(leaf, whether it only shows) for every field with a key that neither a condition nor the step hides."""
    for each in fields:
        if each.is_hidden(scope, node):
            continue
        only_shows = is_fixed or each.may_not_change(scope, node)
        if each.kind == "group":
            yield from visible(each.children, scope, node, is_fixed=only_shows)
        elif each.key:
            yield each, only_shows
