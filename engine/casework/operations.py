"""The operations a diagram may call inside its step: acceptance, supplement, decision, licence, entitlement, notice."""

from collections.abc import Mapping

from engine.transaction import Operation

OPERATIONS: Mapping[str, Operation] = {}
