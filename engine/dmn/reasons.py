"""The reasons of a decision, for those who show them."""

from engine.dmn.model import Reason
from engine.dmn.sentences import sentences

__all__ = ["Reason", "sentences"]
