"""Text of FEEL: string literals."""

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(text: str) -> str:
    """A FEEL string literal."""
    return '"' + "".join(_ESCAPES.get(sign, sign) for sign in text) + '"'
