"""Durations written on elements: `PT5S`, `PT0.2S`, `P1D`."""

from datetime import timedelta

from engine.feel import compile_expression, to_python


def seconds(text: object, otherwise: float) -> float:
    """Seconds of an ISO 8601 duration; `otherwise` for anything else."""
    if not isinstance(text, str) or not text.startswith(("P", "-P")):
        return otherwise
    value = to_python(compile_expression(f'duration("{text}")').evaluate({}))
    return value.total_seconds() if isinstance(value, timedelta) else otherwise
