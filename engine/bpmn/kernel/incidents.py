"""Incidents: the spent budget that names its loop, the deadlock that names its join, and doing again what failed."""

from collections import Counter

from engine.bpmn.kernel.flows import consume, take
from engine.bpmn.kernel.run import Extra, Run
from engine.bpmn.kernel.state import Item, Token
from engine.bpmn.plan.shapes import PlanNode
from engine.bpmn.terms import Retry
from engine.errors import Conflict


def overspent(run: Run) -> None:
    """The step has executed all it may: what is left in the queue is kept for a retry, and the loop is named."""
    seen = Counter(entry.element_id for entry in run.history if entry.kind == "element.completed" and entry.element_id)
    most = max(seen.values(), default=0)
    loop = [element for element, times in seen.items() if times > 1 and times >= most - 1]
    work = tuple(w for w in (*run.queue, *run.deferred) if w[2].alive)
    run.queue.clear()
    run.deferred.clear()
    names = ", ".join(loop[:8]) or run.plan.process_id
    node = run.plan.nodes.get(loop[0]) if loop else None
    run.trouble(
        node,
        "budget.spent",
        f"The step executed {run.budget} elements without coming to rest; it goes round in: {names}.",
        f"本步已执行 {run.budget} 个环节仍未停下，循环经过：{names}。",
        work,
        {"times": most},
    )


def deadlocked(run: Run) -> None:
    """Nothing waits and nothing can go on: some join lacks a token that will never come."""
    joins = [node for token in run.tokens.values() for node in token.joins or {}]
    node = run.plan.nodes[joins[0]] if joins else None
    name = ", ".join(joins) or run.plan.process_id
    run.trouble(
        node,
        "deadlock",
        f"The instance is stuck: {name} waits for a token that can no longer arrive.",
        f"流程停滞：{name} 等待的令牌不会再到达。",
        (),
        {},
    )


def retry(run: Run, event: Retry) -> None:
    """Does the work of an incident again, or leaves it behind."""
    number = int(event.incident_id) if event.incident_id.isdigit() else -1
    trouble = run.troubles.get(number)
    if trouble is None:
        raise Conflict(expected=f"an open incident {event.incident_id}", found="it is settled already")
    for name, value in event.variables.items():
        run.assign(run.root, name, value)
    run.settle(trouble)
    for item in trouble.items:
        token = run.tokens.get(item.token)
        if token is None:
            continue
        node = run.plan.root if token.parent is None and item.op.startswith("scope.") else run.plan.nodes[item.node]
        if event.skip:
            _skip(run, node, token)
        else:
            run.put(item.op, node, token, _extra(run, item))


def _extra(run: Run, item: Item) -> Extra:
    return run.plan.flows.get(item.extra) if isinstance(item.extra, str) else item.extra


def _skip(run: Run, node: PlanNode, token: Token) -> None:
    """Leaves an element as if it were complete: by its default flow, else by its first."""
    flow = node.default or (node.outgoing[0] if node.outgoing else None)
    run.say("element.skipped", node.id)
    if flow is not None:
        take(run, [flow], token)
    else:
        consume(run, token)
