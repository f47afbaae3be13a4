"""Waits: what an instance at rest waits for, read off its tokens."""

from collections.abc import Iterable, Iterator, Mapping

from engine.bpmn.kernel.state import Pending, State, Token
from engine.bpmn.plan.shapes import Plan
from engine.bpmn.terms import Status, Wait, WaitKind

_KINDS = {kind.value: kind for kind in WaitKind}
_EMPTY: Mapping[str, object] = {}


def waits(plan: Plan, state: State) -> tuple[Wait, ...]:
    """The waits of a state in the order they arose, as the last outcome gave them; none once it has ended.

    While it is suspended timers have no due moment."""
    if state.status not in (Status.ACTIVE, Status.SUSPENDED):
        return ()
    found: list[tuple[Pending, Token]] = []
    stack = [state.root]
    while stack:
        token = stack.pop()
        found.extend((pending, token) for pending in token.pending)
        stack.extend(token.children.values())
    found.sort(key=lambda each: each[0].id)
    return tuple(_wait(plan, pending, token) for pending, token in found)


def standing(state: State) -> tuple[str, ...]:
    """The elements on which tokens stand, innermost only, in the order they arrived; none once it has ended."""
    return _elements(_innermost(state.root)) if state.status in (Status.ACTIVE, Status.SUSPENDED) else ()


def undoing(state: State) -> tuple[str, ...]:
    """The same, of compensation alone: the handlers that have not done their part."""
    if state.status not in (Status.ACTIVE, Status.SUSPENDED):
        return ()
    return _elements({token.id: token for each in _all(state.root) if each.role == "undo" for token in _innermost(each)}.values())


def _innermost(around: Token) -> Iterator[Token]:
    return (token for token in _all(around) if not token.children)


def _all(around: Token) -> Iterator[Token]:
    """All tokens inside another."""
    stack = list(around.children.values())
    while stack:
        token = stack.pop()
        yield token
        stack.extend(token.children.values())


def _elements(found: Iterable[Token]) -> tuple[str, ...]:
    return tuple(token.element for token in sorted(found, key=lambda each: each.id))


def _wait(plan: Plan, pending: Pending, token: Token) -> Wait:
    node = plan.nodes[pending.element]
    match pending.kind:
        case "human" | "job" | "child":
            detail = {**node.details, **pending.detail} if pending.detail else dict(node.details)
        case "timer":
            event = node.events[pending.index]
            left = 1 if pending.detail is None else pending.detail.get("left", 1)
            detail = {"repeats_left": left, "expression": event.timer.text if event.timer is not None else ""}
        case "message" | "signal":
            detail = _named(plan, pending, token)
        case _:
            detail = {}
    return Wait(str(pending.id), _KINDS[pending.kind], pending.element, pending.due, detail)


def _named(plan: Plan, pending: Pending, token: Token) -> dict[str, object]:
    event = plan.nodes[pending.element].events[pending.index]
    detail: dict[str, object] = {"name": event.name.evaluate(_EMPTY) if event.name is not None else None}
    if pending.kind == "message":
        detail["correlation_key"] = None
        detail["activity_id"] = token.element
    return {**detail, **(pending.detail or {})}
