"""Scripts of one or more assignments in JavaScript, Groovy or Python, statement by statement to FEEL assignments."""

import re

from engine.bpmn.dialect.foreign import to_feel
from engine.bpmn.dialect.text import quoted
from engine.bpmn.dialect.tokens import Untranslatable

_ASSIGN = re.compile(r"(?:(?:var|let|const|def|int|String|boolean)\s+)?([^\W\d]\w*)\s*([-+*/]?)=(?!=)\s*(.+)", re.S)
_COUNT = re.compile(r"([^\W\d]\w*)\s*(\+\+|--)")
_SET = re.compile(r"execution\.setVariable(?:Local)?\(\s*(['\"])([^\W\d]\w*)\1\s*,\s*(.+)\)", re.S)
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")
MAX_STATEMENTS = 100


def to_assignments(source: str, language: str = "") -> str:
    """One FEEL assignment a line. Raises Untranslatable when a statement is anything but an assignment."""
    statements = [each for each in _statements(source, is_python="python" in language.lower()) if each]
    if not statements or len(statements) > MAX_STATEMENTS:
        raise Untranslatable("script")
    return "\n".join(_assignment(each) for each in statements)


def _assignment(statement: str) -> str:
    if found := _COUNT.fullmatch(statement):
        return f"{found[1]} = {found[1]} {found[2][0]} 1"
    if found := _SET.fullmatch(statement):
        return f"{found[2]} = {to_feel(found[3])}"
    if (found := _ASSIGN.fullmatch(statement)) is None:
        raise Untranslatable(statement)
    name, sign, value = found.groups()
    return f"{name} = {name} {sign} ({to_feel(value)})" if sign else f"{name} = {to_feel(value)}"


def _statements(source: str, *, is_python: bool) -> list[str]:
    """Split at `;` and line ends outside strings; comments dropped: `//` is one everywhere but in Python, where it divides."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"\0{len(kept) - 1}\0"

    masked = re.sub(r"#[^\n]*" if is_python else r"(?://|#)[^\n]*", "", _STRING.sub(keep, source))
    parts = [part.strip() for part in re.split(r"[;\n]", masked)]
    return [re.sub(r"\0(\d+)\0", lambda m: kept[int(m[1])], part) for part in parts]


def template(source: str) -> str:
    """FEEL for text with `${…}` or `#{…}` in it: the expression alone, or a concatenation. Raises Untranslatable."""
    parts: list[str] = []
    at = 0
    while at < len(source):
        start = min((i for i in (source.find("${", at), source.find("#{", at)) if i >= 0), default=len(source))
        if start > at:
            parts.append(quoted(source[at:start]))
        if start == len(source):
            break
        end = _closing(source, start + 2)
        inner = to_feel(source[start + 2 : end])
        parts.append(inner if start == 0 and end == len(source) - 1 else f"string({inner})")
        at = end + 1
    return " + ".join(parts)


def _closing(source: str, at: int) -> int:
    """The index of the bracket that closes an expression; brackets inside strings do not count."""
    depth = 0
    while at < len(source):
        sign = source[at]
        if sign in "\"'" and (found := _STRING.match(source, at)):
            at = found.end()
            continue
        if sign == "}" and depth == 0:
            return at
        depth += (sign == "{") - (sign == "}")
        at += 1
    raise Untranslatable("}")
