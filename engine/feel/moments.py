"""What `now()` and `today()` say: the moment the caller passes in, so that an evaluation can be repeated.

Without one they read this machine's clock, which is for the console only."""

import datetime
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from engine.feel.temporal import DateTime
from engine.feel.values import admit


class _Clock(threading.local):
    """The moment of this thread's evaluation."""

    moment: datetime.datetime | None = None


_clock = _Clock()


@contextmanager
def at(moment: datetime.datetime) -> Iterator[None]:
    """Evaluations inside it take place at this aware moment; `today()` is the day in the moment's own zone."""
    before, _clock.moment = _clock.moment, moment
    try:
        yield
    finally:
        _clock.moment = before


def now() -> DateTime:
    """The moment of the evaluation."""
    moment = admit(_clock.moment or datetime.datetime.now(datetime.UTC))
    if not isinstance(moment, DateTime):
        raise TypeError("a moment is a datetime")
    return moment
