"""What all tables share: one metadata with named constraints, two column types, and ids."""

import os
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime

import orjson
import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class Utc(sa.types.TypeDecorator[datetime]):
    """An aware UTC moment to the microsecond; a naive one is refused where it is written, not where it is read."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Aware UTC on its way in; SQLite keeps no zone, so it is dropped there."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected an aware moment, got the naive {value}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Aware UTC on its way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(sa.types.TypeDecorator[object]):
    """Plain JSON as compact text, the same on both databases; queried columns are columns of their own."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: sa.Dialect) -> str | None:
        """Text on its way in."""
        return None if value is None else orjson.dumps(value, default=_mapping).decode()

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> object:
        """Values on their way out."""
        return None if value is None else orjson.loads(value)


def _mapping(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


_id_lock = threading.Lock()
_last = (0, 0)


def _unlock() -> None:
    """A forked child must not wait for a thread that stayed behind."""
    global _id_lock
    _id_lock = threading.Lock()


os.register_at_fork(after_in_child=_unlock)


def new_id() -> str:
    """A UUIDv7 as 32 hex digits: random, and in the order of time, so that it indexes well without a global sequence.

    Of one process each is greater than the one before, also within a millisecond: what was made first is found first."""
    global _last
    milliseconds = time.time_ns() // 1_000_000
    with _id_lock:
        if milliseconds > _last[0]:
            tail = int.from_bytes(os.urandom(10), "big") >> 7  # one bit is left free for steps
        else:
            milliseconds, tail = _last[0], _last[1] + 1 + int.from_bytes(os.urandom(5), "big")
        _last = (milliseconds, tail)
    value = (milliseconds << 80) | (0x7 << 76) | ((tail >> 62 & 0xFFF) << 64) | (0b10 << 62) | (tail & (1 << 62) - 1)
    return f"{value:032x}"
