"""The complex gateway: fires when its activation condition holds, then absorbs what else was on its way, then starts afresh.

The condition sees `activationCount`, the number of tokens that have arrived; conditions on outgoing flows see `waitingForStart`.
When it
starts afresh, only flows whose condition speaks of `waitingForStart` may get a token (BPMN 2.0.2, 13.4.5; an unconditional flow
would otherwise fire twice)."""

from engine.bpmn.kernel.flows import consume, gap, take
from engine.bpmn.kernel.run import Extra, Run, view
from engine.bpmn.kernel.state import Token
from engine.bpmn.plan.shapes import PlanFlow, PlanNode

RESETTING = "+"
"""Key among a gateway's counts: it has fired and waits to start afresh."""


def enter(run: Run, node: PlanNode, parent: Token, extra: Extra) -> None:
    """A token arrives."""
    if len(node.incoming) < 2 or not isinstance(extra, PlanFlow):
        _go_out(run, node, parent, 1)
        return
    joins = parent.joins = parent.joins or {}
    counts = joins.setdefault(node.id, {})
    if RESETTING in counts:
        _absorb(run, node, parent, counts, extra)
        return
    counts[extra.id] = counts.get(extra.id, 0) + 1
    arrived = sum(counts.values())
    if node.activation is None:
        run.synchronising.add(parent.id)
    elif run.value(node.activation, parent, {"activationCount": arrived, "waitingForStart": True}) is True:
        parent.active -= arrived - 1
        joins[node.id] = {RESETTING: 1, **dict.fromkeys(counts, 0)}
        run.synchronising.add(parent.id)
        _go_out(run, node, parent, arrived)


def _absorb(run: Run, node: PlanNode, parent: Token, counts: dict[str, int], flow: PlanFlow) -> None:
    """A token that comes after the gateway has fired is used up; a second one on a flow waits for the next round."""
    if flow.id in counts:
        counts[flow.id] += 1
    else:
        counts[flow.id] = 0
        consume(run, parent)
    run.synchronising.add(parent.id)


def reset(run: Run, node: PlanNode, scope: Token, extra: Extra) -> None:
    """Nothing more can arrive: the gateway starts afresh, or, without a condition, goes out with all it has."""
    counts = (scope.joins or {}).pop(node.id, {})
    if RESETTING not in counts:
        scope.active -= sum(counts.values()) - 1
        _go_out(run, node, scope, sum(counts.values()))
        return
    early = [flow for flow in node.incoming for _ in range(counts.get(flow.id, 0))]
    for flow in early:
        run.put(node.kind, node, scope, flow)
    more = _chosen(run, node, scope, waiting_for_start=False, count=0)
    if more:
        scope.active += 1
        take(run, more, scope)


def _go_out(run: Run, node: PlanNode, parent: Token, count: int) -> None:
    chosen = _chosen(run, node, parent, waiting_for_start=True, count=count)
    if not node.outgoing:
        run.history.append(node.completed)
        consume(run, parent)
        return
    if not chosen:
        gap(run, node, parent, "inclusive.out")
        return
    run.history.append(node.completed)
    take(run, chosen, parent)


def _chosen(run: Run, node: PlanNode, parent: Token, *, waiting_for_start: bool, count: int) -> list[PlanFlow]:
    scope = {**view(parent), "waitingForStart": waiting_for_start, "activationCount": count}
    chosen = []
    for flow in node.outgoing:
        condition = flow.condition
        if flow is node.default:
            continue
        if condition is None:
            if waiting_for_start:
                chosen.append(flow)
        elif (waiting_for_start or "waitingForStart" in condition.names) and condition.evaluate(scope) is True:
            chosen.append(flow)
    return chosen or ([node.default] if node.default is not None and waiting_for_start else [])
