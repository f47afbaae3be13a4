"""What `now()` and `today()` say: the moment the caller passes in, so that an evaluation can be repeated.

Without one they read this machine's clock, which is for the console only."""

import datetime
import threading
from zoneinfo import ZoneInfo

from engine.feel import limits
from engine.feel.temporal import DateTime
from engine.feel.temporal_text import format_date
from engine.feel.values import admit


class _Clock(threading.local):
    """The moment of this thread's evaluation, and the zone in which people read it."""

    moment: datetime.datetime | DateTime | None = None
    zone: str | None = None


_clock = _Clock()


class at:  # noqa: N801  reads as a word: `with moments.at(now)`
    """Evaluations inside it take place at this aware moment; `today()` is the day in `zone`, else in the moment's own zone.

    A class and no generator: every step of every case passes here."""

    __slots__ = ("_before", "_here")

    def __init__(self, moment: datetime.datetime | DateTime, zone: str | None = None) -> None:
        self._here = moment, zone
        self._before: tuple[datetime.datetime | DateTime | None, str | None] = (None, None)

    def __enter__(self) -> None:
        self._before = _clock.moment, _clock.zone
        _clock.moment, _clock.zone = self._here

    def __exit__(self, *_: object) -> None:
        _clock.moment, _clock.zone = self._before


def today() -> str:
    """The day of the evaluation as ISO text."""
    return format_date(now().date)


def now() -> DateTime:
    """The moment of the evaluation."""
    moment = _clock.moment or limits.machine_clock()
    if isinstance(moment, datetime.datetime) and _clock.zone is not None:
        moment = moment.astimezone(ZoneInfo(_clock.zone))
    admitted = admit(moment)
    if not isinstance(admitted, DateTime):
        raise TypeError("a moment is a datetime")
    return admitted
