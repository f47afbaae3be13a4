"""Methods and functions of foreign languages that have an exact counterpart in FEEL. The list is closed."""

import re

from engine.bpmn.dialect.tokens import Untranslatable

EMPTY = 'list contains([null, "", []], {0})'
"""Null, an empty string or an empty list; never null itself, whatever the kind of the value."""
_BINARY = {
    "contains": "contains({0}, {1})",
    "includes": "contains({0}, {1})",
    "startsWith": "starts with({0}, {1})",
    "startswith": "starts with({0}, {1})",
    "endsWith": "ends with({0}, {1})",
    "endswith": "ends with({0}, {1})",
    "equals": "({0} = {1})",
    "equalsIgnoreCase": "(lower case({0}) = lower case({1}))",
}
_TRIMMED = r'replace({0}, "^\s+|\s+$", "")'
_UNARY = {
    "toLowerCase": "lower case({0})",
    "lower": "lower case({0})",
    "toUpperCase": "upper case({0})",
    "upper": "upper case({0})",
    "size": "count({0})",
    "length": "string length({0})",
    "isEmpty": EMPTY,
    "toString": "string({0})",
    "intValue": "{0}",
    "longValue": "{0}",
    "doubleValue": "{0}",
    "booleanValue": "{0}",
    "trim": _TRIMMED,
    "strip": _TRIMMED,
}
_TEXTS = frozenset(("toLowerCase", "lower", "toUpperCase", "upper", "toString", "trim", "strip"))
_EXECUTION = frozenset(("execution", "task", "caseExecution"))
_GETTERS = frozenset(("getVariable", "getVariableLocal"))
FUNCTIONS = {
    "len": "count({0})",
    "str": "string({0})",
    "String": "string({0})",
    "int": "round down(number(string({0})), 0)",
    "float": "number(string({0}))",
    "Number": "number(string({0}))",
    "abs": "abs({0})",
    "sum": "sum({0})",
    "now": "now()",
}
"""Functions of foreign languages, with what they are in FEEL."""
_MATH = {"abs": 1, "floor": 1, "max": 2, "min": 2}

METHODS = frozenset(_BINARY) | frozenset(_UNARY)
"""Names that are methods there; without their brackets they mean something else and are refused."""


def call_method(owner: str, name: str, arguments: list[str]) -> tuple[str, bool]:
    """FEEL for `owner.name(arguments)`, and whether it is a string. Raises Untranslatable."""
    if owner in _EXECUTION:
        return _of_execution(name, arguments), False
    if owner == "Math" and _MATH.get(name) == len(arguments):
        return f"{name}({', '.join(arguments)})", False
    if name in _BINARY and len(arguments) == 1:
        return _BINARY[name].format(owner, arguments[0]), False
    if name in _UNARY and not arguments:
        return _UNARY[name].format(owner), name in _TEXTS
    if name == "get" and len(arguments) == 1:
        return _got(owner, arguments[0]), False
    raise Untranslatable(f"{name}()")


def _of_execution(name: str, arguments: list[str]) -> str:
    key = arguments[0].strip('"') if len(arguments) == 1 and re.fullmatch(r'"[^\W\d]\w*"', arguments[0]) else None
    if key and name in _GETTERS:
        return key
    if key and name in ("hasVariable", "hasVariableLocal"):
        return f"({key} != null)"
    raise Untranslatable(f"execution.{name}()")


def _got(owner: str, key: str) -> str:
    if key.isdigit():
        return f"{owner}[{int(key) + 1}]"
    return f"get value({owner}, {key})"


def call_function(name: str, arguments: list[str]) -> str:
    """FEEL for `name(arguments)`. Raises Untranslatable."""
    form = FUNCTIONS.get(name)
    if form is None or form.count("{0}") != len(arguments):
        raise Untranslatable(f"{name}()")
    return form.format(*arguments)
