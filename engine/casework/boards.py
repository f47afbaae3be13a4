"""What supervisors and operators see of the whole: lights, counts, the overdue list; counters are maintained, never counted."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.actors import SYSTEM
from engine.calendar.colours import Colour
from engine.casework import access, cards, cards_settling, case_rows, cases, offices, pages, urgency
from engine.casework.pages import Page
from engine.casework.view import Case
from engine.models.cases import cases as case_table
from engine.models.catalogue import offices as office_table
from engine.models.catalogue import service_items
from engine.models.clocks import sla_clocks
from engine.models.supervision import counter_changes, counters
from engine.transaction import Engine, Transaction

LIT = (Colour.WARNING, Colour.YELLOW, Colour.RED)
_OPEN = (Colour.GREEN, Colour.WARNING, Colour.YELLOW, Colour.RED, Colour.PAUSED, Colour.NO_LIMIT)


@dataclass(frozen=True, slots=True)
class Lights:
    """How many open cases stand at each light; today: by the calendar day of the city's zone."""

    green: int
    warning: int
    yellow: int
    red: int
    paused: int
    no_limit: int
    open: int
    submitted_today: int
    decided_today: int
    automatic_today: int
    handed_over: int


@dataclass(frozen=True, slots=True)
class Group:
    """Lights of one office or one service. key: office key or item code."""

    key: str
    name: Mapping[str, str]
    lights: Lights


@dataclass(frozen=True, slots=True)
class Board:
    """as_of: moment of the counters, a little before now on a read replica. oldest_unswept_at: the earliest light change not yet
    stored; None = all up to date."""

    total: Lights
    by_office: tuple[Group, ...]
    by_item: tuple[Group, ...]
    as_of: datetime
    oldest_unswept_at: datetime | None


def board(tx: Transaction) -> Board:
    """The supervisor's board: the actor's office, or the whole city for supervisors of the government-services bureau."""
    access.require(tx, "board.view")
    found = counted(tx)
    day = str(offices.city(tx).local(tx.now).date())
    return Board(
        total=_lights(list(found.values()), day),
        by_office=_groups(found, 0, _office_names(tx), day),
        by_item=_groups(found, 1, _item_names(tx), day),
        as_of=tx.as_of or tx.now,
        oldest_unswept_at=_unswept(tx),
    )


Counted = Mapping[tuple[str, str], Mapping[str, int]]


def counted(tx: Transaction) -> Counted:
    """(office, item) → measure → n, from the folded counters and the changes not yet folded."""
    both = sa.union_all(
        sa.select(counters.c.office, counters.c.item_code, counters.c.measure, counters.c.n),
        sa.select(counter_changes.c.office, counter_changes.c.item_code, counter_changes.c.measure, counter_changes.c.delta),
    ).subquery()
    query = sa.select(both.c.office, both.c.item_code, both.c.measure, sa.func.sum(both.c.n).label("n"))
    query = query.group_by(both.c.office, both.c.item_code, both.c.measure)
    if not _sees_all(tx):
        query = query.where(both.c.office == tx.actor.office)
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in tx.connection.execute(query):
        found[row.office, row.item_code][row.measure] = int(row.n)
    return found


def _sees_all(tx: Transaction) -> bool:
    return not cases.visible_to(tx)


def _lights(counted: list[Mapping[str, int]], day: str) -> Lights:
    def total(measure: str) -> int:
        return sum(measures.get(measure, 0) for measures in counted)

    shown = {str(light): total(f"light:{light}") for light in _OPEN}
    today = {f"{name}_today": total(f"{name}:{day}") for name in ("submitted", "decided", "automatic")}
    return Lights(**shown, open=sum(shown.values()), **today, handed_over=total("handed_over"))


def _groups(counted: Counted, position: int, names: Mapping[str, Mapping[str, str]], day: str) -> tuple[Group, ...]:
    by_key: dict[str, list[Mapping[str, int]]] = defaultdict(list)
    for key, measures in counted.items():
        by_key[key[position]].append(measures)
    groups = [Group(key, names.get(key, {"zh": key, "en": key}), _lights(found, day)) for key, found in by_key.items()]
    return tuple(sorted(groups, key=lambda g: (-g.lights.red, -g.lights.yellow, -g.lights.warning, g.key)))


def _office_names(tx: Transaction) -> Mapping[str, Mapping[str, str]]:
    return {row.key: {"zh": row.name_zh, "en": row.name_en} for row in tx.connection.execute(sa.select(office_table))}


def _item_names(tx: Transaction) -> Mapping[str, Mapping[str, str]]:
    query = sa.select(service_items.c.code, service_items.c.name_zh, service_items.c.name_en)
    return {row.code: {"zh": row.name_zh, "en": row.name_en} for row in tx.connection.execute(query)}


def _unswept(tx: Transaction) -> datetime | None:
    query = sa.select(sa.func.min(sla_clocks.c.next_change_at)).where(sla_clocks.c.next_change_at < tx.now)
    found: datetime | None = tx.connection.execute(query).scalar_one()
    return found


def alerts(tx: Transaction, *, light: str | None = None, after: str | None = None, limit: int = 50) -> Page[Case]:
    """Open cases that warn, are yellow or red, the longest overdue first."""
    access.require(tx, "board.view")
    wanted = [light] if light else list(LIT)
    key = (case_table.c.due_at, case_table.c.case_no)
    query = sa.select(case_table).where(case_table.c.is_open.is_(True), case_table.c.light.in_(wanted), *cases.visible_to(tx))
    if after:
        at, number = pages.decode(after, 2)
        moment = sa.literal(datetime.fromisoformat(str(at)), case_table.c.due_at.type)
        query = query.where(sa.tuple_(*key) > sa.tuple_(moment, sa.literal(number)))
    rows = tx.rows(query.order_by(*key).limit(limit + 1))
    return pages.cut([case_rows.shown(row) for row in rows], limit, lambda c: (urgency.of(c.due_at).isoformat(), c.case_no))


list_cards = cards.listing
cancel_card = cards_settling.cancel


def fold(engine: Engine, limit: int = 10_000) -> int:
    """Adds the waiting counter changes into the counters and deletes them; returns how many. For the worker.

    Whoever finds changes locked leaves them to the other folder; counters are added to in one order."""
    with engine.begin(SYSTEM) as tx:
        taken = sa.select(counter_changes).order_by(counter_changes.c.id).limit(limit).with_for_update(skip_locked=True)
        sums: dict[tuple[str, str, str], int] = defaultdict(int)
        ids = []
        for row in tx.connection.execute(taken):
            sums[row.office, row.item_code, row.measure] += row.delta
            ids.append(row.id)
        for key in sorted(sums):
            _add(tx, key, sums[key])
        for start in range(0, len(ids), 500):
            tx.connection.execute(counter_changes.delete().where(counter_changes.c.id.in_(ids[start : start + 500])))
        return len(ids)


def _add(tx: Transaction, key: tuple[str, str, str], delta: int) -> None:
    """Also to a counter that another folder has just begun."""
    dialect = postgresql if tx.connection.dialect.name == "postgresql" else sqlite
    new = dialect.insert(counters).values(dict(zip(("office", "item_code", "measure"), key, strict=True)) | {"n": delta})
    keys = list(counters.primary_key)
    tx.connection.execute(new.on_conflict_do_update(index_elements=keys, set_={"n": counters.c.n + new.excluded.n}))
