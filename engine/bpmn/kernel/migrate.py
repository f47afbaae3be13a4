"""Migration: a state that was made with one plan, moved to another, or the reasons why it cannot be.

Tokens, waits and joins keep their ids, so that human tasks keep their drafts, jobs their leases and timers their due moments.
Nothing is
executed: boundary events and event sub-processes that are gone lose their waits, new ones are armed."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from engine.bpmn.kernel.arming import TimerFailed, arm
from engine.bpmn.kernel.run import Run
from engine.bpmn.kernel.state import Pending, State, Token, Trouble, Undo
from engine.bpmn.plan.shapes import Plan, PlanNode
from engine.errors import Finding, Severity
from engine.feel import moments


def migrate(old: Plan, new: Plan, state: State, mapping: Mapping[str, str], now: datetime) -> State | tuple[Finding, ...]:
    """The state on the new plan, or one finding for each element that cannot move.

    mapping: old element ids to new ones; what is not named keeps its id. now: when new timers start to run."""
    findings = tuple(dict.fromkeys((*_findings(old, new, state.root, mapping), *_kept_work(old, new, state, mapping))))
    if findings:
        return findings
    run = Run(old, state, now, budget=0)
    run.plan = new
    for token in list(run.tokens.values()):
        _rename(new, token, mapping)
    known = frozenset(mapping.get(element, element) for element in old.nodes)
    with moments.at(now, new.zone):
        for token in list(run.tokens.values()):
            failed = _rearm(run, token, known)
            if failed is not None:
                return (failed,)
    troubles = tuple(_trouble(trouble, mapping) for trouble in run.troubles.values())
    return State(state.status, run.next_id, run.root, troubles, state.error, frozenset(run.synchronising))


def proposal(old: Plan, new: Plan) -> dict[str, str]:
    """The mapping that suggests itself: the same id and type, else the only element of the same type and name."""
    found: dict[str, str] = {}
    for node in old.nodes.values():
        same = new.nodes.get(node.id)
        if same is not None and same.type == node.type:
            found[node.id] = node.id
            continue
        alike = [n for n in new.nodes.values() if n.type == node.type and n.name == node.name and n.name]
        if len(alike) == 1:
            found[node.id] = alike[0].id
    return found


def _findings(old: Plan, new: Plan, root: Token, mapping: Mapping[str, str]) -> Iterator[Finding]:
    stack: list[Token] = [root]
    while stack:
        token = stack.pop()
        stack.extend(token.children.values())
        for gateway, flows in (token.joins or {}).items():
            yield from _join(old, new, gateway, flows, mapping)
        if token.parent is not None:
            yield from _element(old, new, token, mapping)


def _kept_work(old: Plan, new: Plan, state: State, mapping: Mapping[str, str]) -> Iterator[Finding]:
    """Work that incidents keep is done again on the new plan, so its elements must be there."""
    for trouble in state.troubles:
        for item in trouble.items:
            was = old.nodes.get(item.node)
            node = new.nodes.get(mapping.get(item.node, item.node))
            if was is not None and (node is None or node.type != was.type):
                yield _cannot(was, "an incident stands open at it", "该环节有未处理的事故")


def _element(old: Plan, new: Plan, token: Token, mapping: Mapping[str, str]) -> Iterator[Finding]:
    was = old.nodes[token.element]
    wanted = mapping.get(was.id, was.id)
    node = new.nodes.get(wanted)
    if node is None:
        yield _cannot(was, f"the new version has no element {wanted}", f"新版本中没有元素“{wanted}”")
        return
    if node.type != was.type or node.work != was.work:
        yield _cannot(
            was, f"{wanted} is a {node.type} and not a {was.type}", f"“{wanted}”的类型是 {node.type}，而不是 {was.type}"
        )
    elif (node.loop and node.loop.kind) != (was.loop and was.loop.kind):
        yield _cannot(was, f"{wanted} repeats in another way", f"“{wanted}”的循环方式不同")
    elif not all(_still_waits(new, p, mapping) for p in token.pending if _is_its_own(old, token, p)):
        yield _cannot(was, f"{wanted} waits for another kind of event", f"“{wanted}”等待的事件类型不同")
    around = _around(new, token, mapping)
    owner = node.scope.owner.id if node.scope.owner is not None else new.process_id
    if token.role not in ("iteration", "undo") and owner != around:
        yield _cannot(was, f"{wanted} lies in {owner} and not in {around}", f"“{wanted}”位于“{owner}”而不是“{around}”之内")


_EVENTS = {"timer": "timer", "message": "message", "signal": "signal", "condition": "conditional"}


def _is_its_own(old: Plan, token: Token, pending: Pending) -> bool:
    """A wait without which the token could not go on: of its element, or of an event behind its gateway."""
    return old.nodes[pending.element].type not in ("boundaryEvent", "startEvent") and token.parent is not None


def _still_waits(new: Plan, pending: Pending, mapping: Mapping[str, str]) -> bool:
    """Whether the same definition of the same catcher is of the same kind in the new version."""
    kind = _EVENTS.get(pending.kind)
    node = new.nodes.get(mapping.get(pending.element, pending.element))
    if kind is None or node is None or (pending.kind == "condition" and node.inner is not None):
        return node is not None
    return pending.index < len(node.events) and node.events[pending.index].kind == kind


def _around(new: Plan, token: Token, mapping: Mapping[str, str]) -> str:
    """The new id of the scope that a token is in."""
    parent = token.parent
    while parent is not None and parent.role == "undo":
        parent = parent.parent
    if parent is None or parent.parent is None:
        return new.process_id
    return mapping.get(parent.element, parent.element)


def _join(old: Plan, new: Plan, gateway: str, flows: Mapping[str, int], mapping: Mapping[str, str]) -> Iterator[Finding]:
    wanted = mapping.get(gateway, gateway)
    node = new.nodes.get(wanted)
    if node is None or node.type != old.nodes[gateway].type:
        yield _cannot(
            old.nodes[gateway],
            f"tokens wait at it and the new version has no such {wanted}",
            f"令牌在此等待，新版本没有“{wanted}”",
        )
        return
    known = {flow.id for flow in node.incoming} | {"", "+"}
    for flow in flows:
        if mapping.get(flow, flow) not in known:
            yield _cannot(
                old.nodes[gateway],
                f"a token came along {flow}, which the new version lacks",
                f"令牌经“{flow}”到达，新版本没有此流",
            )


def _cannot(node: PlanNode, en: str, zh: str) -> Finding:
    return Finding(
        Severity.ERROR,
        "migration.impossible",
        node.id,
        f"{node.name or node.id} cannot move: {en}.",
        f"“{node.name or node.id}”无法迁移：{zh}。",
    )


def _rename(new: Plan, token: Token, mapping: Mapping[str, str]) -> None:
    token.element = new.process_id if token.parent is None else mapping.get(token.element, token.element)
    token.pending = [replace(p, element=mapping.get(p.element, p.element)) for p in token.pending]
    if token.joins is not None:
        token.joins = {
            mapping.get(node, node): {mapping.get(flow, flow): count for flow, count in flows.items()}
            for node, flows in token.joins.items()
        }
    if token.done is not None:
        token.done = [undo for record in token.done if (undo := _undo(new, record, mapping)) is not None]
    todo = (token.data or {}).get("todo")
    if token.data is not None and isinstance(todo, list):
        token.data["todo"] = [mapping.get(str(each), str(each)) for each in todo]


def _undo(new: Plan, record: Undo, mapping: Mapping[str, str]) -> Undo | None:
    """A completed activity that can still be compensated; one that the new version does not know can no longer be."""
    element = mapping.get(record.element, record.element)
    if element not in new.nodes:
        return None
    inner = tuple(undo for each in record.inner if (undo := _undo(new, each, mapping)) is not None)
    return Undo(element, inner, record.variables)


def _rearm(run: Run, token: Token, known: frozenset[str]) -> Finding | None:
    """Drops the waits of catchers that are gone and arms those that are new; a known one without a wait has fired already."""
    node = run.node_of(token)
    catchers: list[PlanNode] = []
    if token.role not in ("iteration", "undo"):
        catchers.extend(node.boundaries)
    interrupted = token.data is not None and "interrupted" in token.data
    if node.inner is not None and token.role not in ("multi", "loop", "undo") and not interrupted:
        catchers.extend(node.inner.event_starts)
    behind = {flow.target.id for flow in node.outgoing} if node.kind == "gateway.event" else set()
    wanted = {catcher.id for catcher in catchers} | behind | {node.id}
    changed = {p.element for p in token.pending if not _still_waits(run.plan, p, {})}
    token.pending = [p for p in token.pending if p.element in wanted and p.element not in changed]
    armed = {p.element for p in token.pending}
    catchers.extend(flow.target for flow in node.outgoing if flow.target.id in behind)
    for catcher in catchers:
        if catcher.id in armed or (catcher.id in known and catcher.id not in changed):
            continue
        seen_from = token if catcher.type == "startEvent" or token.parent is None else token.parent
        try:
            arm(run, token, catcher, seen_from)
        except TimerFailed as failure:
            return _cannot(catcher, f"its timer has no usable time ({failure})", "定时器没有可用的时间")
    return None


def _trouble(trouble: Trouble, mapping: Mapping[str, str]) -> Trouble:
    items = tuple(replace(item, node=mapping.get(item.node, item.node)) for item in trouble.items)
    return replace(trouble, element=mapping.get(trouble.element, trouble.element), items=items)
