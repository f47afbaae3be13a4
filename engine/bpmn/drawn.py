"""Processes that are only drawings, compiled for their shape alone: what a task does and what a condition says does not matter.

Nothing that comes out of here is ever run; it lets a drawing be proved sound before anyone makes it executable."""

from collections.abc import Iterator
from dataclasses import replace

from engine.bpmn.model import Expression, Flow, Model, Node, Process, Scope
from engine.bpmn.plan import Plan, compile_plan
from engine.bpmn.read.names import ACTIVITIES, SUB_PROCESSES
from engine.errors import Invalid

_ANY = Expression(source="", text="true")


def drawn_plans(model: Model) -> Iterator[Plan]:
    """A plan of the shape of each process that says it is not executable, where its shape can be compiled."""
    for process in model.processes:
        if process.executable is not False:
            continue
        shape = replace(model, processes=(_shape_of(process),))
        try:
            yield compile_plan(shape, process.id, {})
        except Invalid:
            continue


def _shape_of(process: Process) -> Process:
    return replace(process, scope=_scope(process.scope))


def _scope(scope: Scope) -> Scope:
    return replace(
        scope, nodes=tuple(_node(node) for node in scope.nodes), flows=tuple(_flow(flow) for flow in scope.flows), data=()
    )


def _node(node: Node) -> Node:
    """Nested as deep as the file, whose depth the reader bounds."""
    if node.type in SUB_PROCESSES:
        return replace(_bare(node), scope=_scope(node.scope) if node.scope is not None else None, loop=None)
    if node.type in ACTIVITIES:
        return replace(_bare(node), type="task", script=None, loop=None)
    return replace(_bare(node), activation=None)


def _bare(node: Node) -> Node:
    """The node without its data."""
    return replace(node, inputs=(), outputs=(), data_inputs=(), data_outputs=())


def _flow(flow: Flow) -> Flow:
    return flow if flow.condition is None else replace(flow, condition=_ANY)
