"""What `now()` and `today()` say: the moment the caller passes in, so that an evaluation can be repeated.

Without one they read this machine's clock, which is for the console only."""

import datetime
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from engine.feel.temporal import DateTime
from engine.feel.temporal_text import format_date
from engine.feel.values import admit


class _Clock(threading.local):
    """The moment of this thread's evaluation, and the zone in which people read it."""

    moment: datetime.datetime | DateTime | None = None
    zone: str | None = None


_clock = _Clock()


@contextmanager
def at(moment: datetime.datetime | DateTime, zone: str | None = None) -> Iterator[None]:
    """Evaluations inside it take place at this aware moment; `today()` is the day in `zone`, else in the moment's own zone."""
    before = _clock.moment, _clock.zone
    _clock.moment, _clock.zone = moment, zone
    try:
        yield
    finally:
        _clock.moment, _clock.zone = before


def today() -> str:
    """The day of the evaluation as ISO text."""
    return format_date(now().date)


def now() -> DateTime:
    """The moment of the evaluation."""
    moment = _clock.moment or datetime.datetime.now(datetime.UTC)
    if isinstance(moment, datetime.datetime) and _clock.zone is not None:
        moment = moment.astimezone(ZoneInfo(_clock.zone))
    admitted = admit(moment)
    if not isinstance(admitted, DateTime):
        raise TypeError("a moment is a datetime")
    return admitted
