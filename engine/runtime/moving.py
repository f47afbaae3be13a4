"""Moving an instance by a person's hand: from task to task, straight on, signers added and taken away; `changes` sends back."""

from collections.abc import Mapping

from engine.bpmn.terms import AddInstance, Move, RemoveInstance, SetVariables
from engine.runtime import plans
from engine.runtime.run import Run
from engine.runtime.step import move
from engine.transaction import Transaction


def step_back(tx: Transaction, instance_id: str, source: str, target: str, reason: str) -> None:
    """Opens `target` in place of everything that waits at `source`, leaving all other work alone."""

    def work(run: Run) -> None:
        waits = [wait.id for wait in run.load(instance_id).waits.values() if wait.element_id == source]
        run.apply(instance_id, Move(tuple(waits), (target,), reason))

    move(tx, instance_id, work)


def go_straight(
    tx: Transaction, instance_id: str, wait_id: str, target: str, variables: Mapping[str, object], reason: str
) -> None:
    """Ends a wait with its variables and enters `target` at once, without walking what lies between."""

    def work(run: Run) -> None:
        run.apply(instance_id, SetVariables(dict(variables)))
        run.apply(instance_id, Move((wait_id,), (target,), reason))

    move(tx, instance_id, work)


def add_signer(tx: Transaction, definition_id: str, instance_id: str, element_id: str, who: str, reason: str) -> None:
    """One more person at a running multi-instance task. Raises Conflict when it does not run."""
    loop = plans.plan_of(tx, definition_id).nodes[element_id].loop
    variables = {loop.element_variable: who} if loop is not None and loop.element_variable else {}
    move(tx, instance_id, lambda run: run.apply(instance_id, AddInstance(element_id, variables, reason)))


def remove_signer(tx: Transaction, instance_id: str, wait_id: str, reason: str) -> None:
    """One person less; the condition for being done is looked at again."""
    move(tx, instance_id, lambda run: run.apply(instance_id, RemoveInstance(wait_id, reason)))


def is_for_several(tx: Transaction, definition_id: str, element_id: str) -> str:
    """`parallel` or `sequential` for a multi-instance task, empty for any other."""
    loop = plans.plan_of(tx, definition_id).nodes[element_id].loop
    return loop.kind if loop is not None and loop.kind in ("parallel", "sequential") else ""
