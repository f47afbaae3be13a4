"""Activities: opening a token with its inputs and boundary events, and finishing it with its outputs."""

from collections.abc import Mapping

from engine.bpmn.kernel.arming import arm
from engine.bpmn.kernel.flows import consume, leave
from engine.bpmn.kernel.run import Run, view
from engine.bpmn.kernel.state import Token, Undo
from engine.bpmn.plan.shapes import PlanMapping, PlanNode
from engine.feel import to_python


def open_activity(run: Run, node: PlanNode, parent: Token, role: str = "", variables: dict[str, object] | None = None) -> Token:
    """A token on an activity: local variables, input mappings, boundary events.

    role: `iteration` inside a loop, whose body has the boundary events. Raises TimerFailed, nothing opened."""
    token = run.open(node, parent, role)
    token.variables = variables
    if role == "":
        try:
            for boundary in node.boundaries:
                arm(run, token, boundary, parent)
        except Exception:
            run.close(token)
            raise
    _map_in(run, node, token)
    return token


def _map_in(run: Run, node: PlanNode, token: Token) -> None:
    for mapping in node.inputs:
        if token.variables is None:
            token.variables = {}
        token.variables.update(mapped(run, mapping, token))


def mapped(run: Run, mapping: PlanMapping, token: Token) -> dict[str, object]:
    """What one mapping writes, seen from a token."""
    if mapping.source is None:
        return dict(view(token))
    if mapping.needs is not None and mapping.needs not in view(token):
        return {}
    value = run.value(mapping.source, token)
    if mapping.target == "*":
        plain = to_python(value)
        return dict(plain) if isinstance(plain, Mapping) else {}
    return {mapping.target: value}


def finish(run: Run, node: PlanNode, token: Token, result: Mapping[str, object]) -> None:
    """Ends an activity with its result: outputs are written, boundary events go, what can be compensated is remembered."""
    parent = token.parent
    if parent is None:
        return
    map_out(run, node, token, parent, result)
    _remember(node, token, parent)
    collected = token.variables
    run.close(token)
    run.history.append(node.completed)
    if token.role == "iteration":
        parent.data = {**(parent.data or {}), "last": collected or {}, "at": (token.data or {}).get("index")}
        run.queue.appendleft(("iteration.done", node, parent, None))
    elif node.inner is not None and node.inner.event_triggered:
        consume(run, parent)
    else:
        leave(run, node, parent)


def map_out(run: Run, node: PlanNode, token: Token, parent: Token, result: Mapping[str, object]) -> None:
    """Writes what an activity gave: by name, and through its output mappings."""
    if node.isolated and result:
        token.variables = {**(token.variables or {}), **result}
    else:
        for name, value in result.items():
            run.assign(token, name, value, node.id)
    for mapping in node.outputs:
        written = result if mapping.source is None else mapped(run, mapping, token)
        for name, value in written.items():
            run.assign(parent, name, value, node.id)


def _remember(node: PlanNode, token: Token, parent: Token) -> None:
    """Records a completed activity in its scope when there is something to compensate it with."""
    inner = tuple(token.done) if token.done else ()
    has_undo = node.inner is not None and node.inner.undo is not None
    if node.handler is None and not inner and not has_undo:
        return
    scope = parent.parent if token.role == "iteration" and parent.parent is not None else parent
    scope.done = scope.done or []
    kept = dict(token.variables) if token.variables and node.inner is not None else None
    scope.done.append(Undo(node.id, inner, kept))
