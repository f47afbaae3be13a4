"""Case events in the runtime's own history chain: one chain, one truth (DESIGN 12).

A case opens before its instance exists; what happens in that moment is part of the first event written after the start."""

from collections.abc import Mapping

from engine.runtime import history
from engine.transaction import Transaction


def write(tx: Transaction, root_id: str, kind: str, data: Mapping[str, object]) -> None:
    """Appends a `case.*`, `sla.*`, `document.*` … row to the case's chain; data: JSON-ready, no identity numbers."""
    history.append(tx, root_id, kind, data)
