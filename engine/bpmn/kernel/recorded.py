"""Events as JSON and back: what history keeps of each step, enough to do it again."""

from collections.abc import Mapping
from dataclasses import MISSING, fields

from engine.bpmn import terms
from engine.bpmn.kernel.run import stored
from engine.bpmn.terms import Event
from engine.feel import from_json, to_json

_TYPES: Mapping[str, type] = {
    each.__name__: each
    for each in (
        terms.Start,
        terms.Complete,
        terms.Throw,
        terms.Fire,
        terms.Deliver,
        terms.SetVariables,
        terms.Cancel,
        terms.Move,
        terms.Retry,
        terms.Suspend,
        terms.Resume,
        terms.AddInstance,
        terms.RemoveInstance,
    )
}
_FIELDS = {name: tuple(f.name for f in fields(each)) for name, each in _TYPES.items()}
_NEEDED = {name: frozenset(f.name for f in fields(t) if f.default is f.default_factory is MISSING) for name, t in _TYPES.items()}
"""Fields that have no value of their own: recorded also when empty, for they are asked for when the event is read again."""


def encode_event(event: Event) -> dict[str, object]:
    """The event as small JSON: its type, and what is not empty."""
    name = type(event).__name__
    data: dict[str, object] = {"event": name}
    for field in _FIELDS[name]:
        value = getattr(event, field)
        if value or field in _NEEDED[name]:
            data[field] = _values(value) if field == "variables" else list(value) if isinstance(value, tuple) else value
    return data


def _values(variables: Mapping[str, object]) -> object:
    """Variables as exact JSON; the usual ones, plain texts and small numbers, without the detour."""
    return to_json(dict(variables)) if "$" in variables else {name: stored(value) for name, value in variables.items()}


def decode_event(data: Mapping[str, object]) -> Event:
    """The event back. Raises KeyError when history names no event."""
    name = str(data["event"])
    values: dict[str, object] = {key: value for key, value in data.items() if key != "event"}
    if "variables" in values:
        values["variables"] = from_json(values["variables"])
    for key in ("cancel_wait_ids", "target_element_ids", "cancel_incident_ids"):
        given = values.get(key)
        if isinstance(given, list):
            values[key] = tuple(given)
    event: Event = _TYPES[name](**values)
    return event
