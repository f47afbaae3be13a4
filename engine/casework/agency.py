"""Whether an agent may act for somebody now, and whom the notices of their case reach: what every other room asks."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast
from zoneinfo import ZoneInfo

from engine.casework import kept
from engine.models.authorisations import authorisations
from engine.transaction import Transaction


def today(tx: Transaction) -> date:
    """The city's day."""
    return tx.now.astimezone(ZoneInfo(tx.engine.settings.zone)).date()


def holds(row: Mapping[str, Any], day: date) -> bool:
    """Whether an authorisation is accepted, not ended and within its dates."""
    return bool(row["state"] == "accepted" and row["valid_from"] <= day <= row["valid_to"])


def is_agent(tx: Transaction, case: Mapping[str, Any]) -> bool:
    """Whether the actor is the agent of a case, under an authorisation that still holds."""
    if not case.get("agent_id") or case["agent_id"] != tx.actor.id:
        return False
    row = tx.find(authorisations, id=case["authorisation_id"])
    return row is not None and holds(row, today(tx))


def of_actor(tx: Transaction) -> tuple[str, ...]:
    """Ids of the authorisations under which the actor may act today."""
    rows = tx.find_all(authorisations, "id", "state", "valid_from", "valid_to", agent_id=tx.actor.id)
    return tuple(row["id"] for row in rows if holds(row, today(tx)))


def readers(tx: Transaction, case_no: str, to: str) -> tuple[str, ...]:
    """Whom a notice to `to` about a case reaches: the applicant, their agent, or both, as they agreed."""
    case = _parties(tx, case_no)
    if not case.get("authorisation_id") or to != case["account_id"]:
        return (to,)
    row = tx.find(authorisations, id=case["authorisation_id"])
    if row is None or not holds(row, today(tx)):
        return (to,)
    return {"agent": (case["agent_id"],), "principal": (to,)}.get(row["tells"], (to, case["agent_id"]))


def _parties(tx: Transaction, case_no: str) -> Mapping[str, Any]:
    """Applicant and agent of a case, read once for the whole transaction: they never change."""
    key = f"agency.parties:{case_no}"
    if key not in tx.notes:
        tx.notes[key] = kept.case(tx, case_no) or {}
    return cast(Mapping[str, Any], tx.notes[key])
