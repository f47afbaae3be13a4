"""Places for requests that wait for their own outside calls: few in all, fewer for one service and connector.

A web process has so many threads. Without this the requests of one slow service would hold all of them for two seconds each, and
every other page would queue behind; whoever finds no place answers 202, and a worker does the very same step."""

import threading
from collections import Counter
from collections.abc import Collection

IN_ALL, OF_ONE_LANE = 20, 16
"""The web server has 24 threads beside those of streams and long polls: four wait for nobody, eight not for one service alone."""
MOMENT = 0.2
"""So long, in seconds, somebody looks for a place: quick calls give theirs back sooner than that."""
_taken: Counter[str] = Counter()
_change = threading.Condition()
_ALL = ""


def take(lanes: Collection[str]) -> bool:
    """Whether there was a place; it is given back by `leave` with the same lanes."""
    with _change:
        if not _change.wait_for(lambda: _has_room(lanes), timeout=MOMENT):
            return False
        _taken.update([_ALL, *lanes])
        return True


def leave(lanes: Collection[str]) -> None:
    """Gives a place back."""
    with _change:
        _taken.subtract([_ALL, *lanes])
        for lane in [lane for lane in lanes if _taken[lane] <= 0]:
            del _taken[lane]
        _change.notify_all()


def _has_room(lanes: Collection[str]) -> bool:
    return _taken[_ALL] < IN_ALL and all(_taken[lane] < OF_ONE_LANE for lane in lanes)
