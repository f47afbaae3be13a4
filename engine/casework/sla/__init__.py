"""The legal clock as rows: limit, anchors, pauses and extension are the truth; every date and colour is a projection.

Independent of diagram timers; a breached record is never silently rewritten (DOMAIN 2.3, 2.4)."""

from engine.casework.sla import rows
from engine.casework.sla.clock import ClockKind, SlaClock
from engine.casework.sla.commands import (
    ClockStopped,
    ExtendedBefore,
    ExtensionTooLate,
    explain,
    extend,
    of_case,
    pause,
    preview,
    resume,
    start,
    start_many,
    steps_of,
    stop,
)
from engine.casework.sla.sweep import recompute_all, sweep

__all__ = [
    "ClockKind",
    "ClockStopped",
    "ExtendedBefore",
    "ExtensionTooLate",
    "SlaClock",
    "explain",
    "extend",
    "of_case",
    "pause",
    "preview",
    "recompute_all",
    "resume",
    "rows",
    "start",
    "start_many",
    "steps_of",
    "stop",
    "sweep",
]
