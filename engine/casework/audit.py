"""Case events in the runtime's own history chain: one chain, one truth (DESIGN 12)."""

from collections.abc import Mapping

from engine.transaction import Transaction


def write(tx: Transaction, case_no: str, root_id: str, kind: str, data: Mapping[str, object]) -> None:
    """Appends a `case.*`, `sla.*`, `document.*` … row to the case's chain."""
    raise NotImplementedError
