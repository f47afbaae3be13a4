"""The service guide 办事指南: what the public reads of an item, and the list of materials for its own situation."""

from collections.abc import Mapping
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
    """The service guide 办事指南: the item, its office's name, its limits in words and the manifest's lists as they stand.

    situations: {key, question, options[{value, label}]}; a material with `when = {key: value}` is needed in that one only."""

    item: Item
    office_name: Words
    committed: Words
    statutory: Words
    basis: tuple[object, ...]
    conditions: tuple[object, ...]
    materials: tuple[object, ...]
    steps: tuple[object, ...]
    faq: tuple[object, ...]
    situations: tuple[object, ...] = ()
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
        situations=manifests.rows(table.get("situations")),
        places=manifests.rows(table.get("places")),
        results=manifests.rows(table.get("results")),
    )


def materials_for(guide: Guide, answers: Mapping[str, str]) -> tuple[object, ...]:
    """个人化材料清单: the materials of a guide in the situation described; an open question leaves all."""
    return tuple(m for m in guide.materials if not isinstance(m, Mapping) or _is_needed(manifests.table(m, "when"), answers))


def _is_needed(when: Mapping[str, object], answers: Mapping[str, str]) -> bool:
    return all(not answers.get(key) or answers[key] == value for key, value in when.items())


def _words_of(limit: object) -> Words:
    if not limit:
        return _NO_LIMIT
    parsed = calendar_limits.parse(str(limit))
    return {"zh": parsed.words("zh"), "en": parsed.words("en")}
