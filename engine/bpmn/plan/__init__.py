"""The plan: one process of a model, compiled once per definition version for the kernel."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.bpmn.model import Model


@dataclass(frozen=True)
class Plan:
    """An immutable compiled process. The kernel's owner fills it."""

    process_id: str


def compile_plan(model: Model, process_id: str, decisions: Mapping[str, object]) -> Plan:
    """The plan of one process. decisions: compiled `engine.dmn` decisions by id, for business rule tasks.

    Raises Invalid with one finding for each element that cannot be executed."""
    raise NotImplementedError
