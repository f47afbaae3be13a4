"""Opinions and canned phrases: what officers write, kept by case."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

import sqlalchemy as sa

from engine.models.base import new_id
from engine.models.supervision import opinions as opinion_table
from engine.models.supervision import phrases as phrase_table
from engine.transaction import Transaction


class OpinionType(StrEnum):
    """What an opinion goes with (DOMAIN 3.2)."""

    PASS = "pass"  # noqa: S105  # an approval, not a password
    REJECT = "reject"
    RETURN = "return"
    SUPPLEMENT = "supplement"
    TRANSFER = "transfer"
    DELEGATE = "delegate"
    HAND_BACK = "hand_back"
    COMMENT = "comment"


HOUSE_PHRASES = (
    "材料齐全，符合法定形式，予以受理。",
    "经审查，符合条件，同意。",
    "经现场核查，符合要求。",
    "材料不齐，请补正。",
    "不符合条件，建议不予准予。",
)


def record(tx: Transaction, task: Mapping[str, object], kind: OpinionType, text: str) -> None:
    """Writes an opinion of the actor on a task of a case; nothing for a task that serves no case."""
    if task["business_key"] is None:
        return
    actor = tx.actor
    values = {
        "id": new_id(),
        "case_no": task["business_key"],
        "task_id": task["id"],
        "task_name": task["name"],
        "type": kind,
        "account_id": actor.id,
        "name": actor.name,
        "on_behalf_of": actor.on_behalf_of,
        "text": text,
        "at": tx.now,
    }
    tx.connection.execute(opinion_table.insert().values(**values))


def opinions(tx: Transaction, case_no: str) -> tuple[Mapping[str, object], ...]:
    """All opinions of a case, oldest first: {at, name, on_behalf_of, task_name, type, text}."""
    query = sa.select(opinion_table).where(opinion_table.c.case_no == case_no).order_by(opinion_table.c.at, opinion_table.c.id)
    return tuple(tx.rows(query))


def phrases(tx: Transaction) -> tuple[str, ...]:
    """The actor's canned phrases, or the house's."""
    query = sa.select(phrase_table.c.texts).where(phrase_table.c.account_id == tx.actor.id)
    texts = tx.connection.execute(query).scalar_one_or_none()
    return tuple(map(str, texts)) if isinstance(texts, list) else HOUSE_PHRASES


def save_phrases(tx: Transaction, texts: Sequence[str]) -> None:
    """Replaces the actor's own canned phrases; empty ones are dropped."""
    kept = [text.strip() for text in texts if text.strip()]
    tx.connection.execute(phrase_table.delete().where(phrase_table.c.account_id == tx.actor.id))
    tx.connection.execute(phrase_table.insert().values(account_id=tx.actor.id, texts=kept))
