"""FEEL values outside an evaluation: exact JSON for storage, plain data for display, Python's own types for other rooms."""


def to_json(value: object) -> object:
    """Exact, typed, JSON-ready form: whole numbers, strings, booleans, null, lists and contexts stay plain, other types are
    tagged as `{"$": [tag, text]}`."""
    raise NotImplementedError


def from_json(data: object) -> object:
    """The value that `to_json` stored."""
    raise NotImplementedError


def to_plain(value: object) -> object:
    """JSON-ready form for people and APIs: ISO strings for temporal values, numbers as numbers; types are not recoverable."""
    raise NotImplementedError


def to_python(value: object) -> object:
    """Python's own date, time, datetime, timedelta where they can hold the value exactly, else the FEEL value itself."""
    raise NotImplementedError
