"""What the steps of a process are called in English: a diagram is drawn in one language and carries the other name beside it."""

from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from engine.bpmn.plan import Plan
from engine.models.definitions import element_names
from engine.transaction import Transaction

PROPERTY = "name.en"
"""Property of an element: its name in English."""
BETWEEN = "、"
"""Stands between the names of steps that a case waits at together."""


def keep(tx: Transaction, definition_id: str, plan: Plan) -> None:
    """Keeps the English names of a version's elements."""
    rows = [{"definition_id": definition_id, **named} for named in _named(plan)]
    if rows:
        tx.insert(element_names, rows)


def _named(plan: Plan) -> Iterator[dict[str, str]]:
    for node in plan.nodes.values():
        properties = (node.details or {}).get("properties")
        english = properties.get(PROPERTY) if isinstance(properties, Mapping) else None
        if english and node.name:
            yield {"element_id": node.id, "name": node.name, "name_en": str(english)}


def english(tx: Transaction) -> Mapping[str, str]:
    """English names by the drawn ones, of all versions; few in any city, since offices name their steps alike."""
    query = sa.select(element_names.c.name, element_names.c.name_en).distinct().order_by(element_names.c.name_en)
    return {row["name"]: row["name_en"] for row in tx.rows(query)}


def translated(stage: str, known: Mapping[str, str]) -> str:
    """A step's name, or several, in English as far as they are known."""
    return ", ".join(known.get(name, name) for name in stage.split(BETWEEN)) if stage else stage
