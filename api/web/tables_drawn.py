"""Decision tables of a version as pages draw them: rows with what the checks say about each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.dmn import Decision
from engine.errors import Finding


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """One rule with what is wrong with it."""

    number: int
    cells: tuple[str, ...]
    outputs: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """One table. findings: about the whole table or a column. valid_from, valid_until: '' when not said."""

    id: str
    name: str
    label: str
    label_en: str
    hit_policy: str
    valid_from: str
    valid_until: str
    inputs: tuple[tuple[str, str], ...]
    outputs: tuple[str, ...]
    rows: tuple[DrawnRow, ...]
    findings: tuple[Finding, ...]


def of(decisions: Mapping[str, Decision], findings: Sequence[Finding]) -> tuple[DrawnTable, ...]:
    """Every decision that is a table, in the order of the file; the findings of each on its row."""
    unique = {(decision.digest, decision.id): decision for decision in decisions.values()}
    return tuple(_drawn(decision, findings) for decision in unique.values() if decision.tables)


def _drawn(decision: Decision, findings: Sequence[Finding]) -> DrawnTable:
    table = decision.tables[0].table
    rows = tuple(
        DrawnRow(number, rule.inputs, rule.outputs, _at(findings, f"{decision.id}#{number}"))
        for number, rule in enumerate(table.rules, 1)
    )
    return DrawnTable(
        id=decision.id,
        name=decision.name,
        label=decision.label,
        label_en=decision.label_en,
        hit_policy=table.hit_policy + (f" {table.aggregation}" if table.aggregation else ""),
        valid_from=decision.valid_from,
        valid_until=decision.valid_until,
        inputs=tuple((clause.label, clause.label_en) for clause in table.inputs),
        outputs=tuple(output.label or decision.label for output in table.outputs),
        rows=rows,
        findings=_at(findings, decision.id),
    )


def _at(findings: Iterable[Finding], pointer: str) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.pointer == pointer)
