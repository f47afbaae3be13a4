"""DMN: decision models read, decided with reasons, checked before publication, and compared between versions."""

from engine.dmn.model import Decided, Decision, DecisionModel, Reason, read

__all__ = ["Decided", "Decision", "DecisionModel", "Reason", "read"]
