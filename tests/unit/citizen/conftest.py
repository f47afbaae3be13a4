"""The demo city's own services around the tests of the citizen's side, on each database, without seeded cases."""

from dataclasses import replace

import pytest

from engine.clock import VirtualClock
from engine.transaction import Engine
from processes import needs, package, platform, publish
from processes.needs import SERVICES
from processes.scenarios import settle_in
from processes.simulators.registers import registers


def wired(engine: Engine, clock: VirtualClock, *keys: str) -> Engine:
    """A platform on the engine's database with these services and what they need."""
    settings = replace(engine.settings, demo=True, secret_key="test", drain_seconds=1.0)
    made = platform.wire(settings, engine.database, clock, registers(lambda: clock.now))
    settle_in(made)
    for key in keys:
        found = package.load(SERVICES / key)
        for each in (*needs.of(found), found):
            publish.store(made, each)
    return made


@pytest.fixture
def town(engine: Engine, clock: VirtualClock) -> Engine:
    """高龄津贴 and 差评整改, with everybody who lives and works in the demo city."""
    return wired(engine, clock, "bad-review")
