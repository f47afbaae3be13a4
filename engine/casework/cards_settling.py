"""What people do about a card: confirm or drop one that is held, cancel with a reason, appeal, settle the appeal (DOMAIN 2.4).

A card is never deleted. Once every card of a breach that a new calendar denies is cancelled, its clock is counted anew."""

import sqlalchemy as sa

from engine.casework import audit, cards, notices, sla
from engine.casework.cards import CANCELLED, DROPPED, HELD, ISSUED
from engine.errors import Conflict
from engine.models.clocks import cards as card_table
from engine.models.clocks import sla_clocks
from engine.transaction import Transaction


class CardCancelled(Conflict):
    """Expected a card that stands, but it was cancelled before: {reason}."""

    zh = "该监察牌已撤销：{reason}。"


class CardNotHeld(Conflict):
    """Expected a card that waits for confirmation, but it does not; open the list again."""

    zh = "该监察牌不在待确认状态；请刷新列表。"


class AppealedBefore(Conflict):
    """Expected a card without an appeal, but {name} appealed it at {at}; a card is appealed once."""

    zh = "该监察牌已由 {name} 于 {at} 申诉；每张牌只能申诉一次。"


class NothingToSettle(Conflict):
    """Expected a card with an open appeal, but it has none; open the list again."""

    zh = "该监察牌没有待处理的申诉；请刷新列表。"


class OwnAppeal(Conflict):
    """Expected somebody other than {name} to settle the appeal, but {name} made it; ask a colleague."""

    zh = "申诉不能由申诉人 {name} 本人处理；请由其他监管人员处理。"


def confirm(tx: Transaction, card_id: str) -> None:
    """待发 → 已发: the card is issued now, and those concerned are told. Raises NotFound, CardNotHeld."""
    row = cards.find(tx, card_id, "card.confirm")
    if row["status"] != HELD:
        raise CardNotHeld
    cards.change(tx, card_id, status=ISSUED, issued_at=tx.now, settled_by=tx.actor.name)
    audit.write(tx, row["root_id"], "sla.card_confirmed", {"card": card_id, "level": row["level"]})
    cards.tell(tx, row["case_no"], row["office"], row["level"], card_id)


def drop(tx: Transaction, card_id: str, reason: str) -> None:
    """待发 → 撤销: a held card is never issued. Raises NotFound, CardNotHeld."""
    row = cards.find(tx, card_id, "card.confirm")
    if row["status"] != HELD:
        raise CardNotHeld
    cards.change(tx, card_id, status=DROPPED, cancel_reason=reason, cancelled_at=tx.now, settled_by=tx.actor.name)
    audit.write(tx, row["root_id"], "sla.card_dropped", {"card": card_id, "level": row["level"], "reason": reason})
    _let_go(tx, row["clock_id"])


def cancel(tx: Transaction, card_id: str, reason: str) -> None:
    """撤牌: the card stays, marked as cancelled with its reason. Raises NotFound, CardCancelled."""
    row = cards.find(tx, card_id, "card.cancel")
    if row["status"] in (CANCELLED, DROPPED):
        raise CardCancelled(reason=row["cancel_reason"])
    cards.change(tx, card_id, status=CANCELLED, cancel_reason=reason, cancelled_at=tx.now, settled_by=tx.actor.name)
    audit.write(tx, row["root_id"], "sla.card_cancelled", {"card": card_id, "level": row["level"], "reason": reason})
    _let_go(tx, row["clock_id"])


def _let_go(tx: Transaction, clock_id: str) -> None:
    """A breach that the new calendar denies and of which no card stands any more is counted anew: a person has said so."""
    standing = sa.select(card_table.c.id).where(
        card_table.c.clock_id == clock_id, card_table.c.status.in_((HELD, ISSUED)), card_table.c.level != "warning"
    )
    clock = tx.row(sa.select(sla_clocks).where(sla_clocks.c.id == clock_id))
    denied = sa.select(card_table.c.id).where(card_table.c.clock_id == clock_id, card_table.c.recheck.is_not(None))
    if clock is None or clock["stopped_at"] is not None or tx.value(standing) or not tx.value(denied):
        return
    forgiven = sla.rows.store(tx, {**clock, "breached_at": None, "calendar_version": ""})
    sla.rows.project_case(tx, str(forgiven["case_no"]))


def appeal(tx: Transaction, card_id: str, text: str) -> None:
    """The handling unit says why the card is wrong; once for each card. Raises NotFound, CardCancelled, AppealedBefore."""
    row = cards.find(tx, card_id, "card.appeal")
    if row["status"] in (CANCELLED, DROPPED):
        raise CardCancelled(reason=row["cancel_reason"])
    if row["appeal"]:
        raise AppealedBefore(name=row["appeal"]["name"], at=row["appeal"]["at"][:16].replace("T", " "))
    said = {"by": tx.actor.id, "name": tx.actor.name, "text": text, "at": tx.now.isoformat()}
    cards.change(tx, card_id, appeal=said)
    audit.write(tx, row["root_id"], "sla.card_appealed", {"card": card_id, "text": text})
    for to in (notices.role("supervisor", row["office"]), notices.role("supervisor", "zwfw")):
        notices.write(tx, to, "card.appealed", {"case_no": row["case_no"]}, case_no=row["case_no"], key=f"appeal:{card_id}:{to}")


def settle(tx: Transaction, card_id: str, answer: str, *, is_upheld: bool) -> None:
    """撤销 or 维持: a supervisor who did not appeal it answers; an appeal that is upheld cancels the card.

    Raises NotFound, NothingToSettle."""
    row = cards.find(tx, card_id, "card.settle")
    said = row["appeal"]
    if not said or said.get("answered_at"):
        raise NothingToSettle
    if said["by"] in {tx.actor.id, tx.actor.on_behalf_of}:
        raise OwnAppeal(name=tx.actor.name)
    done = {"answer": answer, "answered_by": tx.actor.name, "answered_at": tx.now.isoformat(), "is_upheld": is_upheld}
    cards.change(tx, card_id, appeal={**said, **done})
    audit.write(tx, row["root_id"], "sla.card_settled", {"card": card_id, "answer": answer, "upheld": is_upheld})
    notices.write(tx, said["by"], "card.settled", {"case_no": row["case_no"], "answer": answer}, case_no=row["case_no"])
    if is_upheld:
        cancel(tx, card_id, answer)
