"""The portal's memory of a person: favourites, and services that follow from what the person holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from engine.casework import access, catalogue, licences, search
from engine.casework.catalogue import Item
from engine.casework.manifest import Words
from engine.models.catalogue import service_items
from engine.models.library import favourites
from engine.transaction import Transaction

_SOON = timedelta(days=60)
_MOST = 60
"""Favourites a person may keep."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A service for this person, and why: because of a licence held, or one that runs out."""

    item: Item
    why: Words


def mark(tx: Transaction, code: str, *, is_on: bool) -> None:
    """Keeps or drops a favourite of the acting person. Raises NotFound for a service that is not there."""
    access.require(tx, "application.write", access.About(owners=frozenset({tx.actor.id})))
    found = catalogue.item(tx, code)
    mine = sa.and_(favourites.c.account_id == tx.actor.id, favourites.c.item_code == found.code)
    tx.connection.execute(favourites.delete().where(mine))
    if is_on and len(_codes(tx)) < _MOST:
        tx.connection.execute(favourites.insert().values(account_id=tx.actor.id, item_code=found.code, at=tx.now))


def is_marked(tx: Transaction, code: str) -> bool:
    """Whether the acting person keeps this service."""
    return code in _codes(tx)


def _codes(tx: Transaction) -> Sequence[str]:
    mine = sa.select(favourites.c.item_code).where(favourites.c.account_id == tx.actor.id)
    return tx.connection.execute(mine.order_by(favourites.c.at.desc()).limit(_MOST)).scalars().all()


def marked(tx: Transaction) -> tuple[Item, ...]:
    """The acting person's favourites, newest first."""
    return catalogue.items_of(tx, _codes(tx))


def for_you(tx: Transaction, limit: int = 4) -> tuple[Suggestion, ...]:
    """为您推荐: what becomes of the licences the person holds; those that run out soon first."""
    found: dict[str, Suggestion] = {}
    audience = "personal" if tx.actor.kind == "citizen" else "legal"
    for held in sorted(licences.wallet(tx), key=lambda held: str(held.valid_to or "9")):
        why = _why(tx, held)
        for item in _about(tx, held, audience):
            found.setdefault(item.name["zh"], Suggestion(item, why))
    return tuple(found.values())[:limit]


def _about(tx: Transaction, held: licences.Licence, audience: str) -> tuple[Item, ...]:
    """The service that issued it, and what the catalogue offers under its name."""
    hits = search.find(tx, held.name["zh"], search.Filters(audience=audience), is_folded=True)
    return catalogue.items_of(tx, [code for code in hits.codes if code != held.item_code][:2])


def _why(tx: Transaction, held: licences.Licence) -> Words:
    name = held.name
    if held.valid_to is not None and held.valid_to - tx.now.date() <= _SOON:
        return {
            "zh": f"您的{name['zh']}将于 {held.valid_to} 到期",
            "en": f"Your {name['en'].lower()} runs out on {held.valid_to}",
        }
    return {"zh": f"您持有{name['zh']}", "en": f"You hold: {name['en'].lower()}"}


def size(tx: Transaction) -> tuple[int, int]:
    """(services, services that can be applied for here); for the home page."""
    found = search.find(tx, "", search.Filters())
    return found.total, found.counts.get(("online", True), 0)


def districts_of(tx: Transaction, entry: str) -> tuple[tuple[str, str], ...]:
    """(office, code) of each district that offers an entry of the basic catalogue."""
    if not entry:
        return ()
    same = sa.and_(
        service_items.c.entry == entry, service_items.c.level == "county", service_items.c.published_version.is_not(None)
    )
    rows = tx.connection.execute(
        sa.select(service_items.c.office, service_items.c.code).where(same).order_by(service_items.c.region)
    )
    return tuple((row.office, row.code) for row in rows)
