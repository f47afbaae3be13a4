"""The reader: BPMN XML in, model out."""

from engine.bpmn.model import Model


def read(source: bytes) -> Model:
    """The model of a BPMN file; raises Invalid when it is no well-formed, harmless BPMN XML."""
    raise NotImplementedError
