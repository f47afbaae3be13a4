"""DMN: decision models read, decided with reasons, checked before publication, and compared between versions."""

from engine.dmn.check import check
from engine.dmn.model import Decided, Decision, DecisionModel, Reason, read, read_together
from engine.dmn.replay import Change, Recorded, backtest, explain, replay
from engine.dmn.sentences import sentences
from engine.dmn.shown import ShownInput, ShownRow, ShownTable, tables

__all__ = [
    "Change",
    "Decided",
    "Decision",
    "DecisionModel",
    "Reason",
    "Recorded",
    "ShownInput",
    "ShownRow",
    "ShownTable",
    "backtest",
    "check",
    "explain",
    "read",
    "read_together",
    "replay",
    "sentences",
    "tables",
]
