"""Cases of the DMN compatibility kit as data: read from its XML, and compared as its rules say."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from engine.dmn.xml import child, children
from engine.feel.temporal_text import parse_date, parse_duration, parse_moment, parse_time

_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_NUMBERS = frozenset({"decimal", "double", "integer", "int", "float", "long"})
_TEMPORAL = {"date": parse_date, "time": parse_time, "dateTime": parse_moment, "duration": parse_duration}


@dataclass(frozen=True, slots=True)
class Expected:
    """What one decision should give. is_error: an error, which is null to us."""

    name: str
    expected: object
    is_error: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One test case. service: the decision service to call, '' for decisions. inputs: in the runner's tagged form."""

    id: str
    model: Path
    service: str
    inputs: Mapping[str, object]
    results: Sequence[Expected]

    @property
    def expects_error(self) -> bool:
        """Whether one of its results is an error."""
        return any(result.is_error for result in self.results)


def cases(file: Path) -> Iterator[Case]:
    """The cases of one test file; nothing when the file holds no test cases."""
    root = etree.parse(file, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
    model = child(root, "modelName")
    if model is None or not model.text:
        return
    for node in children(root, "testCase"):
        service = node.get("invocableName", "") if node.get("type") == "decisionService" else ""
        inputs = {each.get("name", ""): _value(each) for each in children(node, "inputNode")}
        results = [_expected(each) for each in children(node, "resultNode")]
        yield Case(node.get("id", ""), file.parent / model.text.strip(), service, inputs, results)


def _expected(node: etree._Element) -> Expected:
    expected = child(node, "expected")
    return Expected(node.get("name", ""), None if expected is None else _value(expected), node.get("errorResult") == "true")


def _value(node: etree._Element) -> object:
    if node.get(_NIL) == "true":
        return None
    if (simple := child(node, "value")) is not None:
        return None if simple.get(_NIL) == "true" else _simple(simple)
    if (items := child(node, "list")) is not None:
        return None if items.get(_NIL) == "true" else [_value(item) for item in children(items, "item")]
    members = {each.get("name", ""): _value(each) for each in children(node, "component")}
    return members or None


def _simple(node: etree._Element) -> object:
    kind, text = node.get(_TYPE, "xsd:string").rpartition(":")[2], node.text or ""
    if kind in _NUMBERS:
        return float(text) if any(sign in text for sign in ".eE") else int(text)
    if kind == "boolean":
        return text.strip() == "true"
    if kind in {"date", "time", "dateTime"}:
        return {"@type": kind, "v": text}
    return {"@type": "duration", "v": text} if "uration" in kind else text


def same(expected: object, found: object) -> bool:
    """Whether the value found is the one expected; numbers within the kit's tolerance."""
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, int | float) and isinstance(found, int | float):
        return math.isclose(expected, found, rel_tol=1e-8, abs_tol=1e-8)
    if isinstance(expected, list):
        return isinstance(found, list) and len(expected) == len(found) and all(map(same, expected, found))
    if isinstance(expected, dict) and isinstance(found, dict):
        if "@type" in expected and "@type" in found:
            return _read(expected) == _read(found)
        return expected.keys() == found.keys() and all(same(value, found[key]) for key, value in expected.items())
    return expected == found


def _read(tagged: Mapping[str, object]) -> object:
    return _TEMPORAL[str(tagged["@type"])](str(tagged["v"]))
