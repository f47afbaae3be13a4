"""What a case of a joined service tells the case above it: that it was accepted, that it has ended.

The news is a message, `child.accepted` or `child.ended`, with the key `<parent's number>/<item code>`; it leaves with the
transaction in which it came true and is delivered in one of its own."""

from collections.abc import Mapping
from typing import Any

from engine.bpmn.terms import SendMessage
from engine.casework.states import TERMINAL, CaseState
from engine.runtime import post
from engine.transaction import Transaction

ACCEPTED, ENDED = "child.accepted", "child.ended"
_ACCEPTANCE = frozenset({CaseState.ACCEPTED, CaseState.ACCEPTED_CONDITIONALLY})


def tell(tx: Transaction, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Sends what is news for the case above; nothing for a case that has none."""
    if not after.get("parent_no"):
        return
    state = CaseState(after["state"])
    if state in _ACCEPTANCE:
        _send(tx, after, ACCEPTED)
    elif state in TERMINAL and before["is_open"]:
        _send(tx, after, ENDED)


def _send(tx: Transaction, row: Mapping[str, Any], name: str) -> None:
    child = {"case_no": row["case_no"], "item": row["item_code"], "name": row["item_zh"], "state": str(row["state"])}
    news = {"child": {**child, "outcome": row["outcome"] or "", "result": row["result"]}}
    post.send(tx, row["root_id"], [SendMessage("", name, f"{row['parent_no']}/{row['item_code']}", news)])
