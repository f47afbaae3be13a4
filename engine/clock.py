"""Where the time comes from: the database in service, a hand-set clock in tests and scenarios.

Workers never trust their own clock: one that ran an hour ahead stole live leases and fired timers early."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection, text


class Clock(Protocol):
    """A source of aware UTC moments, read once for each transaction."""

    def read(self, connection: Connection) -> datetime:
        """Aware UTC now."""


class DatabaseClock:
    """The database's own clock, one for all processes."""

    def read(self, connection: Connection) -> datetime:
        """Aware UTC now, by the database; SQLite is in this process, so its clock is this machine's."""
        if connection.dialect.name == "sqlite":
            return datetime.now(UTC)
        moment: datetime = connection.execute(text("select clock_timestamp()")).scalar_one()
        return moment.astimezone(UTC)


class VirtualClock:
    """A clock that stands still until it is moved; for tests and scenarios."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def read(self, connection: Connection) -> datetime:
        """The moment it was set to."""
        return self.now

    def advance(self, by: timedelta) -> datetime:
        """Moves forward and returns the new moment."""
        self.now += by
        return self.now
