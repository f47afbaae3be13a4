"""Standards for data elements 数据元: name, kind, owner and trust grade of each attribute of a shared base."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine.casework import access
from engine.models.library import data_elements
from engine.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Element:
    """code: source and attribute, `population.birth_date`. owner: office that answers for it. trust: A..D (DOMAIN 2.7)."""

    code: str
    name_zh: str
    name_en: str
    kind: str
    format: str
    source: str
    owner: str
    trust: str


def put(tx: Transaction, found: Sequence[Element]) -> int:
    """Adds standards; those the city has are left as they are. Returns how many were added."""
    known = set(tx.connection.execute(sa.select(data_elements.c.code)).scalars())
    fresh = [{name: getattr(e, name) for name in Element.__dataclass_fields__} for e in found if e.code not in known]
    if fresh:
        tx.connection.execute(data_elements.insert(), [{**row, "changed_at": tx.now} for row in fresh])
    return len(fresh)


def standards(tx: Transaction) -> tuple[Element, ...]:
    """All standards by source."""
    access.require(tx, "item.view")
    rows = tx.rows(sa.select(data_elements).order_by(data_elements.c.code))
    return tuple(Element(**{name: row[name] for name in Element.__dataclass_fields__}) for row in rows)


def change(tx: Transaction, code: str, *, owner: str, trust: str) -> None:
    """Another owner or trust grade of a standard."""
    access.require(tx, "item.publish")
    values = {"owner": owner, "trust": trust, "changed_at": tx.now}
    tx.connection.execute(data_elements.update().where(data_elements.c.code == code).values(**values))


def of_codes(tx: Transaction, codes: Sequence[str]) -> Mapping[str, Element]:
    """Some standards by code."""
    rows = tx.rows(sa.select(data_elements).where(data_elements.c.code.in_(codes)))
    return {row["code"]: Element(**{name: row[name] for name in Element.__dataclass_fields__}) for row in rows}
