"""A decision table, compiled: asked in a scope, it finds the rules that hit and gives the policy's value.

Large tables are asked through an index (`index`), small ones row by row, noting for each row the cell that failed."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.dmn import policies, trace
from engine.dmn.elements import Table
from engine.dmn.index import Index
from engine.feel import limits, order
from engine.feel.comparisons import CellTest
from engine.feel.reasons import Value, null
from engine.feel.scopes import Compiled, Scope
from engine.feel.tree import UnaryTestList
from engine.feel.types import Type

INDEX_FROM = 24
"""Rows from which an index pays."""


@dataclass(frozen=True, slots=True)
class Column:
    """A compiled input column. allowed: test of the value, or None."""

    run: Compiled
    type: Type | None
    allowed: CellTest | None


@dataclass(frozen=True, slots=True)
class Result:
    """A compiled output column. ranks: the output values in order of priority. default: None without one."""

    name: str
    type: Type | None
    ranks: tuple[object, ...]
    default: Compiled | None


class CompiledTable:
    """A table ready to be asked."""

    def __init__(
        self,
        table: Table,
        columns: Sequence[Column],
        results: Sequence[Result],
        cells: Sequence[Sequence[tuple[CellTest, UnaryTestList]]],
        outputs: Sequence[Sequence[Compiled]],
    ) -> None:
        self.table = table
        self.columns = tuple(columns)
        self.results = tuple(results)
        self.trees = tuple(tuple(tree for _, tree in row) for row in cells)
        self._rows = [[(number, test) for number, (test, tree) in enumerate(row) if not tree.is_any] for row in cells]
        self._outputs = outputs
        self.index = Index(self.trees, [dict(row) for row in self._rows]) if len(cells) >= INDEX_FROM else None

    def __call__(self, scope: Scope) -> object:
        """The table's value; null, with the reason noted, when the policy is broken or an input is not allowed."""
        values = tuple(column.run(scope) for column in self.columns)
        problem = self._refused(values, scope)
        if problem is not None:
            return self._null(values, (), None, problem)
        hits, missed = self.look_up(values, scope)
        try:
            value = self._value(hits, scope)
        except policies.Undecided as undecided:
            return self._null(values, hits, missed, undecided.problem)
        trace.note(self.table, values, hits, missed)
        return value

    def _null(
        self, values: tuple[object, ...], hits: tuple[int, ...], missed: tuple[int, ...] | None, problem: tuple[str, str]
    ) -> Value | None:
        trace.note(self.table, values, hits, missed, problem)
        return null("dmn.table", *problem)

    def _refused(self, values: tuple[object, ...], scope: Scope) -> tuple[str, str] | None:
        for column, value, clause in zip(self.columns, values, self.table.inputs, strict=True):
            if column.type is not None and not column.type.admits(value) and column.type.fit(value) is None:
                return f"`{clause.label}` is not of the declared type.", f"“{clause.label}”不符合声明的类型。"
            if column.allowed is not None and value is not None and column.allowed(value, scope) is not True:
                return f"`{clause.label}` is not among the allowed values.", f"“{clause.label}”不在允许的取值范围内。"
        return None

    def cell(self, row: int, column: int) -> CellTest | None:
        """The test of one cell, None for `-`."""
        return next((test for number, test in self._rows[row] if number == column), None)

    def look_up(self, values: tuple[object, ...], scope: Scope) -> tuple[tuple[int, ...], tuple[int, ...] | None]:
        """The rows that hit, and what each row said when all were looked at."""
        if self.index is not None and not trace.wants_every_row():
            found = self.index.find(values, scope, only_first=self.table.hit_policy == "FIRST")
            return found, None
        missed = self.missed(values, scope)
        return tuple(number for number, column in enumerate(missed) if column == 0), missed

    def missed(self, values: tuple[object, ...], scope: Scope) -> tuple[int, ...]:
        """For each row the column from 1 whose cell failed first, 0 for a hit."""
        answers: list[int] = []
        limits.spend(len(self._rows))
        for row in self._rows:
            for number, test in row:
                if test(values[number], scope) is not True:
                    answers.append(number + 1)
                    break
            else:
                answers.append(0)
        return tuple(answers)

    def _value(self, hits: tuple[int, ...], scope: Scope) -> object:
        policy = self.table.hit_policy
        if policy not in policies.ALL:
            raise policies.Undecided(f"The hit policy `{policy}` is unknown.", f"未知的命中策略“{policy}”。")
        if not hits:
            return self._without_hit(scope)
        if policy in {"UNIQUE", "FIRST"}:
            outputs = (
                [self._output(number, scope) for number in hits[:2]] if policy == "UNIQUE" else [self._output(hits[0], scope)]
            )
            return policies.single(policy, outputs, self._rank)
        outputs = [self._output(number, scope) for number in hits]
        if policy in policies.SINGLE:
            return policies.single(policy, outputs, self._rank)
        collected = policies.several(policy, outputs, self._rank)
        if policy == "COLLECT" and self.table.aggregation is not None:
            return policies.AGGREGATORS[self.table.aggregation](collected)
        return collected

    def _without_hit(self, scope: Scope) -> object:
        if any(result.default is not None for result in self.results):
            values = [result.default(scope) if result.default is not None else None for result in self.results]
            return self._compose([_fit(result.type, value) for result, value in zip(self.results, values, strict=True)])
        if self.table.hit_policy == "COLLECT" and self.table.aggregation in {None, "COUNT"}:
            return [] if self.table.aggregation is None else 0
        return null("dmn.table", "No rule hits.", "没有规则命中。")

    def _output(self, number: int, scope: Scope) -> object:
        values = [run(scope) for run in self._outputs[number]]
        return self._compose([_fit(result.type, value) for result, value in zip(self.results, values, strict=True)])

    def _compose(self, values: list[object]) -> object:
        if len(self.results) == 1:
            return values[0]
        return {result.name: value for result, value in zip(self.results, values, strict=True)}

    def _rank(self, output: object) -> tuple[int, ...]:
        if len(self.results) == 1:
            return (_position(self.results[0].ranks, output),)
        values = output if isinstance(output, dict) else {}
        return tuple(_position(result.ranks, values.get(result.name)) for result in self.results)


def _position(ranks: tuple[object, ...], value: object) -> int:
    return next((index for index, rank in enumerate(ranks) if order.equal(rank, value) is True), len(ranks))


def _fit(wanted: Type | None, value: object) -> object:
    return value if wanted is None else wanted.fit(value)
