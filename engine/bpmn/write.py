"""The writer: model in, BPMN XML out.

The stored bytes are the file: whatever a tool wrote, in whichever order and with whichever extensions, comes back as it came in.
A model that was read from bytes is never re-serialised, so nothing can be lost on the way."""

from engine.bpmn.model import Model


def write(model: Model) -> bytes:
    """The BPMN file of a model, byte for byte as it was read."""
    return model.source
