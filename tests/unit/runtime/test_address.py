"""Addresses of databases: as PostgreSQL's own tools take them, with several hosts, with our driver."""

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.models import address
from engine.replicas import Replica
from engine.transaction import Engine


def test_several_hosts_are_tried_one_after_the_other() -> None:
    url = address.parse("postgresql://me:word@one:5432,two:5433/city?target_session_attrs=read-write")

    assert url.drivername == "postgresql+psycopg"
    assert (url.username, url.password, url.database) == ("me", "word", "city")
    assert url.query["host"] == ("one:5432", "two:5433")
    assert url.query["target_session_attrs"] == "read-write"


@pytest.mark.parametrize("text", ["sqlite:///a,b.db", "postgresql+psycopg://me@one:5432/city"])
def test_other_addresses_stay_as_they_are(text: str) -> None:
    assert address.parse(text) == sa.make_url(text)


def test_boards_look_at_the_replica_and_at_the_primary_while_it_is_away(engine: Engine) -> None:
    engine.replica = Replica(engine.database)
    with engine.look(SYSTEM) as tx:
        seen = tx.as_of
    engine.replica = Replica(
        sa.create_engine("postgresql+psycopg://nobody@127.0.0.1:9/none", connect_args={"connect_timeout": 2})
    )
    with engine.look(SYSTEM) as tx:
        answered = tx.as_of

    assert seen is not None
    assert answered is None
    assert engine.replica.rests_until > 0
