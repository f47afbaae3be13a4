"""A district takes over what the city offers: the same entry of the basic catalogue, its own office, place and promise."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import sqlalchemy as sa

from engine.casework import catalogue, library
from engine.casework.supply import drafting
from engine.casework.supply.drafting import ItemDraft
from engine.casework.supply.rows import of
from engine.errors import Conflict, NotFound
from engine.models.catalogue import offices, service_items
from engine.transaction import Transaction

_DIGITS = {"state": "1", "province": "2", "city": "3", "county": "4", "town": "5"}


class AlreadyLocal(Conflict):
    """Expected a service that {office} does not offer yet, but it does as {code}; change that one."""

    zh = "{office} 已有该事项（{code}）；请直接修改。"


def localise(tx: Transaction, code: str, office: str) -> ItemDraft:
    """A draft of the service for another unit: same conditions, materials and links, its own division, place and code.

    Raises NotFound, AlreadyLocal, NotYours."""
    source = catalogue.item(tx, code)
    unit = tx.row(sa.select(offices).where(offices.c.key == office))
    if unit is None:
        raise NotFound(thing=("单位", "the office"), key=office)
    entry = str(source.record.get("catalog_code") or source.code)
    same = sa.and_(service_items.c.entry == entry, service_items.c.office == office)
    taken = tx.value(sa.select(service_items.c.code).where(same))
    if taken is not None:
        raise AlreadyLocal(office=(unit["name_zh"], unit["name_en"]), code=taken)
    if not source.record.get("catalog_code"):
        _enter(tx, source, entry, unit["level"])
    made = _record(source.manifest, unit, entry)
    made_draft = drafting.propose(tx, of(made), base=made)
    assert made_draft is not None
    return made_draft


def _enter(tx: Transaction, source: catalogue.Item, entry: str, level: str) -> None:
    """What several units offer has an entry in the basic catalogue; a service of the city alone had none."""
    kind = str(source.record.get("task_type") or "20")
    names = {"name_zh": source.name["zh"], "name_en": source.name["en"]}
    library.put_entries(tx, [{"code": entry, **names, "task_type": kind, "levels": f"|{source.level}|{level}|"}])


def _record(source: Mapping[str, object], unit: Mapping[str, Any], entry: str) -> dict[str, Any]:
    made: dict[str, Any] = deepcopy({name: source[name] for name in ("item", "limits") if name in source})
    code = f"{unit['credit_code'] or unit['key']}{_DIGITS.get(unit['level'], '9')}{entry}"[:36]
    own = {"code": code, "task_code": code, "office": unit["key"], "level": unit["level"], "region": unit["region"]}
    own |= {"use_level": _DIGITS.get(unit["level"], "9"), "catalog_code": entry, "guided_by": made["item"].get("office")}
    hall = {"zh": f"{unit['name_zh'].removesuffix('人民政府')}行政服务大厅综合窗口", "en": f"{unit['name_en']}: service hall"}
    hours = {"zh": "工作日 9:00–12:00，14:00–18:00", "en": "Working days 9–12, 14–18"}
    own["places"] = [{"name": hall, "hours": hours, "phone": "12345"}]
    own["links"] = [{**link, "unit": unit["key"]} for link in made["item"].get("links", ())]
    return {"key": code, **made, "item": {**made["item"], **own}}
