"""A decision's reasons as sentences for the person it is about: `满 80 周岁: 是 (人口库, 2026-11-22)`."""

from collections.abc import Callable, Iterator, Mapping

from engine.dmn.elements import Input
from engine.dmn.model import Decided
from engine.dmn.trace import Asked
from engine.dmn.wording import question
from engine.feel import render
from engine.feel.blocks import names_in
from engine.feel.errors import FeelSyntaxError
from engine.feel.parser import parse_expression
from engine.feel.temporal import DateTime
from engine.feel.tree import Path
from engine.feel.values import admit

_MOST = 100


def sentences(
    decided: Decided,
    facts: Mapping[str, object] | None = None,
    language: str = "zh",
    *,
    source_words: Callable[[str], str] = str,
) -> tuple[str, ...]:
    """One sentence for each condition that carried the decision, or that failed it.

    facts: what is known of each fact by name, `{value, source, trust, at}`, beside what the decision itself knows of the origin
    of its facts; source and day are shown where given. source_words: the name of a source for people. Where a rule hit, its
    conditions are listed with yes; where none did, the first failing condition of every rule, each once, with no."""
    known = {name: _source(fact, source_words) for name, fact in {**(facts or {}), **decided.origins}.items()}
    lines = [line for asked in decided.asked for line in _of_table(asked, known, zh=language.startswith("zh"))]
    return tuple(dict.fromkeys(lines))[:_MOST]


def _of_table(asked: Asked, facts: Mapping[str, str], *, zh: bool) -> Iterator[str]:
    if asked.problem is not None:
        yield asked.problem[1] if zh else asked.problem[0]
    for row in asked.hits:
        for column, cell in enumerate(asked.table.rules[row].inputs):
            if cell not in {"-", ""}:
                yield _line(asked, row, column, facts, met=True, zh=zh)
    if not asked.hits:
        for row, column in enumerate(asked.missed or ()):
            yield _line(asked, row, column - 1, facts, met=False, zh=zh)


def _line(asked: Asked, row: int, column: int, facts: Mapping[str, str], *, met: bool, zh: bool) -> str:
    clause, cell = asked.table.inputs[column], asked.table.rules[row].inputs[column]
    value = asked.inputs[column]
    words, is_straight = question(clause.label if zh else clause.label_en or clause.label, cell, zh=zh)
    answer = {True: "是" if zh else "yes", False: "否" if zh else "no"}[met == is_straight]
    is_plain = isinstance(value, bool) or met
    shown = "" if is_plain else (f"，实际为 {_shown(value, zh=zh)}" if zh else f", it is {_shown(value, zh=zh)}")
    return f"{words}: {answer}{shown}{_origin(clause, facts)}"


def _shown(value: object, *, zh: bool) -> str:
    if value is None:
        return "空缺" if zh else "not known"
    return render.text(value)


def _origin(clause: Input, facts: Mapping[str, str]) -> str:
    """` (source, day)` of the facts that the column asks for."""
    origins = [facts[name] for name in _names(clause.expression) if name in facts]
    shown = "; ".join(dict.fromkeys(origin for origin in origins if origin))
    return f" ({shown})" if shown else ""


def _source(fact: object, source_words: Callable[[str], str]) -> str:
    if not isinstance(fact, Mapping) or not fact.get("source"):
        return ""
    moment = admit(fact.get("at"))
    day = render.text(moment.date if isinstance(moment, DateTime) else moment or "")[:10]
    return ", ".join(part for part in (source_words(str(fact["source"])), day) if part)


def _names(expression: str) -> list[str]:
    """Names and members in a column's expression, and the expression itself."""
    try:
        tree = parse_expression(expression)
    except FeelSyntaxError:
        return [expression]
    return [expression, *sorted(names_in(tree) | _members(tree))]


def _members(node: object) -> set[str]:
    if isinstance(node, tuple):
        return {name for item in node for name in _members(item)}
    found = {node.name} if isinstance(node, Path) else set()
    for slot in getattr(type(node), "__dataclass_fields__", ()):
        found |= _members(getattr(node, slot))
    return found
