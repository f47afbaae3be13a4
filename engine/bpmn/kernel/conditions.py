"""Conditional events: looked at again after each change of variables, and triggered when they turn from not true to true."""

from dataclasses import replace

from engine.bpmn.kernel.run import Run
from engine.bpmn.kernel.state import Pending, Token


def look_again(run: Run) -> None:
    """Triggers what has become true, before anything else goes on."""
    changed, created = run.changed.copy(), run.created.copy()
    run.changed.clear()
    run.created.clear()
    armed = [(token, p) for token in run.tokens.values() for p in token.pending if p.kind == "condition"]
    run.watching = bool(armed)
    for token, pending in armed:
        if _turned_true(run, token, pending, changed, created):
            run.queue.appendleft(("trigger", run.plan.nodes[pending.element], token, pending.id))


def _turned_true(run: Run, token: Token, pending: Pending, changed: set[str], created: set[str]) -> bool:
    node = run.plan.nodes[pending.element]
    detail = pending.detail or {}
    event = node.events[pending.index] if node.inner is None else None
    if event is not None and event.on:
        changed = created if event.on == ("create",) else changed - created
    if "watched" in detail:
        return detail["watched"] in changed
    if node.inner is not None:
        formula, seen_from = node.inner.completion, token
    else:
        formula = node.events[pending.index].condition
        seen_from = token if node.type in ("startEvent", "intermediateCatchEvent") or token.parent is None else token.parent
    only = event.variable if event is not None else None
    if only is not None and only not in changed:
        return False
    is_true = formula is not None and run.value(formula, seen_from) is True
    if only is not None:
        return is_true
    if is_true == detail.get("was"):
        return False
    token.pending[token.pending.index(pending)] = replace(pending, detail={"was": is_true})
    return is_true
