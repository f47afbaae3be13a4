"""A run: the workbench of one step. Everything here may be written until the step ends, and nothing outlives it.

Work waits in a queue of `(operation, node, token, extra)`: first in, first out, so that parallel branches advance side by side.
Signals thrown inside wait until the branches have come to rest, so that a catcher beside the thrower is always there in time."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime

from engine.bpmn.kernel.state import Item, Pending, State, Token, Trouble, copy_tree
from engine.bpmn.plan.shapes import Formula, Plan, PlanFlow, PlanNode
from engine.bpmn.terms import Effect, Entry, RaiseIncident, ResolveIncident, Status
from engine.feel import to_json

Extra = PlanFlow | int | None
Work = tuple[str, PlanNode, Token, Extra]

_SAFE = 2**53
_entry = tuple.__new__
"""An entry without the detour over its keyword arguments: the kernel makes a million of them a second."""


class Run:
    """One step at work on a copy of the state. watching: conditional events are armed. changed: variables written since
    conditions
    were last looked at."""

    __slots__ = (
        "budget", "changed", "created", "deferred", "effects", "error", "history", "next_id", "now", "plan", "queue", "root",
        "status",
        "synchronising", "tokens", "troubles", "watching",
    )  # fmt: skip

    def __init__(self, plan: Plan, state: State | None, now: datetime, budget: int) -> None:
        self.plan = plan
        self.now = now
        self.budget = budget
        self.queue: deque[Work] = deque()
        self.deferred: deque[Work] = deque()
        self.history: list[Entry] = []
        self.effects: list[Effect] = []
        self.changed: set[str] = set()
        self.created: set[str] = set()
        self.watching = False
        self.error: str | None = None
        if state is None:
            self.root = Token(0, plan.process_id, None)
            self.root.variables = {}
            self.tokens = {0: self.root}
            self.status, self.next_id = Status.ACTIVE, 1
            self.troubles: dict[int, Trouble] = {}
            self.synchronising: set[int] = set()
        else:
            self.root, self.tokens = copy_tree(state.root)
            self.status, self.next_id = state.status, state.next_id
            self.troubles = {trouble.id: trouble for trouble in state.troubles}
            self.synchronising = set(state.inclusive)
            self.watching = any(p.kind == "condition" for token in self.tokens.values() for p in token.pending)

    def new_id(self) -> int:
        """A number used once in the life of the instance."""
        number = self.next_id
        self.next_id = number + 1
        return number

    def open(self, node: PlanNode, parent: Token, role: str = "") -> Token:
        """A token on this node inside `parent`, whose count of active tokens is the caller's business."""
        token = Token(self.new_id(), node.id, parent, role)
        parent.children[token.id] = token
        self.tokens[token.id] = token
        return token

    def close(self, token: Token) -> None:
        """Takes a token away that holds nothing any more."""
        token.alive = False
        token.pending = []
        self.tokens.pop(token.id, None)
        if token.parent is not None:
            token.parent.children.pop(token.id, None)

    def put(self, op: str, node: PlanNode, token: Token, extra: Extra = None) -> None:
        """Work for later in this step."""
        self.queue.append((op, node, token, extra))

    def say(self, kind: str, element_id: str | None, data: Mapping[str, object] | None = None) -> None:
        """One line of history."""
        self.history.append(_entry(Entry, (kind, element_id, data or {})))

    def node_of(self, token: Token) -> PlanNode:
        """The node a token stands on."""
        return self.plan.root if token.parent is None else self.plan.nodes[token.element]

    # --- variables -------------------------------------------------------------------------------------------------

    def value(self, formula: Formula, token: Token, more: Mapping[str, object] | None = None) -> object:
        """The formula's value seen from a token; `more` is seen first."""
        scope = view(token)
        return formula.evaluate({**scope, **more} if more else scope)

    def assign(self, token: Token, name: str, value: object, element_id: str | None = None) -> None:
        """Writes a variable to the nearest scope that has it, else to the process."""
        at: Token | None = token
        while at is not None:
            if at.variables is not None and (name in at.variables or at.parent is None):
                if self.watching and name not in at.variables:
                    self.created.add(name)
                at.variables[name] = value
                break
            at = at.parent
        self.changed.add(name)
        self.history.append(_entry(Entry, ("variable.set", element_id, {name: stored(value)})))

    # --- incidents -------------------------------------------------------------------------------------------------

    def trouble(
        self, node: PlanNode | None, code: str, en: str, zh: str, work: tuple[Work, ...], values: Mapping[str, object]
    ) -> None:
        """Raises an incident; the work is kept to be done again."""
        number = self.new_id()
        element = node.id if node is not None else self.plan.process_id
        items = tuple(Item(op, n.id, t.id, extra.id if isinstance(extra, PlanFlow) else extra) for op, n, t, extra in work)
        self.troubles[number] = Trouble(number, element, code, items)
        shown = {name: stored(value) for name, value in values.items()}
        self.effects.append(RaiseIncident(str(number), element, code, en, zh, shown))
        self.say("incident.raised", element, {"id": str(number), "code": code, "en": en, "zh": zh, "values": shown})

    def settle(self, trouble: Trouble) -> None:
        """Closes an incident."""
        del self.troubles[trouble.id]
        self.effects.append(ResolveIncident(str(trouble.id)))
        self.say("incident.resolved", trouble.element, {"id": str(trouble.id)})

    def arm(self, token: Token, pending: Pending) -> None:
        """Adds a wait to a token."""
        token.pending.append(pending)
        if pending.kind == "condition":
            self.watching = True


def view(token: Token | None) -> Mapping[str, object]:
    """All variables seen from a token, the nearest scope first. The usual case, one scope, copies nothing."""
    if token is not None and token.parent is None and token.variables is not None:
        return token.variables
    found: list[dict[str, object]] = []
    while token is not None:
        if token.variables:
            found.append(token.variables)
        token = token.parent
    if len(found) == 1:
        return found[0]
    merged: dict[str, object] = {}
    for variables in reversed(found):
        merged.update(variables)
    return merged


def stored(value: object) -> object:
    """A value as history keeps it: exact, JSON-ready."""
    kind = type(value)
    if value is None or kind is str or kind is bool or (kind is int and -_SAFE < value < _SAFE):  # type: ignore[operator]  # an int by the test before
        return value
    return to_json(value)
