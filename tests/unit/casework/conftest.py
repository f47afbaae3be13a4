"""The small city on each database."""

import pytest

from engine.transaction import Engine
from tests.unit.casework.city import open_city


@pytest.fixture
def city(engine: Engine) -> Engine:
    """Two published services, no sources, no channels."""
    return open_city(engine)
