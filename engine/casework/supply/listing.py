"""All lists of a search as rows, a slice of the database at a time."""

from collections.abc import Iterator

from engine.casework import access, catalogue, search
from engine.casework.supply import rows
from engine.transaction import Transaction

_STEP = 500


def every(tx: Transaction, query: str, filters: search.Filters) -> Iterator[dict[str, str]]:
    """The published lists a search finds, best first."""
    access.require(tx, "item.view")
    codes = search.find(tx, query, filters).codes
    for start in range(0, len(codes), _STEP):
        for item in catalogue.items_of(tx, codes[start : start + _STEP]):
            yield rows.of(item.manifest)
