"""The inclusive gateway: out over every flow whose condition is true; in, it waits as long as a token may still arrive.

Whether one may is decided at rest, by reachability on the plan (BPMN 2.0.2, 13.4.3): it waits while some token could reach an
empty incoming flow without also being able to reach one that already has a token."""

from collections.abc import Iterable

from engine.bpmn.kernel.flows import choose, consume, gap, take
from engine.bpmn.kernel.gateways_parallel import use
from engine.bpmn.kernel.run import Extra, Run
from engine.bpmn.kernel.state import Token
from engine.bpmn.plan.shapes import PlanFlow, PlanNode


def enter(run: Run, node: PlanNode, parent: Token, extra: Extra) -> None:
    """A token arrives: it waits when there are several ways in, else it goes out."""
    if len(node.incoming) > 1 and isinstance(extra, PlanFlow):
        joins = parent.joins = parent.joins or {}
        counts = joins.setdefault(node.id, {})
        counts[extra.id] = counts.get(extra.id, 0) + 1
        run.synchronising.add(parent.id)
        return
    go_out(run, node, parent)


def go_out(run: Run, node: PlanNode, parent: Token) -> None:
    """Takes every flow whose condition is true, else the default; none is an incident."""
    if not node.outgoing:
        run.history.append(node.completed)
        consume(run, parent)
        return
    chosen = choose(run, node, parent)
    if not chosen:
        gap(run, node, parent, "inclusive.out")
        return
    run.history.append(node.completed)
    take(run, chosen, parent)


def out_again(run: Run, node: PlanNode, parent: Token, extra: Extra) -> None:
    """The way out, tried again after an incident."""
    go_out(run, node, parent)


def synchronise(run: Run) -> bool:
    """At rest: lets the gateways go on that nothing can reach any more. True when there is new work."""
    for number in sorted(run.synchronising):
        scope = run.tokens.get(number)
        waiting = [run.plan.nodes[n] for n in scope.joins or {} if run.plan.nodes[n].reach] if scope is not None else []
        if scope is None or not waiting:
            run.synchronising.discard(number)
            continue
        for node in waiting:
            if _fires(run, node, scope):
                return True
    return False


def _fires(run: Run, node: PlanNode, scope: Token) -> bool:
    counts = (scope.joins or {})[node.id]
    if not is_ready(run, node, scope, counts.keys()):
        return False
    if node.kind == "gateway.complex":
        run.put("complex.reset", node, scope)
        return True
    use(node, scope, counts)
    go_out(run, node, scope)
    return True


def is_ready(run: Run, node: PlanNode, scope: Token, arrived: Iterable[str]) -> bool:
    """Whether no token can bring what is still missing. arrived: ids of the incoming flows that have a token."""
    has = frozenset(arrived)
    missing = frozenset(flow.id for flow in node.incoming) - has
    if not missing:
        return True
    for element in _standing(run, node, scope):
        reached = node.reach.get(element, frozenset())
        if reached & missing and not reached & has:
            return False
    return True


def _standing(run: Run, node: PlanNode, scope: Token) -> set[str]:
    """The elements of a scope where tokens stand: activities, other joins, and work kept by incidents."""
    standing = {child.element for child in scope.children.values() if child.role != "undo"}
    for other, counts in (scope.joins or {}).items():
        if other != node.id and any(number for flow, number in counts.items() if flow != "+"):
            standing.add(other)
    for trouble in run.troubles.values():
        standing.update(item.node for item in trouble.items if item.token == scope.id)
    return standing
