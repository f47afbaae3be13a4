"""Scopes: how a process, a sub-process or an event sub-process begins and ends."""

from engine.bpmn.kernel import ad_hoc
from engine.bpmn.kernel.activities import finish
from engine.bpmn.kernel.arming import TimerFailed, arm
from engine.bpmn.kernel.cancelling import clear
from engine.bpmn.kernel.catching import boundary_fires
from engine.bpmn.kernel.flows import consume, ended, leave
from engine.bpmn.kernel.run import Extra, Run
from engine.bpmn.kernel.state import Token
from engine.bpmn.plan.shapes import PlanNode, PlanScope
from engine.bpmn.terms import Status


def begin(run: Run, token: Token, scope: PlanScope, entries: tuple[PlanNode, ...] | None = None) -> None:
    """Begins a scope in a token: its own variables, its event sub-processes, then its entries.

    entries: what begins, when not the usual."""
    if scope.declared:
        declare(token, scope)
    if scope.event_starts and not arm_event_starts(run, token, scope):
        return
    if scope.ad_hoc and entries is None:
        ad_hoc.begin(run, token, scope)
        return
    chosen = scope.entries if entries is None else entries
    token.active += len(chosen)
    for node in chosen:
        run.put(node.kind, node, token)
    if not chosen:
        ended(run, token)


def begin_event_subprocess(run: Run, start: PlanNode, token: Token, extra: Extra) -> None:
    """An event sub-process begins at the start event that was triggered."""
    inner = run.node_of(token).inner
    if inner is not None:
        run.say("element.started", token.element)
        begin(run, token, inner, (start,))


def declare(token: Token, scope: PlanScope) -> None:
    """Gives a token the variables that its scope declares."""
    if scope.declared and token.parent is not None:
        token.variables = {**dict.fromkeys(scope.declared), **(token.variables or {})}


def arm_event_starts(run: Run, token: Token, scope: PlanScope) -> bool:
    """Arms the event sub-processes of a scope; False when a timer of theirs means nothing, which is an incident."""
    try:
        for start in scope.event_starts:
            arm(run, token, start, token)
    except TimerFailed as failure:
        token.pending = [p for p in token.pending if run.plan.nodes[p.element].type != "startEvent"]
        owner = run.node_of(token)
        token.active += 1
        timer_trouble(run, failure, ("scope.begin", owner, token, None))
        return False
    return True


def begin_again(run: Run, node: PlanNode, token: Token, extra: Extra) -> None:
    """Begins a scope whose event sub-process could not be armed, after an incident."""
    token.active -= 1
    begin(run, token, node.inner or run.plan.scope)


def timer_trouble(run: Run, failure: TimerFailed, work: tuple[str, PlanNode, Token, Extra]) -> None:
    """An incident for a timer whose expression gives no time."""
    name = failure.node.name or failure.node.id
    run.trouble(
        failure.node,
        "timer.invalid",
        f"The timer {name} has no usable time: {failure}.",
        f"定时器“{name}”没有可用的时间：{failure}。",
        (work,),
        {},
    )


def scope_done(run: Run, node: PlanNode, token: Token, extra: Extra) -> None:
    """Ends a scope whose last token is gone; what follows depends on what the scope was."""
    if token.data is not None and "todo" in token.data and not ad_hoc.is_finished(run, node, token):
        return
    if token.active:
        return
    if token.parent is None:
        end_instance(run, Status.COMPLETED)
    elif token.data is not None and "cancelled" in token.data:
        _end_cancelled(run, node, token)
    elif token.role == "undo":
        _end_undo(run, node, token)
    else:
        finish(run, node, token, {})


def _end_cancelled(run: Run, node: PlanNode, token: Token) -> None:
    """A cancelled transaction whose compensation is done leaves through its cancel boundary event."""
    from_body = token.parent if token.role == "iteration" and token.parent is not None else token
    for boundary in node.boundaries:
        if any(event.kind == "cancel" for event in boundary.events):
            boundary_fires(run, boundary, from_body, {})
            return
    finish(run, node, token, {})


def _end_undo(run: Run, node: PlanNode, token: Token) -> None:
    """Compensation is done: of one activity inside another compensation, or all that a throw event asked for."""
    parent = token.parent
    run.close(token)
    if parent is None:
        return
    if token.data is not None and token.data.get("wait") is True:
        run.history.append(node.completed)
        leave(run, node, parent)
    else:
        consume(run, parent)


def end_instance(run: Run, status: Status, code: str | None = None) -> None:
    """Ends the instance: nothing inside it goes on."""
    if run.root.children:
        clear(run, run.root)
    run.root.active, run.root.joins = 0, None
    run.root.pending = []
    run.root.done = None
    run.queue.clear()
    run.deferred.clear()
    for trouble in list(run.troubles.values()):
        run.settle(trouble)
    run.status, run.error = status, code
    run.say("instance.ended", None, {"status": status.value} if code is None else {"status": status.value, "code": code})


def terminate(run: Run, node: PlanNode, parent: Token, extra: Extra) -> None:
    """A terminate end event: everything in its scope stops, and the scope is over."""
    run.history.append(node.completed)
    scope = parent
    reach = node.events[0].ref if node.events else None
    if reach == "all":
        scope = run.root
    elif reach == "multi" and parent.role == "iteration" and parent.parent is not None:
        scope = parent.parent
    if scope.parent is None:
        end_instance(run, Status.TERMINATED)
        return
    clear(run, scope)
    if scope.role == "multi":
        run.put("loop.done", run.node_of(scope), scope)
        return
    scope.pending = [p for p in scope.pending if run.plan.nodes[p.element].type != "startEvent"]
    if scope.data is not None:
        scope.data.pop("todo", None)
    ended(run, scope)
