"""Where an instance stands: its tokens, its variables and its incidents. Opaque outside the kernel.

Between steps nothing here is written: a step works on a copy, so that one state may be continued in many ways (search,
replay)."""

from dataclasses import dataclass, field
from datetime import datetime

from engine.bpmn.terms import Status


@dataclass(frozen=True, slots=True)
class Pending:
    """One wait of a token. element: the node that catches (a boundary or start event, or the token's own). index: which of
    its event definitions. detail: what was evaluated when it was armed."""

    id: int
    element: str
    kind: str
    index: int = 0
    due: datetime | None = None
    detail: dict[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Undo:
    """A completed activity that can be compensated. inner: what completed inside it, and its variables as they were."""

    element: str
    inner: tuple["Undo", ...] = ()
    variables: dict[str, object] | None = None


class Token:
    """A token that stands on an element; one that stands on a sub-process or a loop holds the tokens inside.

    role: '' or what it is to a loop or a compensation (`multi`, `loop`, `iteration`, `undo`). variables: its own scope, None for
    none.
    active: tokens inside, those at joins included. joins: tokens that wait at gateways, by node and flow.
    done: completed activities inside that can be compensated, in order. data: what its element must remember."""

    __slots__ = (
        "active",
        "alive",
        "children",
        "data",
        "done",
        "element",
        "id",
        "joins",
        "parent",
        "pending",
        "role",
        "variables",
    )

    def __init__(self, id: int, element: str, parent: "Token | None", role: str = "") -> None:
        self.id = id
        self.element = element
        self.parent = parent
        self.role = role
        self.alive = True
        self.active = 0
        self.variables: dict[str, object] | None = None
        self.pending: list[Pending] = []
        self.joins: dict[str, dict[str, int]] | None = None
        self.done: list[Undo] | None = None
        self.data: dict[str, object] | None = None
        self.children: dict[int, Token] = {}


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of work that could not be done: the operation, its node, the token it belongs to, and a flow id or a number."""

    op: str
    node: str
    token: int
    extra: str | int | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """An open incident and the work to do again when it is settled."""

    id: int
    element: str
    code: str
    items: tuple[Item, ...] = ()


@dataclass(slots=True)
class State:
    """Where an instance stands; opaque outside the kernel. `encode`/`decode` keep every old format for ever.

    Never written; not declared frozen because that doubles the time it takes to make one, and every step makes one.

    error: code of the BPMN error or word of the end that an ended instance ended with."""

    status: Status
    next_id: int
    root: Token
    troubles: tuple[Trouble, ...] = ()
    error: str | None = None
    inclusive: frozenset[int] = field(default_factory=frozenset)


def copy_tree(root: Token) -> tuple[Token, dict[int, Token]]:
    """A copy of a token and all inside it, that may be written; with an index by id. No recursion: trees may be deep."""
    tokens: dict[int, Token] = {}
    stack: list[tuple[Token, Token | None]] = [(root, None)]
    while stack:
        old, parent = stack.pop()
        new = Token(old.id, old.element, parent, old.role)
        new.active = old.active
        new.pending = old.pending.copy()
        if old.variables is not None:
            new.variables = old.variables.copy()
        if old.joins is not None:
            new.joins = {node: flows.copy() for node, flows in old.joins.items()}
        if old.done is not None:
            new.done = old.done.copy()
        if old.data is not None:
            new.data = old.data.copy()
        tokens[new.id] = new
        if parent is not None:
            parent.children[new.id] = new
        if old.children:
            stack.extend((child, new) for child in reversed(old.children.values()))
    return tokens[root.id], tokens
