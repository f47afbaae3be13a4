"""Leaving an element: which sequence flows get a token, for every element but the gateways that choose otherwise."""

from engine.bpmn.kernel.run import Extra, Run, view
from engine.bpmn.kernel.state import Token
from engine.bpmn.plan.shapes import PlanFlow, PlanNode


def leave(run: Run, node: PlanNode, parent: Token) -> None:
    """Sends the token of a completed element on: over every flow whose condition holds, else over the default flow.

    An element without outgoing flows consumes its token; the last token of a scope ends the scope."""
    only = node.only
    if only is not None:
        run.history.append(only.entry)
        target = only.target
        run.queue.append((target.kind, target, parent, only))
        return
    if not node.outgoing:
        consume(run, parent)
        return
    chosen = choose(run, node, parent, conditions_only=True)
    if not chosen:
        gap(run, node, parent, "leave")
        return
    take(run, chosen * node.completion_quantity, parent)


def choose(run: Run, node: PlanNode, parent: Token, *, conditions_only: bool = False) -> list[PlanFlow]:
    """The flows to take: those without a condition, those whose condition is true (null is false), and perhaps the default.

    conditions_only: the default joins in when no condition was true, even beside flows without one (activities and events);
    gateways take it only when nothing else can be taken."""
    scope = view(parent)
    default = node.default
    chosen: list[PlanFlow] = []
    was_true = False
    for flow in node.outgoing:
        if flow is default:
            continue
        if flow.condition is None:
            chosen.append(flow)
        elif flow.condition.evaluate(scope) is True:
            chosen.append(flow)
            was_true = True
    if default is not None and not (was_true if conditions_only else chosen):
        chosen.append(default)
    return chosen


def take(run: Run, flows: list[PlanFlow], parent: Token) -> None:
    """Puts one token on each flow, in place of the one that arrived."""
    parent.active += len(flows) - 1
    for flow in flows:
        run.history.append(flow.entry)
        run.queue.append((flow.target.kind, flow.target, parent, flow))


def consume(run: Run, parent: Token) -> None:
    """Takes one token out of a scope; the last one ends it, when the rest of this moment is done.

    An ad-hoc sub-process (it has things to do) is looked at after each of its activities."""
    parent.active -= 1
    if parent.active == 0 or (parent.data is not None and "todo" in parent.data):
        ended(run, parent)


def ended(run: Run, scope: Token) -> None:
    """Marks a scope that holds no token any more for completion."""
    run.put("scope.done", run.node_of(scope), scope)


def gap(run: Run, node: PlanNode, parent: Token, op: str) -> None:
    """No condition holds and there is no default: an incident that shows the values looked at."""
    names = {name for flow in node.outgoing if flow.condition is not None for name in flow.condition.names}
    scope = view(parent)
    run.trouble(
        node,
        "flow.gap",
        f"No outgoing flow of {node.name or node.id} can be taken: no condition is true and there is no default flow.",
        f"“{node.name or node.id}”没有可走的流出线：所有条件均不成立，且未设置默认流。",
        ((op, node, parent, None),),
        {name: scope.get(name) for name in sorted(names)},
    )


def leave_again(run: Run, node: PlanNode, parent: Token, extra: Extra) -> None:
    """The way out, tried again after an incident."""
    leave(run, node, parent)
