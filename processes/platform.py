"""The one place where a platform is wired: database, clock, offices, casework, sources and connectors."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from urllib.parse import parse_qs, unquote, urlsplit

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.calendar.china import ChinaCalendar
from engine.casework import notice_settings
from engine.casework.observer import observe
from engine.casework.topics import OPERATIONS
from engine.clock import Clock, DatabaseClock
from engine.ports import AttributeSource, NotificationChannel
from engine.replicas import Replica
from engine.runtime import database
from engine.settings import Settings
from engine.transaction import Engine
from processes import offices
from processes.connectors import facts, joined
from processes.connectors.files import FileStore
from processes.connectors.inbox import LogChannel
from processes.connectors.mail import SmsChannel, SmtpChannel
from processes.connectors.posting import SafePoster
from processes.simulators.hands import SimulatedCourier, SimulatedSigner
from processes.simulators.registers import registers


def build(settings: Settings) -> Engine:
    """A platform on the settings' database with the simulated city around it."""
    sources = registers(_now)
    for source in sources.values():
        source.behaviour.seconds, source.behaviour.failure_rate = settings.simulated_seconds, settings.simulated_failures
    engine = wire(settings, database.connect(settings.database_url), DatabaseClock(), sources)
    if settings.replica_url:
        engine.replica = Replica(database.connect(settings.replica_url))
    return engine


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
        poster=SafePoster.for_networks(settings.webhook_networks),
        observers=(observe,),
        offices=office,  # type: ignore[arg-type]  # partial keeps its function's type only for the eye
    )
    return connect(engine)


def connect(engine: Engine) -> Engine:
    """The same platform with connectors that ask its own sources and open cases on it."""
    made = replace(engine)
    made.channels = {**engine.channels, **_outside(made)}
    made.connectors = {facts.OPERATION: facts.FactsConnector(engine.sources), joined.OPERATION: joined.JoinedConnector(made)}
    return made


def _outside(engine: Engine) -> dict[str, NotificationChannel]:
    """Mail and SMS as far as the settings name a server."""
    settings, found = engine.settings, dict[str, NotificationChannel]()
    if settings.smtp_url:
        at = urlsplit(settings.smtp_url)
        sender = parse_qs(at.query).get("from", ["tongban@localhost"])[0]
        sign_in = {"user": unquote(at.username or ""), "password": unquote(at.password or "")}
        found["mail"] = SmtpChannel(at.hostname or "localhost", at.port or 25, sender, _reach(engine, "email"), **sign_in)
    if settings.sms_url:
        found["sms"] = SmsChannel(settings.sms_url, settings.sms_token, _reach(engine, "phone"))
    return found


def _reach(engine: Engine, field: str) -> Callable[[str], str | None]:
    def reach(account_id: str) -> str | None:
        with engine.read(SYSTEM) as tx:
            return str(getattr(notice_settings.of(tx, account_id), field)) or None

    return reach


def _now() -> datetime:
    return datetime.now(UTC)
