"""Taking tokens away: with everything inside them, their waits, and the work that was still to be done for them."""

from engine.bpmn.kernel.run import Run
from engine.bpmn.kernel.state import Token


def cancel(run: Run, token: Token) -> None:
    """Cancels a token and all inside it. The count of the scope around it is the caller's business."""
    doomed = [token]
    for each in doomed:
        doomed.extend(each.children.values())
    for each in reversed(doomed):
        each.alive = False
        each.pending = []
        run.tokens.pop(each.id, None)
        if each.role not in ("multi", "loop", "undo"):
            run.say("element.cancelled", each.element)
    if token.parent is not None:
        token.parent.children.pop(token.id, None)
    _settle_lost(run)


def clear(run: Run, scope: Token) -> None:
    """Empties a scope: its tokens, those at its joins, and its work in the queue. The scope itself lives on."""
    for child in list(scope.children.values()):
        cancel(run, child)
    scope.active = 0
    scope.joins = None
    for queue in (run.queue, run.deferred):
        kept = [work for work in queue if work[2] is not scope]
        queue.clear()
        queue.extend(kept)
    for trouble in list(run.troubles.values()):
        if any(item.token == scope.id for item in trouble.items):
            run.settle(trouble)


def _settle_lost(run: Run) -> None:
    """Closes incidents whose work belongs to tokens that are gone."""
    for trouble in list(run.troubles.values()):
        if trouble.items and all(item.token not in run.tokens for item in trouble.items):
            run.settle(trouble)
