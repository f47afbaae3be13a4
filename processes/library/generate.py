"""A catalogue of the article's size: 7,683 services of 50 units, each a plausible record, stored in bulk in a second or two."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from engine.actors import SYSTEM
from engine.casework import catalogue, library, portal
from engine.casework.supply import elements
from engine.transaction import Engine, Transaction
from processes.library import vocabulary
from processes.library.records import Json, manifest, named
from processes.library.vocabulary import Action, Subject, Unit

SIZE = 7683
"""Services of the city of the article, those with a process among them."""


def load(engine: Engine, total: int = SIZE) -> int:
    """Stores units, licence types, basic catalogue and as many guides as bring the city to `total`; returns how many were added.

    A service that is there already is left as it is; what the city starts for itself is none that anybody counts."""
    with engine.begin(SYSTEM) as tx:
        _put_units(tx)
        elements.put(tx, _elements())
        library.put_entries(tx, [_entry(*row) for row in _basic()])
        known = library.codes(tx)
        wanted = max(0, total - portal.size(tx)[0])
        made = [record for record in _all() if str(record["key"]) not in known][:wanted]
        library.store_guides(tx, made)
    return len(made)


def _put_units(tx: Transaction) -> None:
    for unit in vocabulary.units():
        catalogue.put_office(
            tx,
            unit.key,
            {"zh": unit.zh, "en": unit.en},
            level=unit.level,
            region=unit.region,
            parent=unit.parent,
            credit_code=unit.credit_code,
        )
    library.put_licence_types(tx, vocabulary.words()["licence_types"])


def _elements() -> list[elements.Element]:
    """The standards for data elements, from the table beside this file."""
    bases = cast(dict[str, dict[str, Any]], tomllib.loads((Path(__file__).parent / "elements.toml").read_text("utf-8")))
    return [
        elements.Element(f"{source}.{name}", row[0], row[1], row[2], "", source, base["owner"], (*row, base.get("trust", "A"))[3])
        for source, base in bases.items()
        for name, row in base.items()
        if isinstance(row, list)
    ]


def _basic() -> Iterator[tuple[str, Subject, Action]]:
    """The basic catalogue: (code, subject, action)."""
    numbers: dict[str, int] = {}
    for subject in vocabulary.subjects():
        for action in vocabulary.actions()[subject.kind]:
            yield _entry_code(numbers, action), subject, action
    for unit in dict.fromkeys(subject.unit for subject in vocabulary.subjects()):
        field = vocabulary.words()["themes"].get(unit.theme, (unit.zh, unit.en))
        name = unit.zh.removeprefix("市").removesuffix("局").removesuffix("委员会") if unit.level == "city" else "税务"
        for action in vocabulary.actions()["general"]:
            subject = Subject(unit, name, f"{unit.en} ({field[1].lower()})", "general", False, False, (), ())
            yield _entry_code(numbers, action), subject, action


def _entry_code(numbers: dict[str, int], action: Action) -> str:
    """Twelve symbols: region 44, type, line, main 5, sub 3 (Guangdong's form; opaque to the platform)."""
    numbers[action.task_type] = nth = numbers.get(action.task_type, 0) + 1
    return f"44{action.task_type}{nth:05d}000"


def _entry(code: str, subject: Subject, action: Action) -> Json:
    levels = "|city|county|" if subject.is_district else f"|{subject.unit.level}|"
    name = (named(action.zh, subject.zh), named(action.en, subject.en))
    return {"code": code, "name_zh": name[0], "name_en": name[1], "task_type": action.task_type, "levels": levels}


def _all() -> Iterator[Json]:
    """Everything the state's and the city's units offer, then the districts' share: main actions before the rest."""
    basic = list(_basic())
    for entry, subject, action in basic:
        yield _record(entry, subject, action, subject.unit)
    shared = sorted((row for row in basic if row[1].is_district), key=lambda row: vocabulary.actions()[row[1].kind].index(row[2]))
    for entry, subject, action in shared:
        for district in vocabulary.districts():
            yield _record(entry, subject, action, district)


def _record(entry: str, subject: Subject, action: Action, unit: Unit) -> Json:
    level = {"state": "1", "city": "3", "county": "4"}[unit.level]
    return manifest(subject, action, unit, f"{unit.credit_code}{level}{entry}", entry)
