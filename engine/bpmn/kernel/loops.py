"""Standard loops and multi-instance activities.

A body token stands for the whole activity and has its boundary events; each instance is a token inside it with its own variables
(`loopCounter` and the element of the collection)."""

from engine.bpmn.kernel.arming import TimerFailed, arm
from engine.bpmn.kernel.cancelling import clear
from engine.bpmn.kernel.flows import leave
from engine.bpmn.kernel.run import Extra, Run, view
from engine.bpmn.kernel.scopes import timer_trouble
from engine.bpmn.kernel.state import Token
from engine.bpmn.kernel.tasks import has_enough_tokens, start
from engine.bpmn.plan.shapes import PlanEvent, PlanLoop, PlanNode

MOST_INSTANCES = 20_000


def enter_multi(run: Run, node: PlanNode, parent: Token, extra: Extra) -> None:
    """A multi-instance activity begins: counts its instances once, then starts all of them or the first."""
    loop = node.loop
    if loop is None or not has_enough_tokens(node, parent, extra):
        return
    items, count = _extent(run, loop, parent)
    if count is None or count > MOST_INSTANCES:
        _extent_trouble(run, node, parent, count)
        return
    body = _body(run, node, parent, "multi")
    if body is None:
        return
    body.data = {"n": count, "done": 0, "started": 0, "gone": 0}
    if items is not None:
        body.data["items"] = items
    if loop.output_collection is not None:
        body.data["out"] = [None] * count
    run.say("loop.started", node.id, {"count": count})
    if not count:
        run.put("loop.done", node, body)
    for _ in range(count if loop.kind == "parallel" else min(count, 1)):
        start_next(run, node, body)


def _extent(run: Run, loop: PlanLoop, parent: Token) -> tuple[list[object] | None, int | None]:
    """The collection, if any, and the number of instances; None when neither is given by the data."""
    if loop.collection is not None:
        value = run.value(loop.collection, parent)
        return (list(value), len(value)) if isinstance(value, list | tuple) else (None, None)
    value = run.value(loop.cardinality, parent) if loop.cardinality is not None else None
    try:
        count = int(str(value)) if value is not None and not isinstance(value, bool) else None
    except ValueError:
        count = None
    return None, count if count is not None and count >= 0 else None


def _extent_trouble(run: Run, node: PlanNode, parent: Token, count: int | None) -> None:
    found = "no list and no whole number" if count is None else str(count)
    run.trouble(
        node,
        "loop.extent",
        f"The number of instances of {node.name or node.id} must be a list or a whole number up to {MOST_INSTANCES}; "
        f"found {found}.",
        f"“{node.name or node.id}”的实例数应为列表或不超过 {MOST_INSTANCES} 的整数。",
        ((node.kind, node, parent, None),),
        dict(view(parent)),
    )


def _body(run: Run, node: PlanNode, parent: Token, role: str) -> Token | None:
    body = run.open(node, parent, role)
    try:
        for boundary in node.boundaries:
            arm(run, body, boundary, parent)
    except TimerFailed as failure:
        run.close(body)
        timer_trouble(run, failure, (node.kind, node, parent, None))
        return None
    return body


def start_next(run: Run, node: PlanNode, body: Token) -> None:
    """Puts the next instance of a body in the queue."""
    data = body.data or {}
    index = number(data, "started")
    data["started"] = index + 1
    body.active += 1
    run.put("iteration.start", node, body, index)


def start_iteration(run: Run, node: PlanNode, body: Token, extra: Extra) -> None:
    """One instance begins, with its own variables."""
    loop, data, index = node.loop, body.data or {}, extra if isinstance(extra, int) else 0
    variables: dict[str, object] = {"loopCounter": index + node.loop_base}
    items = data.get("items")
    if loop is not None and isinstance(items, list) and index < len(items) and loop.element_variable:
        variables[loop.element_variable] = items[index]
    given = data.get(f"given{index}")
    if isinstance(given, dict):
        variables.update(given)
        del data[f"given{index}"]
    start(run, node, body, "iteration", variables, index)


def iteration_done(run: Run, node: PlanNode, body: Token, extra: Extra) -> None:
    """One instance ended: its result is kept, its behaviour's events are thrown, and the loop goes on, or not."""
    loop, data = node.loop, body.data
    if loop is None or data is None:
        return
    last, index = data.pop("last", None), data.pop("at", None)
    local = last if isinstance(last, dict) else {}
    data["done"] = number(data, "done") + 1
    body.active -= 1
    if body.role == "loop":
        _standard_again(run, node, body, loop)
        return
    if loop.output_element is not None and isinstance(out := data.get("out"), list) and isinstance(index, int):
        data["out"] = [*out[:index], run.value(loop.output_element, body, local), *out[index + 1 :]]
    counts = {**_so_far(loop, data), **local, **_counts(body)}
    _behave(run, node, body, loop, counts)
    if body.alive:
        go_on_unless_satisfied(run, node, body, counts)


def go_on_unless_satisfied(run: Run, node: PlanNode, body: Token, counts: dict[str, object] | None = None) -> None:
    """Ends a body whose completion condition holds, cancelling what is left of it; else goes on.

    counts: what the condition may ask about; without it the numbers and the output collected so far."""
    loop = node.loop
    known = counts if counts is not None else {**_so_far(loop, body.data or {}), **_counts(body)}
    if loop is not None and loop.completion is not None and run.value(loop.completion, body, known) is True:
        clear(run, body)
        run.put("loop.done", node, body)
    else:
        go_on(run, node, body)


def _so_far(loop: PlanLoop | None, data: dict[str, object]) -> dict[str, object]:
    """The output collection as it stands, under its own name, so that a condition may count votes."""
    if loop is None or loop.output_collection is None:
        return {}
    return {loop.output_collection: [value for value in _collected(data) if value is not None]}


def go_on(run: Run, node: PlanNode, body: Token) -> None:
    """Starts the next instance of a sequential body, or ends a body in which nothing is left to do."""
    data = body.data or {}
    sequential = node.loop is not None and node.loop.kind == "sequential"
    if sequential and body.active == 0 and number(data, "started") < number(data, "n"):
        start_next(run, node, body)
    elif body.active == 0:
        run.put("loop.done", node, body)


def loop_done(run: Run, node: PlanNode, body: Token, extra: Extra) -> None:
    """The whole activity is done: its collected output is written, and its token goes on."""
    parent, loop = body.parent, node.loop
    if parent is None or body.active:
        return
    data = body.data or {}
    run.close(body)
    if loop is not None and loop.output_collection is not None and body.role == "multi":
        run.assign(parent, loop.output_collection, _collected(data), node.id)
    run.say("loop.completed", node.id, {"count": number(data, "done")})
    leave(run, node, parent)


def _collected(data: dict[str, object]) -> list[object]:
    """What the instances gave, in their order, without those taken away."""
    out, removed = data.get("out"), data.get("removed")
    gone = removed if isinstance(removed, list) else []
    return [value for index, value in enumerate(out if isinstance(out, list) else []) if index not in gone]


def _counts(body: Token) -> dict[str, object]:
    """What a completion condition may ask about, by BPMN's names and by those of other engines."""
    data = body.data or {}
    removed = data.get("removed")
    total = number(data, "n") - (len(removed) if isinstance(removed, list) else 0)
    done, gone = number(data, "done"), number(data, "gone")
    counts = {"Instances": total, "ActiveInstances": body.active, "CompletedInstances": done, "TerminatedInstances": gone}
    return {f"{prefix}{name}": value for name, value in counts.items() for prefix in ("numberOf", "nrOf")}


def _behave(run: Run, node: PlanNode, body: Token, loop: PlanLoop, counts: dict[str, object]) -> None:
    """Throws what the behaviour says to throw when an instance completes; only the activity's own boundary hears it."""
    done = number(body.data or {}, "done")
    if loop.behaviour == "None" and loop.none_event is not None:
        _implicit(run, node, body, loop.none_event)
    elif loop.behaviour == "One" and loop.one_event is not None and done == 1:
        _implicit(run, node, body, loop.one_event)
    elif loop.behaviour == "Complex":
        for condition, event in loop.complex_events:
            if event is not None and run.value(condition, body, counts) is True:
                _implicit(run, node, body, event)


def _implicit(run: Run, node: PlanNode, body: Token, event: PlanEvent) -> None:
    """The activity's own event reaches its boundary; the activity goes on whatever the boundary says."""
    parent = body.parent
    if parent is None:
        return
    for boundary in node.boundaries:
        if any(_same(run, body, own, event) for own in boundary.events):
            parent.active += 1
            run.history.append(boundary.completed)
            leave(run, boundary, parent)


def _same(run: Run, body: Token, own: PlanEvent, thrown: PlanEvent) -> bool:
    def name(event: PlanEvent) -> object:
        return run.value(event.name, body) if event.name is not None else None

    return own.kind == thrown.kind and own.code == thrown.code and name(own) == name(thrown)


def enter_standard(run: Run, node: PlanNode, parent: Token, extra: Extra) -> None:
    """A standard loop begins: asked before the first pass when it says so."""
    loop = node.loop
    if not has_enough_tokens(node, parent, extra):
        return
    body = _body(run, node, parent, "loop")
    if loop is None or body is None:
        return
    body.data = {"done": 0, "started": 0}
    run.say("loop.started", node.id)
    if loop.test_before and not _wants_more(run, body, loop):
        run.put("loop.done", node, body)
    else:
        start_next(run, node, body)


def _standard_again(run: Run, node: PlanNode, body: Token, loop: PlanLoop) -> None:
    if _wants_more(run, body, loop):
        start_next(run, node, body)
    else:
        run.put("loop.done", node, body)


def _wants_more(run: Run, body: Token, loop: PlanLoop) -> bool:
    done = number(body.data or {}, "done")
    if loop.maximum is not None and done >= loop.maximum:
        return False
    if loop.condition is None:
        return loop.maximum is not None
    return run.value(loop.condition, body, {"loopCounter": done}) is True


def number(data: dict[str, object], key: str) -> int:
    """A whole number that a body remembers; 0 when it does not."""
    value = data.get(key, 0)
    return value if isinstance(value, int) else 0
