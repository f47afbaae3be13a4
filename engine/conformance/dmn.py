"""The engine as the DMN compatibility kit's runner asks for it: values tagged, files found beside the one that imports them.

It knows how the runner writes values and nothing of its cases."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from lxml import etree

from engine.dmn import DecisionModel, read
from engine.feel import numbers
from engine.feel.temporal import Date, DateTime, Duration, Time, YearMonth
from engine.feel.temporal_text import format_temporal, parse_date, parse_duration, parse_moment, parse_time
from engine.feel.values import admit

_READERS = {"date": parse_date, "time": parse_time, "dateTime": parse_moment, "duration": parse_duration}
_TAGS: dict[type, str] = {Date: "date", Time: "time", DateTime: "dateTime", Duration: "duration", YearMonth: "duration"}


class Engine:
    """Loads one model at a time and evaluates its decisions and services."""

    def __init__(self) -> None:
        self._model: DecisionModel | None = None

    def load(self, model: Mapping[str, object]) -> None:
        """Reads the file at `path`; files it imports lie in the same folder."""
        path = Path(str(model["path"]))
        siblings = {_namespace(other): other.read_bytes() for other in sorted(path.parent.glob("*.dmn")) if other != path}
        self._model = read(path.read_bytes(), siblings, lenient=True)

    def decision(self, name: str, inputs: Mapping[str, object]) -> object:
        """The decision's value, tagged."""
        return self._decide(name, inputs)

    def service(self, name: str, inputs: Mapping[str, object], result: str) -> object:
        """The service's value, or the output decision `result` of several, tagged."""
        value = self._decide(name, inputs)
        return value[result] if isinstance(value, dict) and "@type" not in value and result in value else value

    def _decide(self, name: str, inputs: Mapping[str, object]) -> object:
        if self._model is None:
            raise ValueError("no model is loaded")
        return tagged(self._model.decision(name).decide({key: untagged(value) for key, value in inputs.items()}).value)


def _namespace(path: Path) -> str:
    try:
        root = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
    except etree.XMLSyntaxError:
        return ""
    return str(root.get("namespace", ""))


def untagged(value: object) -> object:
    """A FEEL value from the runner's form."""
    if isinstance(value, dict) and "@type" in value:
        text = str(value["v"])
        reader = _READERS.get(str(value["@type"]))
        return reader(text) if reader is not None else text
    if isinstance(value, dict):
        return {key: untagged(item) for key, item in value.items()}
    if isinstance(value, list):
        return [untagged(item) for item in value]
    return admit(value)


def tagged(value: object) -> object:
    """The runner's form of a FEEL value; values it has no form for (ranges, functions) as text."""
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, dict):
        return {key: tagged(item) for key, item in value.items()}
    if isinstance(value, list):
        return [tagged(item) for item in value]
    if type(value) in _TAGS:
        return {"@type": _TAGS[type(value)], "v": format_temporal(cast(Date, value))}
    return float(numbers.text(value)) if numbers.is_number(value) else str(value)
