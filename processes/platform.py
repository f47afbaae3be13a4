"""The one place where a platform is wired: database, clock, offices, casework, sources and connectors."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import sqlalchemy as sa

from engine.calendar.china import ChinaCalendar
from engine.casework.observer import observe
from engine.casework.topics import OPERATIONS
from engine.clock import Clock, DatabaseClock
from engine.ports import AttributeSource
from engine.runtime import database
from engine.settings import Settings
from engine.transaction import Engine
from processes import offices
from processes.connectors import facts, joined
from processes.connectors.files import FileStore
from processes.connectors.inbox import LogChannel
from processes.simulators.hands import SimulatedCourier, SimulatedSigner
from processes.simulators.registers import registers


def build(settings: Settings) -> Engine:
    """A platform on the settings' database with the simulated city around it."""
    sources = registers(_now)
    for source in sources.values():
        source.behaviour.seconds, source.behaviour.failure_rate = settings.simulated_seconds, settings.simulated_failures
    return wire(settings, database.connect(settings.database_url), DatabaseClock(), sources)


def wire(settings: Settings, opened: sa.Engine, clock: Clock, sources: Mapping[str, AttributeSource]) -> Engine:
    """The same over any database, clock and sources; for scenarios and tests."""
    office: Callable[[str], object] = partial(offices.office, zone=settings.zone)
    engine = Engine(
        settings,
        opened,
        ChinaCalendar(),
        clock=clock,
        operations=OPERATIONS,
        sources=sources,
        channels={"log": LogChannel()},
        documents=FileStore(settings.data_dir / "documents"),
        courier=SimulatedCourier(),
        signer=SimulatedSigner(),
        observers=(observe,),
        offices=office,  # type: ignore[arg-type]  # partial keeps its function's type only for the eye
    )
    return connect(engine)


def connect(engine: Engine) -> Engine:
    """The same platform with connectors that ask its own sources and open cases on it."""
    made = replace(engine)
    made.connectors = {facts.OPERATION: facts.FactsConnector(engine.sources), joined.OPERATION: joined.JoinedConnector(made)}
    return made


def _now() -> datetime:
    return datetime.now(UTC)
