"""What an instant case still waits for: the sources being asked, how often, and since when; honest progress for who waits."""

from dataclasses import dataclass
from datetime import timedelta

import orjson
import sqlalchemy as sa

from engine.casework import case_rows
from engine.models.tasks import human_tasks
from engine.models.work import jobs
from engine.transaction import Transaction

_FACTS = "facts.fetch"


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing the case waits for. source: a shared base, empty for another operation. attempts: made so far."""

    source: str
    attempts: int
    is_stuck: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """elapsed: since the application was submitted. asked: what has not answered yet."""

    elapsed: timedelta
    asked: tuple[Asked, ...]


def of_case(tx: Transaction, case_no: str) -> Waiting | None:
    """What the applicant's undecided case waits for without a person; None when somebody has it or nothing is asked.

    Raises NotFound."""
    row = case_rows.allowed(tx, case_no, "case.view_own")
    if not row["is_open"] or row["outcome"]:
        return None
    with_person = sa.select(human_tasks.c.id).where(human_tasks.c.root_id == row["root_id"], human_tasks.c.state == "open")
    if tx.value(with_person.limit(1)) is not None:
        return None
    found = tx.rows(sa.select(jobs).where(jobs.c.root_id == row["root_id"]).order_by(jobs.c.created_at, jobs.c.id).limit(20))
    asked = tuple(Asked(_source(job["operation"], job["input"]), job["attempts"], job["state"] == "incident") for job in found)
    return Waiting(tx.now - row["submitted_at"], asked) if asked else None


def _source(operation: str, given: str) -> str:
    values = orjson.loads(given) if operation == _FACTS else {}
    return str(values.get("source", "")) if isinstance(values, dict) else ""
