"""The state as text: compact JSON with a format number; every format ever written is read for ever."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

import orjson

from engine.bpmn.kernel.state import Item, Pending, State, Token, Trouble, Undo
from engine.bpmn.terms import Status
from engine.errors import TooLarge
from engine.feel import from_json, to_json

FORMAT = 1
LARGEST_BYTES = 16 * 1024 * 1024

_KINDS = {"human": "h", "job": "j", "timer": "t", "message": "m", "signal": "s", "condition": "c", "child": "k"}
_NAMES = {letter: kind for kind, letter in _KINDS.items()}
_ROLES = {"": 0, "multi": 1, "loop": 2, "iteration": 3, "undo": 4}
_ROLE_NAMES = {number: role for role, number in _ROLES.items()}

Data = dict[str, object]


def encode(state: State) -> str:
    """The state as compact JSON. Raises TooLarge beyond 16 MiB."""
    data: Data = {"f": FORMAT, "s": state.status.value, "n": state.next_id, "r": _token(state.root)}
    if state.troubles:
        data["i"] = [[t.id, t.element, t.code, [[i.op, i.node, i.token, i.extra] for i in t.items]] for t in state.troubles]
    if state.error is not None:
        data["e"] = state.error
    if state.inclusive:
        data["w"] = sorted(state.inclusive)
    written = orjson.dumps(data)
    if len(written) > LARGEST_BYTES:
        raise TooLarge(thing="the state of an instance", limit=f"{LARGEST_BYTES} bytes", found=f"{len(written)} bytes")
    return written.decode()


def decode(text: str) -> State:
    """The state back."""
    data = cast(Data, orjson.loads(text))
    if data.get("f") != FORMAT:
        raise ValueError(f"unknown format of an instance's state: {data.get('f')!r}")
    troubles = tuple(
        Trouble(number, element, code, tuple(Item(*item) for item in items))
        for number, element, code, items in cast(
            "list[tuple[int, str, str, list[tuple[str, str, int, str | int | None]]]]", data.get("i", [])
        )
    )
    inclusive = frozenset(cast("list[int]", data.get("w", [])))
    error = cast("str | None", data.get("e"))
    return State(Status(str(data["s"])), cast(int, data["n"]), _tree(cast(Data, data["r"])), troubles, error, inclusive)


def _token(root: Token) -> Data:
    """A token with all inside it; without recursion, for trees may be deep."""
    top = _own(root)
    stack = [(root, top)]
    while stack:
        token, data = stack.pop()
        if token.children:
            inside = [(child, _own(child)) for child in token.children.values()]
            data["c"] = [written for _, written in inside]
            stack.extend(inside)
    return top


def _own(token: Token) -> Data:
    data: Data = {"i": token.id, "e": token.element}
    if token.role:
        data["r"] = _ROLES[token.role]
    if token.active:
        data["a"] = token.active
    if token.variables is not None:
        data["v"] = to_json(token.variables)
    if token.pending:
        data["w"] = [_pending(p, token) for p in token.pending]
    if token.joins:
        data["j"] = token.joins
    if token.done:
        data["u"] = [_undo(record) for record in token.done]
    if token.data:
        data["d"] = to_json(token.data)
    return data


def _pending(pending: Pending, token: Token) -> list[object]:
    written: list[object] = [
        pending.id,
        _KINDS[pending.kind],
        0 if pending.element == token.element else pending.element,
        pending.index,
        pending.due.isoformat() if pending.due is not None else 0,
        pending.detail or 0,
    ]
    while len(written) > 2 and written[-1] == 0:
        written.pop()
    return written


def _undo(record: Undo) -> list[object]:
    return [
        record.element,
        [_undo(inner) for inner in record.inner],
        to_json(record.variables) if record.variables is not None else None,
    ]


def _tree(data: Data) -> Token:
    root = _read(data, None)
    stack = [(data, root)]
    while stack:
        written, token = stack.pop()
        for inside in cast("list[Data]", written.get("c", [])):
            child = _read(inside, token)
            token.children[child.id] = child
            stack.append((inside, child))
    return root


def _read(data: Data, parent: Token | None) -> Token:
    token = Token(cast(int, data["i"]), str(data["e"]), parent, _ROLE_NAMES[cast(int, data.get("r", 0))])
    token.active = cast(int, data.get("a", 0))
    if "v" in data:
        token.variables = _values(data["v"])
    token.pending = [_read_pending(cast("list[object]", written), token) for written in cast("list[object]", data.get("w", []))]
    token.joins = cast("dict[str, dict[str, int]] | None", data.get("j"))
    if "u" in data:
        token.done = [_read_undo(cast("list[object]", written)) for written in cast("list[object]", data["u"])]
    if "d" in data:
        token.data = _values(data["d"])
    return token


def _read_pending(written: list[object], token: Token) -> Pending:
    padded = [*written, *[0] * (6 - len(written))]
    number, kind, element, index, due, detail = padded
    return Pending(
        cast(int, number),
        str(element) if element else token.element,
        _NAMES[str(kind)],
        cast(int, index),
        datetime.fromisoformat(str(due)) if due else None,
        cast("dict[str, object] | None", detail or None),
    )


def _read_undo(written: list[object]) -> Undo:
    element, inner, variables = written
    return Undo(
        str(element),
        tuple(_read_undo(cast("list[object]", each)) for each in cast("list[object]", inner)),
        _values(variables) if variables is not None else None,
    )


def _values(data: object) -> dict[str, object]:
    value = from_json(data)
    return dict(value) if isinstance(value, Mapping) else {}
