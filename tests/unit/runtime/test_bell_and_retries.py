"""What passes is tried again, what broke is left aside, and who sleeps is woken."""

from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.runtime.bell import Bell
from engine.transaction import Engine, again, is_passing


class _Postgres(Exception):
    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


def _failing(sqlstate: str, times: int) -> tuple[list[int], object]:
    calls: list[int] = []

    def work() -> str:
        calls.append(1)
        if len(calls) <= times:
            raise sa.exc.OperationalError("select 1", None, _Postgres(sqlstate))
        return "done"

    return calls, work


@pytest.mark.parametrize("sqlstate", ["40001", "40P01", "57P01", "08006"])
def test_a_transaction_that_the_database_undid_is_done_again(sqlstate: str) -> None:
    calls, work = _failing(sqlstate, 2)

    assert again(work) == "done"  # type: ignore[arg-type]
    assert len(calls) == 3


def test_what_does_not_pass_is_not_tried_again() -> None:
    calls, work = _failing("23505", 1)

    with pytest.raises(sa.exc.OperationalError):
        again(work)  # type: ignore[arg-type]
    assert len(calls) == 1


def test_a_transaction_is_not_tried_for_ever() -> None:
    calls, work = _failing("40001", 99)

    with pytest.raises(sa.exc.OperationalError):
        again(work)  # type: ignore[arg-type]
    assert len(calls) == 4


def test_a_locked_embedded_database_passes() -> None:
    assert is_passing(sa.exc.OperationalError("begin", None, Exception("database is locked")))
    assert not is_passing(ValueError())


def test_a_commit_that_left_work_rings_the_bell_and_another_does_not(engine: Engine) -> None:
    rung = Event()
    bell = Bell(engine, rung.set)

    with engine.begin(SYSTEM):
        pass
    was_silent = not rung.is_set()
    with engine.begin(SYSTEM) as tx:
        tx.has_more = True
    is_heard = rung.wait(5)
    bell.stop()

    assert was_silent
    assert is_heard


@pytest.mark.postgres
def test_behind_a_pooler_a_bell_rings_and_does_not_listen() -> None:
    from engine.calendar.china import ChinaCalendar
    from engine.runtime import database
    from engine.settings import Settings
    from tests.databases import postgres_url

    url = f"{postgres_url()}{'&' if '?' in postgres_url() else '?'}pooler=transaction"
    engine = Engine(Settings(url, Path()), database.connect(url), ChinaCalendar())
    bell = Bell(engine, lambda: None)

    names = [thread.name for thread in bell._threads]

    bell.stop()
    engine.database.dispose()
    assert names == ["bell-tell"]


@pytest.mark.postgres
def test_a_ring_is_heard_in_another_process() -> None:
    from dataclasses import replace

    from engine.calendar.china import ChinaCalendar
    from engine.runtime import database
    from engine.settings import Settings
    from tests.databases import postgres_url

    url = postgres_url()
    here = Engine(Settings(url, Path()), database.connect(url), ChinaCalendar())
    there = replace(here, database=database.connect(url))
    heard = Event()
    listening, ringing = Bell(there, heard.set), Bell(here)

    for _ in range(50):  # until the other one has begun to listen
        ringing.ring()
        if heard.wait(0.1):
            break
    ringing.stop()
    listening.stop()
    for each in (here, there):
        each.database.dispose()

    assert heard.is_set()
