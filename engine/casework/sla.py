"""The legal clock as rows: limit, anchors, pauses and extension are the truth; every date and colour is a projection.

Independent of diagram timers; a breached record is never silently rewritten (DOMAIN 2.3, 2.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from engine.calendar.explain import Step
from engine.errors import Conflict
from engine.ports import WorkingCalendar
from engine.transaction import Engine, Transaction


class ClockKind(StrEnum):
    """What a clock measures (DOMAIN 2.3)."""

    PRE_ACCEPTANCE = "pre_acceptance"
    SUPPLEMENT = "supplement"
    COMMITTED = "committed"
    STATUTORY = "statutory"
    STAGE = "stage"
    SPECIAL_PROCEDURE = "special_procedure"
    ISSUING = "issuing"


class ClockStopped(Conflict):
    """Expected a running clock, but it was stopped at {at}."""

    zh = "时钟已于 {at} 停止，不能再操作。"


class ExtendedBefore(Conflict):
    """Expected a limit that was never extended, but it was extended by {extension}; the law allows one extension."""

    zh = "该时限已延长过 {extension}；依法只能延长一次。"


class ExtensionTooLate(Conflict):
    """Expected the extension before the limit ended at {due_at}, but it is asked for afterwards; the case is overdue."""

    zh = "时限已于 {due_at} 届满，逾期后不能再办理延期。"


@dataclass(frozen=True, slots=True)
class SlaClock:
    """One clock. limit: `5WD`. colour: green | warning | yellow | red | paused | no_limit | stopped.

    remaining: units left, negative when over, None without limit; unit: WD | ND | WH | NH.
    pauses: {start, end, declared, reason}. is_provisional: reaches into a year whose calendar is not yet published."""

    id: str
    case_no: str
    kind: ClockKind
    stage: str
    office: str
    limit: str
    statutory_limit: str
    mode: str
    started_at: datetime
    stopped_at: datetime | None
    pauses: tuple[Mapping[str, object], ...]
    extension: str
    due_at: datetime | None
    warning_at: datetime | None
    yellow_at: datetime | None
    red_at: datetime | None
    colour: str
    remaining: float | None
    unit: str
    next_change_at: datetime | None
    breached_at: datetime | None
    calendar_version: str
    is_provisional: bool
    is_paused: bool


def start(
    tx: Transaction,
    case_no: str,
    kind: ClockKind,
    limit: str,
    *,
    office: str,
    statutory_limit: str = "",
    mode: str = "day",
    stage: str = "",
    started_at: datetime | None = None,
) -> SlaClock:
    """Starts a clock at `started_at` (now). limit: `5WD`, or empty: no limit, shown as such and never as on time."""
    raise NotImplementedError


def of_case(tx: Transaction, case_no: str) -> tuple[SlaClock, ...]:
    """All clocks of a case, oldest first, colours as of now."""
    raise NotImplementedError


def stop(tx: Transaction, case_no: str, kind: ClockKind, *, stage: str = "") -> SlaClock | None:
    """Stops the running clock of this kind; None when there is none. The colour it ended with stays in `breached_at`."""
    raise NotImplementedError


def pause(tx: Transaction, case_no: str, reason: str, *, declared: str = "") -> tuple[SlaClock, ...]:
    """Pauses the office's clocks of a case. declared: what the applicant was told; an overrun counts again (行政许可法 art. 45)."""
    raise NotImplementedError


def resume(tx: Transaction, case_no: str) -> tuple[SlaClock, ...]:
    """Ends the open pause of the office's clocks."""
    raise NotImplementedError


def extend(tx: Transaction, case_no: str, extension: str, *, approver: str, reason: str) -> tuple[SlaClock, ...]:
    """Extends committed and statutory limit once, before they end; the applicant is told (行政许可法 art. 42)."""
    raise NotImplementedError


def explain(tx: Transaction, clock_id: str) -> tuple[Step, ...]:
    """How the date was computed, day by day; each Step has first, last, zh, en. Raises NotFound."""
    raise NotImplementedError


def sweep(engine: Engine, limit: int = 200, *, worker_id: str = "worker", lease: timedelta = timedelta(seconds=30)) -> int:
    """Takes clocks whose light changes now, stores colour and next change, writes card, notice and history; returns how many."""
    raise NotImplementedError


def recompute_all(engine: Engine, calendar: WorkingCalendar, *, batch: int = 1000) -> int:
    """Projects all open clocks anew after the calendar changed, in small transactions; breached records keep their card."""
    raise NotImplementedError


def preview(tx: Transaction, office: str, limit: str, *, start_at: datetime, extension: str = "") -> Sequence[datetime]:
    """(due,) for a page that shows what a date would be."""
    raise NotImplementedError
