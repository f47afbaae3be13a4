"""A read replica for boards: a copy of the database that may be some seconds behind, and is done without when it is away."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

REST_SECONDS = 10.0
"""How long a replica that did not answer is not asked again, so that one that is away costs one time-out and not one a page."""
_MOMENTS = sa.text(
    "select clock_timestamp(), case when not pg_is_in_recovery() or (exists (select 1 from pg_stat_wal_receiver)"
    " and pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()) then clock_timestamp() else pg_last_xact_replay_timestamp() end"
)


@dataclass(slots=True)
class Replica:
    """database: of the replica. rests_until: by this process's monotonic clock."""

    database: sa.Engine
    rests_until: float = 0.0

    def connection(self) -> sa.Connection | None:
        """An open connection; None while the replica is away: then the primary answers."""
        if time.monotonic() < self.rests_until:
            return None
        try:
            return self.database.connect()
        except sa.exc.DBAPIError:
            self.rests_until = time.monotonic() + REST_SECONDS
            return None


def moments(connection: sa.Connection) -> tuple[datetime, datetime]:
    """Now, and the moment of what this replica shows: now when it has replayed all and is still connected to its primary."""
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC), datetime.now(UTC)
    now, as_of = connection.execute(_MOMENTS).one()
    return now.astimezone(UTC), (as_of or now).astimezone(UTC)
