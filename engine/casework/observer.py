"""Keeps the case's stage and the tasks' urgency in step with the runtime: the one upward seam."""

from collections.abc import Mapping

from engine.transaction import Transaction


def observe(tx: Transaction, instance: Mapping[str, object], events: tuple[object, ...]) -> None:
    """Called inside every step's transaction with the instance row and the kernel's history of the step."""
    raise NotImplementedError
