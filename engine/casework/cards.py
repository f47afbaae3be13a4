"""Cards of e-supervision 预警 / 黄牌 / 红牌: issued when a light comes on, never deleted, cancelled with a reason (DOMAIN
2.4)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.calendar.colours import Colour
from engine.casework import access, notices, pages
from engine.casework.pages import Page
from engine.errors import NotFound
from engine.models.base import new_id
from engine.models.cases import cases
from engine.models.clocks import cards
from engine.transaction import Transaction

HELD, ISSUED, DROPPED, CANCELLED = "D", "Y", "C", "Q"
"""待发, 已发, 撤销 before issue, 取消 afterwards (DOMAIN 2.4)."""

LEVELS: Mapping[str, tuple[str, str]] = {
    Colour.WARNING: ("预警", "warning"),
    Colour.YELLOW: ("黄牌", "yellow card"),
    Colour.RED: ("红牌", "red card"),
}

KINDS: Mapping[str, tuple[str, str]] = {
    "pre_acceptance": ("受理时限", "acceptance limit"),
    "supplement": ("补正时限", "supplement limit"),
    "committed": ("承诺时限", "committed limit"),
    "statutory": ("法定时限", "statutory limit"),
    "stage": ("环节时限", "stage limit"),
    "special_procedure": ("特别程序时限", "special procedure"),
    "issuing": ("制证送达时限", "issuing limit"),
    "tolerance": ("容缺补交期限", "time for tolerated papers"),
}


def issue(tx: Transaction, case_no: str, clock: Mapping[str, Any], *, held: Sequence[str] = ()) -> str | None:
    """Issues the card of a clock that has just lit up and tells people; None when this clock has one of this level already.

    held: levels that wait for a supervisor's confirmation before anybody is told (`[supervision] hold` of the manifest)."""
    level = str(clock["colour"])
    has_one = sa.select(cards.c.id).where(cards.c.clock_id == clock["id"], cards.c.level == level)
    if tx.connection.execute(has_one).scalar_one_or_none():
        return None
    level_zh, level_en = LEVELS[level]
    kind_zh, kind_en = KINDS[clock["kind"]]
    card_id = new_id()
    tx.connection.execute(
        cards.insert().values(
            id=card_id,
            case_no=case_no,
            clock_id=clock["id"],
            clock_kind=clock["kind"],
            level=level,
            status=HELD if level in held else ISSUED,
            office=clock["office"],
            issued_at=tx.now,
            due_at=clock["due_at"],
            text_zh=f"办件 {case_no} {kind_zh} {clock['limit']}：{level_zh}",
            text_en=f"Case {case_no}, {kind_en} {clock['limit']}: {level_en}",
            calendar_version=clock["calendar_version"],
        )
    )
    if level in held:
        _ask(tx, case_no, str(clock["office"]), card_id)
    else:
        tell(tx, case_no, str(clock["office"]), level, card_id)
    return card_id


def _ask(tx: Transaction, case_no: str, office: str, card_id: str) -> None:
    to = notices.role("supervisor", office)
    notices.write(tx, to, "card.held", {"case_no": case_no}, case_no=case_no, key=f"card:{card_id}:held")


def tell(tx: Transaction, case_no: str, office: str, level: str, card_id: str) -> None:
    """Whoever holds the case; from yellow on the office's supervisors; red also tells all of them and the city's (DOMAIN 2.4)."""
    recipients = [*notices.holders(tx, case_no)]
    if level in (Colour.YELLOW, Colour.RED):
        recipients.append(notices.role("supervisor", office))
    if level == Colour.RED:
        recipients.append(notices.role("supervisor", access.CITY_OFFICE))
    for to in dict.fromkeys(recipients):
        notices.write(tx, to, f"card.{level}", {"case_no": case_no}, case_no=case_no, key=f"card:{card_id}:{to}")


def listing(
    tx: Transaction, *, case_no: str | None = None, after: str | None = None, limit: int = 50
) -> Page[Mapping[str, object]]:
    """Cards issued, newest first: {id, case_no, level, status, office, issued_at, due_at, text_zh, text_en, cancel_reason}."""
    access.require(tx, "board.view")
    query = sa.select(cards).order_by(cards.c.id.desc()).limit(limit + 1)
    if tx.actor.office != access.CITY_OFFICE and "auditor" not in tx.actor.roles:
        query = query.where(cards.c.office == tx.actor.office)
    if case_no:
        query = query.where(cards.c.case_no == case_no)
    if after:
        query = query.where(cards.c.id < pages.decode(after, 1)[0])
    rows: Sequence[Mapping[str, object]] = tx.rows(query)
    return pages.cut(rows, limit, lambda r: (str(r["id"]),))


def of_case(tx: Transaction, case_no: str) -> tuple[Mapping[str, object], ...]:
    """All cards of a case, oldest first."""
    query = sa.select(cards).where(cards.c.case_no == case_no).order_by(cards.c.id)
    return tuple(tx.rows(query))


def recheck(tx: Transaction, clock: Mapping[str, Any], due_at: datetime | None, version: str) -> None:
    """A later calendar says otherwise of a breach: its standing cards are marked and a supervisor told; nothing is taken back."""
    standing = sa.and_(cards.c.clock_id == clock["id"], cards.c.status.in_((HELD, ISSUED)))
    end = f"{due_at:%Y-%m-%d %H:%M} UTC" if due_at else "—"
    said = {
        "version": version,
        "due_at": due_at.isoformat() if due_at else None,
        "zh": f"按新日历（{version}）复核，截止时刻应为 {end}；如发牌有误请撤牌并说明理由",
        "en": f"By the new calendar ({version}) the limit ends at {end}; cancel the card with a reason if it is wrong",
    }
    marked = tx.connection.execute(cards.update().where(standing).values(recheck=said)).rowcount
    if marked:
        to, case_no = notices.role("supervisor", clock["office"]), clock["case_no"]
        notices.write(tx, to, "card.recheck", {"case_no": case_no}, case_no=case_no, key=f"recheck:{clock['id']}:{version}")


def find(tx: Transaction, card_id: str, action: str) -> Mapping[str, Any]:
    """A card with its case's root, locked, if the actor may do this with it. Raises NotFound."""
    joined = sa.select(cards, cases.c.root_id).join(cases, cases.c.case_no == cards.c.case_no)
    row = tx.row(joined.where(cards.c.id == card_id).with_for_update(of=cards))
    if row is None or not access.may(tx, action, access.About(office=row["office"])):
        raise NotFound(thing=("监察牌", "the card"), key=card_id)
    return row


def change(tx: Transaction, card_id: str, **changes: object) -> None:
    """Stores changes of a card that was found."""
    tx.connection.execute(cards.update().where(cards.c.id == card_id).values(**changes))
