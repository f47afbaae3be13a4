"""Decision models as callers hold them."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import Finding


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule of one table, hit or missed.

    table: decision name. rule: 1-based row. hit: whether it counted. cell: 1-based input column of the first cell that failed.
    inputs: the values of the columns looked at, by label."""

    table: str
    rule: int
    hit: bool
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision's value with its reasons."""

    value: object
    reasons: tuple[Reason, ...]

    def to_json(self) -> dict[str, object]:
        """Compact JSON form that can be stored and replayed."""
        raise NotImplementedError


class Decision:
    """One decision of a model. id, name: as in the file. inputs: names of the input data it needs, transitively."""

    id: str
    name: str
    inputs: tuple[str, ...]

    def decide(self, facts: Mapping[str, object]) -> Decided:
        """The decision on these facts (input data by name); never raises on data."""
        raise NotImplementedError


class DecisionModel:
    """One DMN file, read and compiled."""

    id: str
    name: str
    namespace: str
    decisions: tuple[Decision, ...]

    def decision(self, id_or_name: str) -> Decision:
        """The decision with this id or name. Raises NotFound."""
        raise NotImplementedError


def read(source: bytes) -> DecisionModel:
    """The model of a DMN 1.1-1.5 file. Raises Invalid with located findings."""
    raise NotImplementedError


def check(model: DecisionModel) -> tuple[Finding, ...]:
    """What is wrong with the tables before publication: gaps, overlaps, contradictions, unreachable rules, type errors, unused columns."""
    raise NotImplementedError
