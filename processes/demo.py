"""The seeded city: offices, people, both services published, and cases at every stage and under every light.

The cases are played through the same doors as real ones, on a clock that starts in the past, so nothing in them is made up."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

from engine.actors import SYSTEM
from engine.casework import catalogue
from engine.clock import VirtualClock
from engine.transaction import Engine
from processes import offices, package, people, player, publish
from processes.connectors.facts import OPERATION, FactsConnector
from processes.library import generate, wallets
from processes.player import Play
from processes.scenarios import settle_in
from processes.simulators.registers import registers

SERVICES = Path(__file__).parent
CASES = SERVICES / "city" / "cases.toml"
Table = Mapping[str, Any]


def load(engine: Engine, *, with_cases: bool = True, items: int = generate.SIZE) -> None:
    """Seeds an empty database; a city that is there already is left as it is. items: services in all, most of them guides."""
    with engine.read(SYSTEM) as tx:
        if catalogue.listing(tx, limit=1).rows:
            return
    settle_in(engine)
    for manifest in sorted(SERVICES.glob("*/manifest.toml")):
        publish.store(engine, package.load(manifest.parent))
    generate.load(engine, items)
    wallets.fill(engine)
    if with_cases:
        for given in _cases():
            _play(engine, given)


def _cases() -> Sequence[Table]:
    return cast(Sequence[Table], tomllib.loads(CASES.read_text("utf-8"))["cases"])


def _play(engine: Engine, given: Table) -> None:
    """One case, begun so many working days ago; time in it never passes the present."""
    clock = VirtualClock(_ago(engine, given))
    sources = registers(partial(_now_of, clock))
    past = replace(engine, clock=clock, sources=sources, connectors={**engine.connectors, OPERATION: FactsConnector(sources)})
    play = Play(past, clock, str(given["item"]), people.person(str(given["applicant"])).actor())
    player.behave(sources, given.get("sources", {}))
    player.apply(play, given.get("answers", {}), f"demo:{given['name']}")
    for step in given.get("steps", ()):
        player.step(play, step)


def _now_of(clock: VirtualClock) -> datetime:
    return clock.now


def _ago(engine: Engine, given: Table) -> datetime:
    """Ten in the morning (or `at`) of the day so many working days before today."""
    office = offices.office("zwfw", engine.settings.zone)
    at = office.local(datetime.now(UTC)).replace(hour=int(given.get("hour", 10)), minute=12, second=0, microsecond=0)
    left = int(given.get("days_ago", 0))
    while left > 0:
        at -= timedelta(days=1)
        left -= 1 if office.calendar.is_workday(at.date()) else 0
    return min(at, datetime.now(UTC) - timedelta(seconds=30))
