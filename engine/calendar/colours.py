"""The lights of e-supervision: when a clock warns, turns yellow and turns red.

A rule says `used >= k units`; since used time is rounded up, that is the moment right after `k - 1` units have passed, so each
light is a due date of its own and a colour is a comparison (DOMAIN 2.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.calendar.arithmetic import due
from engine.calendar.limits import Limit, Mode, Pause
from engine.calendar.office import Office


class Colour(StrEnum):
    """What a light shows; `NO_LIMIT` is never shown as on time."""

    GREEN = "green"
    WARNING = "warning"
    YELLOW = "yellow"
    RED = "red"
    PAUSED = "paused"
    NO_LIMIT = "no_limit"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Rule:
    """When each light comes on, in units relative to a limit: `used >= base + offset`; None: this light is never lit.

    Offsets of warning and yellow count from the committed limit, that of red from the statutory one where there is one."""

    warning: int | None
    yellow: int | None
    red: int | None


CASE = Rule(warning=-2, yellow=1, red=1)
SPECIAL_PROCEDURE = Rule(warning=-1, yellow=1, red=2)
PRE_ACCEPTANCE = Rule(warning=1, yellow=4, red=6)
ISSUING = Rule(warning=None, yellow=1, red=None)
COMPLAINT = Rule(warning=-1, yellow=1, red=2)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The last moment before each light comes on, aware UTC; one second later it is lit."""

    warning_at: datetime | None
    yellow_at: datetime | None
    red_at: datetime | None

    def after(self, now: datetime) -> datetime | None:
        """The next moment at which the light changes, None when it never will."""
        return min((t for t in (self.warning_at, self.yellow_at, self.red_at) if t is not None and t >= now), default=None)


def thresholds(
    office: Office,
    start: datetime,
    committed: Limit,
    statutory: Limit | None = None,
    *,
    rule: Rule = CASE,
    mode: Mode = Mode.DAY,
    pauses: Sequence[Pause] = (),
    extension: Limit | None = None,
    now: datetime | None = None,
) -> Thresholds:
    """The three moments of a clock. extension lengthens both limits. now: needed only while a pause is open."""

    def lit(limit: Limit, offset: int | None) -> datetime | None:
        if offset is None:
            return None
        units = limit.amount + offset - 1
        if units < 0:
            return start
        counted = Limit(units, limit.unit)
        return due(office, start, counted, mode=mode, pauses=pauses, extension=extension, now=now).at

    return Thresholds(lit(committed, rule.warning), lit(committed, rule.yellow), lit(statutory or committed, rule.red))


def colour(lights: Thresholds, now: datetime) -> Colour:
    """The light at a moment: red before yellow before warning."""
    if lights.red_at is not None and now > lights.red_at:
        return Colour.RED
    if lights.yellow_at is not None and now > lights.yellow_at:
        return Colour.YELLOW
    if lights.warning_at is not None and now > lights.warning_at:
        return Colour.WARNING
    return Colour.GREEN
