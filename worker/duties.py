"""What a worker does at each beat; a duty takes due rows by lease and says how many it worked on."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.casework import (
    accounts,
    applications,
    automatic,
    boards,
    calendars,
    destruction,
    entitlement_review,
    entitlements,
    escalation,
    forgetting,
    notices,
    offers,
    parcels,
    retention,
    sla,
    urgency,
)
from engine.runtime import delivering, external, jobs, messages, timers
from engine.transaction import Engine

BATCH = 50


@dataclass(frozen=True, slots=True)
class Duty:
    """One sweep. seconds: between beats. sweep: (engine, worker_id, limit) → rows worked on; a full batch is followed at once.

    is_hasty: also when somebody rings that there is work."""

    name: str
    seconds: float
    sweep: Callable[[Engine, str, int], int]
    is_hasty: bool = False


def _each(sweep: Callable[[Engine, int], int]) -> Callable[[Engine, str, int], int]:
    """A sweep whose rows are locked while it works, so that it needs no worker's name."""
    return lambda engine, worker_id, limit: sweep(engine, limit)


DUTIES: tuple[Duty, ...] = (
    Duty("timers", 0.5, _each(timers.sweep)),
    Duty("jobs", 0.5, jobs.sweep, is_hasty=True),
    Duty("outside", 5.0, _each(external.tend)),
    Duty("messages", 0.5, _each(messages.sweep), is_hasty=True),
    Duty("webhooks", 1.0, _each(delivering.send_due)),
    Duty("old deliveries", 3600.0, _each(delivering.forget)),
    Duty("clocks", 2.0, _each(sla.sweep)),
    Duty("calendar", 2.0, lambda engine, worker_id, limit: limit if calendars.recompute(engine) else 0),
    Duty("escalation", 5.0, _each(escalation.sweep)),
    Duty("rules", 5.0, _each(automatic.sweep)),
    Duty("digests", 60.0, _each(notices.send_digests)),
    Duty("notices", 1.0, _each(notices.send_due)),
    Duty("counters", 5.0, _each(boards.fold)),
    Duty("entitlements", 300.0, _each(entitlement_review.review_due)),
    Duty("payments", 60.0, _each(entitlements.pay_due)),
    Duty("parcels", 30.0, _each(parcels.post_due)),
    Duty("offers", 300.0, _each(offers.lapse)),
    Duty("lists", 600.0, _each(urgency.fill)),
    Duty("drafts", 300.0, _each(applications.expire)),
    Duty("retention", 3600.0, _each(retention.propose)),
    Duty("forgetting", 3600.0, _each(forgetting.forget)),
    Duty("destroyed files", 60.0, _each(destruction.tidy)),
    Duty("sessions", 300.0, _each(accounts.expire)),
)
