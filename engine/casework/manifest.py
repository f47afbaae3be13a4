"""What casework reads out of a package's manifest; its shape was checked when the package was read."""

from collections.abc import Mapping

Words = Mapping[str, str]
"""A text in `zh` and `en`."""

DEFAULT_LIMITS: Mapping[str, object] = {"pre_acceptance": "2WD", "supplement": "5WD", "mode": "day"}
"""Pre-acceptance: DOMAIN 2.3 (2 WD, legal cap 5 WD, 行政许可法 art. 32)."""


def table(manifest: Mapping[str, object], name: str) -> Mapping[str, object]:
    """A table of the manifest, empty when it is not there."""
    found = manifest.get(name)
    return found if isinstance(found, Mapping) else {}


def words(value: object) -> Words:
    """A text in both languages; a plain text stands for both."""
    if isinstance(value, Mapping):
        zh = str(value.get("zh") or value.get("en") or "")
        return {"zh": zh, "en": str(value.get("en") or zh)}
    text = "" if value is None else str(value)
    return {"zh": text, "en": text}


def texts(value: object) -> tuple[str, ...]:
    """A list of texts, as a tuple."""
    return tuple(str(v) for v in value) if isinstance(value, list | tuple) else ()


def rows(value: object) -> tuple[object, ...]:
    """A list of tables or texts, as a tuple."""
    return tuple(value) if isinstance(value, list | tuple) else ()


def limits(manifest: Mapping[str, object]) -> Mapping[str, object]:
    """The limits with their legal defaults."""
    return {**DEFAULT_LIMITS, **table(manifest, "limits")}


def text(source: Mapping[str, object], name: str, default: str = "") -> str:
    """A text of a table."""
    value = source.get(name)
    return default if value is None else str(value)


def number(source: Mapping[str, object], name: str, default: int = 0) -> int:
    """A whole number of a table."""
    value = source.get(name, default)
    return value if isinstance(value, int) else int(str(value))


def flag(source: Mapping[str, object], name: str, *, default: bool = False) -> bool:
    """A yes or no of a table."""
    return bool(source.get(name, default))
