"""What is seen of the stage after a step: instances, their open tasks, variables, and what was logged in which order."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.bpmn.kernel import step as kernel
from engine.bpmn.terms import Status
from engine.conformance.case_stage import Stage
from engine.feel import to_plain
from engine.models.instances import instances
from engine.models.work import incidents
from engine.runtime import history, tasks
from engine.transaction import Transaction

Row = Mapping[str, Any]
_WORDS = {Status.CANCELLED: "terminated", Status.SUSPENDED: "active"}


def observe(stage: Stage) -> Mapping[str, object]:
    """All root instances with what was called by them, and the trace of everything so far."""
    roots = stage.roots()
    with stage.engine.read(SYSTEM) as tx:
        lines = {root: history.of(tx, root) for root in roots}
        seen = [_instance(tx, root, name, lines[root]) for root, name in roots.items()]
    operations = deepcopy(stage.operations)
    happened = sorted((line for each in lines.values() for line in each), key=lambda line: line.at)
    trace = [text for line in happened if line.kind == "element.completed" for text in operations.logs(line.element_id or "")]
    return {"instances": seen, "trace": trace}


def _instance(tx: Transaction, root_id: str, name: str, lines: Sequence[history.Event]) -> Mapping[str, object]:
    family = tx.rows(sa.select(instances).where(instances.c.root_id == root_id).order_by(instances.c.id))
    root = next(row for row in family if row["id"] == root_id)
    troubles = tx.rows(sa.select(incidents).where(incidents.c.root_id == root_id, incidents.c.state == "open"))
    status = Status(root["status"])
    active = [row for row in family if row["status"] == Status.ACTIVE]
    return {
        "as": name,
        "process": root["process_id"],
        "state": "failed" if troubles and status is Status.ACTIVE else _WORDS.get(status, status.value),
        "error": "; ".join(trouble["en"] for trouble in troubles),
        "error_code": root["error_code"],
        "open_tasks": [{"id": t["element_id"], "name": t["name"]} for t in tasks.list_open(tx, root_id)],
        "active_elements": [element for row in active for element in kernel.standing(kernel.decode(row["state"]))],
        "called_instances": sum(row["id"] != root_id for row in active),
        "elements": [line.element_id for line in lines if line.kind == "element.completed"],
        "variables": _variables(family, root_id),
    }


def _variables(family: Sequence[Row], root_id: str) -> Mapping[str, object]:
    """Of the root and all it called; the root's own win."""
    found: dict[str, object] = {}
    for row in sorted(family, key=lambda row: bool(row["id"] == root_id)):
        values = kernel.variables(kernel.decode(row["state"]))
        found |= {name: to_plain(value) for name, value in values.items()}
    return found
