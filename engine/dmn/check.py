"""What is wrong with decision tables before publication, each finding on its row with facts as an example.

Pointers are `decision id#row`, rows from 1; a finding about a whole column or table points at the decision."""

from collections.abc import Iterator
from itertools import islice

from engine.dmn import regions
from engine.dmn.boxed import Workshop
from engine.dmn.elements import Input
from engine.dmn.model import DecisionModel
from engine.dmn.policies import SINGLE
from engine.dmn.regions import Box, Space
from engine.dmn.table import CompiledTable
from engine.dmn.versions import check_versions
from engine.errors import Finding, Severity
from engine.feel import building, compile_unary_tests, render
from engine.feel.errors import FeelSyntaxError
from engine.feel.kinds import kind, kind_zh
from engine.feel.parser import parse_expression
from engine.feel.tree import Literal, UnaryTestList

_MOST_GAPS = 10
_MOST_ROWS = 1500


def check(model: DecisionModel) -> tuple[Finding, ...]:
    """Syntax errors, gaps, overlaps, contradictions, unreachable rules, type mismatches, unused columns, missing dates."""
    findings = list(model.findings)
    workshop = model.graph.workshop
    for pointer, name, table in workshop.tables:
        findings.extend(_Checked(pointer, name, table, _domains(workshop, table)).findings())
    for name in dict.fromkeys(decision.name for decision in model.decisions):
        findings.extend(check_versions(model.decision(name).versions))
    for decision in model.decisions:
        if not (decision.valid_from or decision.valid_until) and any(pointer == decision.id for pointer, _, _ in workshop.tables):
            findings.append(_undated(decision.id, decision.name))
    return tuple(findings)


def _undated(pointer: str, name: str) -> Finding:
    return Finding(
        Severity.NOTE,
        "dmn.undated",
        pointer,
        f"“{name}” does not say from when it is in force; it counts from its publication.",
        f"“{name}”没有注明生效日期，自发布之日起生效。",
    )


def _domains(workshop: Workshop, table: CompiledTable) -> list[UnaryTestList | None]:
    return [_domain(workshop, clause) for clause in table.table.inputs]


def _domain(workshop: Workshop, clause: Input) -> UnaryTestList | None:
    text = clause.allowed or workshop.allowed_text(clause.type_ref)
    if not text or text == "-":
        return None
    try:
        return building.unary_tests(text, workshop.vocabulary(()))[1]
    except FeelSyntaxError:
        return None


class _Checked:
    """One table being checked."""

    def __init__(self, pointer: str, name: str, table: CompiledTable, domains: list[UnaryTestList | None]) -> None:
        self._pointer, self._name, self._table = pointer, name, table
        self._space: Space = regions.space(table, domains)
        self._policy = table.table.hit_policy

    def findings(self) -> Iterator[Finding]:
        """Everything found, in reading order."""
        yield from self._types()
        yield from self._unused()
        if len(self._space.rows) > _MOST_ROWS:
            yield self._note(
                "dmn.large", "has too many rows for a full check of gaps and overlaps.", "行数过多，未做完整的空白与重叠检查。"
            )
            return
        yield from self._never()
        yield from self._pairs()
        try:
            yield from self._gaps()
            yield from self._unreachable()
        except regions.TooManyRegions:
            yield self._note(
                "dmn.complex", "has too many combinations for a full check of gaps.", "条件组合过多，未做完整的空白检查。"
            )

    # --- sentences ---------------------------------------------------------------------------------------------------

    def _note(self, code: str, en: str, zh: str) -> Finding:
        return Finding(Severity.NOTE, code, self._pointer, f"The table “{self._name}” {en}", f"决策表“{self._name}”{zh}")

    def _on_row(self, severity: Severity, code: str, row: int, en: str, zh: str) -> Finding:
        return Finding(
            severity,
            code,
            f"{self._pointer}#{row + 1}",
            f"“{self._name}”, row {row + 1}: {en}",
            f"决策表“{self._name}”第 {row + 1} 行：{zh}",
        )

    def _facts(self, box: Box) -> str:
        return "; ".join(f"{label} = {render.literal(value)}" for label, value in self._space.example(box))

    # --- checks ------------------------------------------------------------------------------------------------------

    def _types(self) -> Iterator[Finding]:
        """Cells and results of another kind than their column."""
        for row, cells in enumerate(self._table.trees):
            for cell, column, clause in zip(cells, self._table.columns, self._table.table.inputs, strict=True):
                for value in regions.constants(cell):
                    if value is not None and column.type is not None and not column.type.has(value):
                        yield self._mismatch(row, clause.label, column.type.name, value)
        for row, rule in enumerate(self._table.table.rules):
            for text, result, output in zip(rule.outputs, self._table.results, self._table.table.outputs, strict=True):
                value = _literal(text)
                if value is not None and result.type is not None and result.type.fit(value) is None:
                    yield self._mismatch(row, result.name or self._name, result.type.name, value)
                elif value is not None and not _is_allowed(value, output.allowed):
                    yield self._mismatch(row, result.name or self._name, output.allowed or "", value)

    def _mismatch(self, row: int, label: str, wanted: str, value: object) -> Finding:
        shown = render.literal(value)
        return self._on_row(
            Severity.ERROR,
            "dmn.type",
            row,
            f"`{shown}` is a {kind(value)} or a value that `{label}` ({wanted}) does not allow; correct the cell.",
            f"“{shown}”（{kind_zh(value)}）不是“{label}”（{wanted}）允许的取值，请修改该单元格。",
        )

    def _unused(self) -> Iterator[Finding]:
        for number, clause in enumerate(self._table.table.inputs):
            if self._table.trees and all(row[number].is_any for row in self._table.trees):
                yield Finding(
                    Severity.WARNING,
                    "dmn.unused",
                    self._pointer,
                    f"No rule of “{self._name}” asks for `{clause.label}`; remove the column or use it.",
                    f"决策表“{self._name}”没有任何规则用到“{clause.label}”列，请删除或使用该列。",
                )

    def _never(self) -> Iterator[Finding]:
        for row, box in enumerate(self._space.rows):
            empty = next((number for number, pieces in enumerate(box) if not pieces), None)
            if empty is not None:
                label = self._space.axes[empty].label
                yield self._on_row(
                    Severity.ERROR,
                    "dmn.never",
                    row,
                    f"no value of `{label}` can meet this cell, so the rule never hits.",
                    f"“{label}”的任何取值都不满足该单元格，此规则永远不会命中。",
                )

    def _pairs(self) -> Iterator[Finding]:
        """Overlaps under UNIQUE, contradictions under ANY; rows with cells that depend on other facts are left out."""
        if self._policy not in {"UNIQUE", "ANY"}:
            return
        rows = [row for row, is_certain in enumerate(self._space.certain) if is_certain]
        for position, first in enumerate(rows):
            for second in rows[position + 1 :]:
                box = tuple(a & b for a, b in zip(self._space.rows[first], self._space.rows[second], strict=True))
                if all(box) and (self._policy == "UNIQUE" or self._outputs(first) != self._outputs(second)):
                    yield self._overlap(first, second, box)

    def _outputs(self, row: int) -> tuple[str, ...]:
        return self._table.table.rules[row].outputs

    def _overlap(self, first: int, second: int, box: Box) -> Finding:
        is_contradiction = self._outputs(first) != self._outputs(second)
        code = "dmn.contradiction" if is_contradiction else "dmn.overlap"
        how, how_zh = (" with another result", "且结果不同") if is_contradiction else ("", "")
        return self._on_row(
            Severity.ERROR,
            code,
            second,
            f"also hits where row {first + 1} does{how}, for example {self._facts(box)}; narrow one of them.",
            f"与第 {first + 1} 行同时命中{how_zh}，例如 {self._facts(box)}；请收窄其中一行的条件。",
        )

    def _gaps(self) -> Iterator[Finding]:
        """Facts for which no rule hits; rows with cells that depend on other facts count as hitting."""
        has_default = any(result.default is not None for result in self._table.results)
        if self._policy not in SINGLE or has_default or not self._space.rows:
            return
        apart = (gap for box in regions.uncovered(self._space.rows, self._space.axes) for gap in regions.apart(box))
        for box in islice(apart, _MOST_GAPS):
            yield Finding(
                Severity.WARNING,
                "dmn.gap",
                self._pointer,
                f"No rule of “{self._name}” covers {self._facts(box)}; add a rule or a default result.",
                f"决策表“{self._name}”没有规则覆盖 {self._facts(box)}；请补充规则或默认结果。",
            )

    def _unreachable(self) -> Iterator[Finding]:
        """Rows of a FIRST table that earlier rows cover altogether."""
        if self._policy != "FIRST":
            return
        for row, box in enumerate(self._space.rows):
            earlier = [self._space.rows[each] for each in range(row) if self._space.certain[each]]
            if all(box) and earlier and next(regions.uncovered(earlier, self._space.axes, box), None) is None:
                yield self._on_row(
                    Severity.WARNING,
                    "dmn.unreachable",
                    row,
                    "earlier rows hit wherever this one would; move it up or remove it.",
                    "前面的规则已覆盖其全部情形，此规则永远轮不到；请上移或删除。",
                )


def _is_allowed(value: object, allowed: str | None) -> bool:
    """Whether a result is among the results that its column declares."""
    if not allowed or allowed == "-":
        return True
    try:
        return compile_unary_tests(allowed).matches(value, {}) is not False
    except FeelSyntaxError:
        return True


def _literal(text: str) -> object:
    try:
        tree = parse_expression(text)
    except FeelSyntaxError:
        return None
    return tree.value if isinstance(tree, Literal) else None
