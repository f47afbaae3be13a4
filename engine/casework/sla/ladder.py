"""The escalation ladder: remind → colleagues → head → office, each rung at a moment of working time (DOMAIN 2.4, 3.2).

The rungs hang on the clock's own lights and on its end, and a rung that falls outside office hours waits for the next working
minute, so that nobody is woken and no rung is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.calendar.office import Office
from engine.casework.sla.clock import ClockKind, Projection

WORKING_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Rung:
    """name: holder | colleagues | head | city. after: `warning_at` or `due_at`; hours: working hours later."""

    name: str
    after: str
    hours: float
    zh: str
    en: str


LADDER: Sequence[Rung] = (
    Rung("holder", "warning_at", 0, "提醒经办人", "remind whoever holds it"),
    Rung("colleagues", "due_at", 0, "通知同组同事", "tell the colleagues of the group"),
    Rung("head", "due_at", 4, "报告承办单位负责人", "report to the head of the office"),
    Rung("city", "due_at", 14, "报告市政务服务局", "report to the government-services bureau"),
)
CLIMBING = frozenset({ClockKind.PRE_ACCEPTANCE, ClockKind.COMMITTED, ClockKind.STAGE, ClockKind.ISSUING})
"""The clocks whose ladder people climb; the statutory limit has its red card, the applicant's own clock nobody to push."""


def moment(office: Office, rung: Rung, dates: Mapping[str, object]) -> datetime | None:
    """When a rung is due; None when the clock has no such light. The first working second at or after it."""
    anchor = dates.get(rung.after) or dates.get("due_at")
    if not isinstance(anchor, datetime):
        return None
    position = office.work_second(anchor) + rung.hours * WORKING_HOUR
    return at_work(office, office.moment(position) if rung.hours else anchor + timedelta(seconds=1))


def at_work(office: Office, at: datetime) -> datetime:
    """The moment itself if the office works then, else when it opens next."""
    here = office.work_second(at)
    later = office.moment(here + 1) - timedelta(seconds=1)
    return max(at, later)


def next_due(office: Office, kind: ClockKind, projection: Projection, dates: Mapping[str, object], rung: int) -> datetime | None:
    """When the next rung of a running clock is due; None at the top, while it stands still, or when nobody climbs for it."""
    if kind not in CLIMBING or rung >= len(LADDER) or projection.colour in ("stopped", "no_limit", "paused"):
        return None
    return moment(office, LADDER[rung], dates)
