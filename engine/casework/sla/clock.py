"""One legal clock: what is true of it, and what follows at a moment.

The projection is a pure function of the truth, the office and the moment, so that recomputing is always safe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.calendar import arithmetic, colours
from engine.calendar.colours import Colour, Rule, Thresholds
from engine.calendar.limits import Limit, Mode, Pause, parse
from engine.calendar.office import Office


class ClockKind(StrEnum):
    """What a clock measures (DOMAIN 2.3)."""

    PRE_ACCEPTANCE = "pre_acceptance"
    SUPPLEMENT = "supplement"
    COMMITTED = "committed"
    STATUTORY = "statutory"
    STAGE = "stage"
    SPECIAL_PROCEDURE = "special_procedure"
    ISSUING = "issuing"
    TOLERANCE = "tolerance"


RULES: Mapping[ClockKind, Rule] = {
    ClockKind.PRE_ACCEPTANCE: colours.PRE_ACCEPTANCE,
    ClockKind.SUPPLEMENT: Rule(warning=-1, yellow=1, red=None),
    ClockKind.COMMITTED: colours.CASE,
    ClockKind.STATUTORY: Rule(warning=None, yellow=None, red=1),
    ClockKind.STAGE: Rule(warning=0, yellow=1, red=None),
    ClockKind.SPECIAL_PROCEDURE: colours.SPECIAL_PROCEDURE,
    ClockKind.ISSUING: colours.ISSUING,
    ClockKind.TOLERANCE: Rule(warning=-2, yellow=1, red=None),
}
"""When each light comes on (DOMAIN 2.4). A stage overrun alone is at most yellow; the applicant's own clock never turns red."""

OFFICE_KINDS = (ClockKind.PRE_ACCEPTANCE, ClockKind.COMMITTED, ClockKind.STATUTORY, ClockKind.STAGE)
"""The clocks a special procedure stops (行政许可法 art. 45)."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is never computed: limit texts as `5WD` (empty: none), anchors, pauses, the one extension."""

    kind: ClockKind
    limit: str
    statutory_limit: str
    mode: str
    started_at: datetime
    stopped_at: datetime | None
    pauses: tuple[Mapping[str, object], ...]
    extension: str


@dataclass(frozen=True, slots=True)
class Projection:
    """What follows from a truth at one moment; the names are the columns."""

    due_at: datetime | None
    warning_at: datetime | None
    yellow_at: datetime | None
    red_at: datetime | None
    colour: str
    next_change_at: datetime | None
    calendar_version: str
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class SlaClock:
    """One clock. limit: `5WD`. stage: id of the human task it belongs to, stage_name: its name.
    colour: green | warning | yellow | red | paused | no_limit | stopped.

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
    stage_name: str = ""


def spells(truth: Truth) -> tuple[Pause, ...]:
    """The pauses for the arithmetic."""
    return tuple(_pause(p) for p in truth.pauses)


def _pause(stored: Mapping[str, object]) -> Pause:
    end, declared = stored.get("end"), stored.get("declared")
    return Pause(
        datetime.fromisoformat(str(stored["start"])),
        datetime.fromisoformat(str(end)) if end else None,
        parse(str(declared)) if declared else None,
    )


def is_paused(truth: Truth) -> bool:
    """Whether a pause is open, be it within what was declared or not."""
    return truth.stopped_at is None and any(not p.get("end") for p in truth.pauses)


def project(office: Office, truth: Truth, now: datetime) -> Projection:
    """Dates and colour at `now`; a stopped clock is looked at as of the moment it stopped."""
    if not truth.limit:
        word = Colour.STOPPED if truth.stopped_at else Colour.NO_LIMIT
        return Projection(None, None, None, None, word, None, office.calendar.version, False)
    limit, mode = parse(truth.limit), Mode(truth.mode)
    as_of = truth.stopped_at or now
    pauses, extension = spells(truth), parse(truth.extension) if truth.extension else None
    end = arithmetic.due(office, truth.started_at, limit, mode=mode, pauses=pauses, extension=extension, now=as_of)
    lights = _lights(office, truth, limit, pauses, extension, as_of)
    colour, change = _look(office, truth, pauses, lights, mode, now)
    dates = (end.at, lights.warning_at, lights.yellow_at, lights.red_at)
    return Projection(*dates, colour, change, end.calendar_version, end.provisional)


def _lights(
    office: Office, truth: Truth, limit: Limit, pauses: Sequence[Pause], extension: Limit | None, now: datetime
) -> Thresholds:
    statutory = parse(truth.statutory_limit) if truth.statutory_limit else None
    return colours.thresholds(
        office,
        truth.started_at,
        limit,
        statutory,
        rule=RULES[truth.kind],
        mode=Mode(truth.mode),
        pauses=pauses,
        extension=extension,
        now=now,
    )


def _look(
    office: Office, truth: Truth, pauses: Sequence[Pause], lights: Thresholds, mode: Mode, now: datetime
) -> tuple[str, datetime | None]:
    if truth.stopped_at is not None:
        return Colour.STOPPED, None
    shown = colours.colour(lights, now)
    is_standing, until = _standing(office, pauses, mode, now)
    if not is_standing:
        return shown, lights.after(now)
    # A breach that happened before the pause stays visible; everything else shows that the clock stands still.
    return (shown if shown in (Colour.YELLOW, Colour.RED) else Colour.PAUSED), until


def _standing(office: Office, pauses: Sequence[Pause], mode: Mode, now: datetime) -> tuple[bool, datetime | None]:
    """Whether time stands still now, and until when at most; None = until somebody resumes."""
    open_pauses = [p for p in pauses if p.end is None]
    if not open_pauses:
        return False, None
    ends = [arithmetic.due(office, p.start, p.declared, mode=mode).at if p.declared else None for p in open_pauses]
    if None in ends:
        return True, None
    latest = max(end for end in ends if end is not None)
    return now <= latest, latest


def breach(projection: Projection, now: datetime) -> datetime | None:
    """When a clock that is yellow or red now became so, None when it is neither."""
    if projection.colour == Colour.YELLOW:
        return projection.yellow_at
    if projection.colour == Colour.RED:
        return min((t for t in (projection.yellow_at, projection.red_at) if t is not None), default=now)
    return None
