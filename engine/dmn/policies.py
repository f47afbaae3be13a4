"""Hit policies and aggregators: from the rules that hit to the table's value (DMN 1.5, 8.2.10)."""

from collections.abc import Callable, Mapping, Sequence

from engine.feel import order
from engine.feel.builtins import sorting, statistics

Value = object
Problem = tuple[str, str]


class Undecided(Exception):
    """The rules that hit contradict the policy; the table is null."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.problem: Problem = (en, zh)


Ranked = Callable[[Value], tuple[int, ...]]
"""Where an output stands in the order of the output values; smaller comes first."""


def single(policy: str, outputs: Sequence[Value], rank: Ranked) -> Value:
    """The value under a policy of one hit; outputs are never empty. Raises Undecided."""
    if policy == "UNIQUE" and len(outputs) > 1:
        raise Undecided(f"{len(outputs)} rules hit where only one may.", f"唯一命中策略下有 {len(outputs)} 条规则同时命中。")
    if policy == "ANY" and any(order.equal(outputs[0], other) is not True for other in outputs[1:]):
        raise Undecided("Rules with different results hit at once.", "同时命中的规则给出了不同的结果。")
    return min(outputs, key=rank) if policy == "PRIORITY" else outputs[0]


def several(policy: str, outputs: Sequence[Value], rank: Ranked) -> list[Value]:
    """The values under a policy of several hits."""
    return sorted(outputs, key=rank) if policy == "OUTPUT ORDER" else list(outputs)


def _count(values: list[Value]) -> Value:
    return len(values)


AGGREGATORS: Mapping[str, Callable[[list[Value]], Value]] = {
    "SUM": statistics.total,
    "COUNT": _count,
    "MIN": sorting.minimum,
    "MAX": sorting.maximum,
}
SINGLE = frozenset({"UNIQUE", "FIRST", "PRIORITY", "ANY"})
ALL = SINGLE | {"COLLECT", "RULE ORDER", "OUTPUT ORDER"}
