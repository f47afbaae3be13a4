"""The service guide 办事指南: what the public reads of an item; what one person needs of it is in `situations`."""

from dataclasses import dataclass

from engine.calendar import limits as calendar_limits
from engine.casework import catalogue
from engine.casework import manifest as manifests
from engine.casework.catalogue import Item
from engine.casework.manifest import Words
from engine.transaction import Transaction

_NO_LIMIT: Words = {"zh": "无时限", "en": "no limit"}
_AT_ONCE: Words = {"zh": "即时办结", "en": "at once"}


@dataclass(frozen=True, slots=True)
class Guide:
    """The service guide 办事指南: the item, its office's name, its limits in words and the manifest's lists as they stand."""

    item: Item
    office_name: Words
    committed: Words
    statutory: Words
    basis: tuple[object, ...]
    conditions: tuple[object, ...]
    materials: tuple[object, ...]
    steps: tuple[object, ...]
    faq: tuple[object, ...]
    places: tuple[object, ...] = ()
    results: tuple[object, ...] = ()


def guide(tx: Transaction, code: str) -> Guide:
    """The service guide. Raises NotFound."""
    found = catalogue.item(tx, code)
    table = manifests.table(found.manifest, "item")
    return Guide(
        item=found,
        office_name=catalogue.office_name(tx, found.office),
        committed=_AT_ONCE if found.kind == "instant" else _words_of(found.limits.get("committed")),
        statutory=_words_of(found.limits.get("statutory")),
        basis=manifests.rows(table.get("basis")),
        conditions=manifests.rows(table.get("conditions")),
        materials=manifests.rows(table.get("materials")),
        steps=manifests.rows(table.get("steps")),
        faq=manifests.rows(table.get("faq")),
        places=manifests.rows(table.get("places")),
        results=manifests.rows(table.get("results")),
    )


def _words_of(limit: object) -> Words:
    if not limit:
        return _NO_LIMIT
    parsed = calendar_limits.parse(str(limit))
    return {"zh": parsed.words("zh"), "en": parsed.words("en")}
