"""Diagrams for pages: the drawing and, beside it, the outline that says the same in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from engine.bpmn.drawing import Mark, svg
from engine.bpmn.layout import layout
from engine.bpmn.model import Model
from engine.bpmn.outline import Item, outline
from engine.bpmn.read import read
from engine.runtime import listing, plans
from engine.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Drawing:
    """svg: safe markup. items: the outline. marks: what the page says of elements."""

    svg: Markup
    items: tuple[Item, ...]
    marks: Mapping[str, Mark]

    @property
    def names(self) -> Mapping[str, str]:
        """Element id → its words, for links inside the outline."""
        return {item.element_id: item.name or item.element_id for item in self.items}


@lru_cache(maxsize=64)
def _model(source: bytes) -> Model:
    return read(source)


def of_source(source: bytes, process_id: str | None = None, marks: Mapping[str, Mark] | None = None) -> Drawing:
    """The drawing of one diagram file; process_id: whose outline (the first when None)."""
    model = _model(source)
    process = next((p for p in model.processes if p.id == process_id), model.processes[0])
    drawn = svg(layout(model), title=process.name or process.id, marks=marks or {})
    return Drawing(Markup(drawn), outline(process), marks or {})  # noqa: S704 — every word in it is escaped by `svg`


def of_deployment(
    tx: Transaction, deployment_id: str, process_id: str, marks: Mapping[str, Mark] | None = None
) -> Drawing | None:
    """The drawing of a deployed process; None when the deployment has no such process."""
    resource = listing.resource_of(tx, deployment_id, process_id)
    return None if resource is None else of_source(plans.files_of(tx, deployment_id)[resource], process_id, marks)


_MARKS = {"done": Mark("done"), "current": Mark("current"), "trouble": Mark("error", "!")}


def of_instance(tx: Transaction, instance_id: str) -> Drawing | None:
    """The drawing of the process an instance runs, with where its case stands."""
    row = listing.instance(tx, instance_id)
    marks = {element: _MARKS[place] for element, place in listing.places(tx, row["root_id"]).items()}
    return of_deployment(tx, row["deployment_id"], row["process_id"], marks)
