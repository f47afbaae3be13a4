"""The shape of a manifest: what a service must say of itself before anybody may apply for it."""

from collections.abc import Callable, Iterator, Mapping

from engine.calendar import limits
from engine.casework import special
from engine.errors import Finding, Invalid, Severity
from processes import offices

Check = tuple[str, Callable[[object], bool], str, str]
_MODES = ("day", "elapsed")
_KINDS = ("instant", "committed")
_AUDIENCES = ("personal", "legal", "enterprise")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_words(value: object) -> bool:
    return isinstance(value, Mapping) and _is_text(value.get("zh")) and _is_text(value.get("en"))


def _is_limit(value: object) -> bool:
    try:
        limits.parse(str(value))
    except Invalid:
        return False
    return True


def _is_audience(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(v in _AUDIENCES for v in value)


def _is_special(value: object) -> bool:
    """Kinds of special procedures with what the item says of each: `[special.testing] longest = "15WD", approved = true`."""
    return isinstance(value, Mapping) and all(kind in special.KINDS and _is_term(terms) for kind, terms in value.items())


def _is_term(value: object) -> bool:
    if not isinstance(value, Mapping) or not {*value} <= {"longest", "approved"}:
        return False
    return _is_limit(value.get("longest", "1WD")) and isinstance(value.get("approved", False), bool)


_REQUIRED: tuple[Check, ...] = (
    ("key", _is_text, "a key such as elder-allowance", "标识，如 elder-allowance"),
    ("item.code", _is_text, "the item's code", "事项编码"),
    ("item.name", _is_words, "a name in zh and en", "中英文名称"),
    ("item.summary", _is_words, "a summary in zh and en", "中英文简介"),
    ("item.audience", _is_audience, "personal, legal or both", "personal、legal 或两者"),
    ("item.office", lambda v: v in offices.table(), "the key of an office of the city", "本市单位标识"),
    ("item.kind", lambda v: v in _KINDS, "instant or committed", "instant 或 committed"),
    ("process.id", _is_text, "the id of the process to start", "启动的流程 id"),
)
_OPTIONAL: tuple[Check, ...] = (
    *(
        (f"limits.{name}", _is_limit, "a limit such as 5WD", "时限，如 5WD")
        for name in ("pre_acceptance", "committed", "statutory", "supplement", "extension", "issuing", "tolerance")
    ),
    ("limits.mode", lambda v: v in _MODES, "day or elapsed", "day 或 elapsed"),
    (
        "special",
        _is_special,
        'kinds such as [special.testing] longest = "15WD", approved = true',
        "特别程序种类，如 [special.testing]",
    ),
    ("licence.name", _is_words, "a name in zh and en", "中英文名称"),
    ("archive.years", lambda v: isinstance(v, int) and 0 <= v <= 1000, "a number of years, 0 for ever", "保管年数，0 为永久"),
    ("item.fee_fen", lambda v: isinstance(v, int) and v >= 0, "a whole number of fen", "以分计的整数"),
    ("item.visits", lambda v: isinstance(v, int) and v >= 0, "a whole number", "整数"),
)


_PARTS: tuple[Check, ...] = (
    ("key", _is_text, "a key such as shared-parts", "标识，如 shared-parts"),
    ("parts.name", _is_words, "a name in zh and en", "中英文名称"),
)


def _is_keys(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


_ANY: tuple[Check, ...] = (("needs", _is_keys, "a list of package keys", "服务包标识的列表"),)


def check(manifest: Mapping[str, object]) -> None:
    """Raises Invalid with a finding for each value that is missing or of the wrong kind.

    A package of parts names no item: others call its processes; `trial` says as what item its own scenarios try them."""
    required = _PARTS if is_parts(manifest) else _REQUIRED
    findings = [*_look(manifest, required, required=True), *_look(manifest, (*_OPTIONAL, *_ANY), required=False)]
    if findings:
        raise Invalid(findings=findings)


def is_parts(manifest: Mapping[str, object]) -> bool:
    """Whether a package only offers processes that others call."""
    return "parts" in manifest


def needs(manifest: Mapping[str, object]) -> tuple[str, ...]:
    """Keys of the packages it calls."""
    found = manifest.get("needs")
    return tuple(map(str, found)) if isinstance(found, list) else ()


def trial(manifest: Mapping[str, object]) -> Mapping[str, object]:
    """The manifest under which scenarios try a package: its own, or that of its trial item."""
    found = manifest.get("trial")
    return found if is_parts(manifest) and isinstance(found, Mapping) else manifest


def _look(manifest: Mapping[str, object], checks: tuple[Check, ...], *, required: bool) -> Iterator[Finding]:
    for path, is_right, en, zh in checks:
        value = _at(manifest, path)
        if (value is not None or required) and not is_right(value):
            said = (f"The manifest's {path} must be {en}; found {value!r}.", f"清单的 {path} 应为{zh}，实际为 {value!r}。")
            yield Finding(Severity.ERROR, "manifest.value", path, *said)


def _at(manifest: Mapping[str, object], path: str) -> object:
    value: object = manifest
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
