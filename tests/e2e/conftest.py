"""A city and a browser for each test process; skipped with a clear word where there is no Chromium."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.city import CHROMIUM, FLAGS, City, Person, arrive

Arrive = Callable[..., Person]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium of this machine."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: install the package `chromium` to run the browser tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def city(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """The seeded city, started as `make run` starts it."""
    running = City(tmp_path_factory.mktemp("city"))
    yield running
    running.stop()


@pytest.fixture
def person(browser: Browser, city: City) -> Iterator[Arrive]:
    """`person("李敏")`: somebody who sits at a browser; nobody's browser has had a reason to complain at the end."""
    arrived: list[Person] = []

    def come(who: str | None = None, **how: object) -> Person:
        arrived.append(partial(arrive, browser, city)(who, **how))  # type: ignore[arg-type]  # checked by arrive
        return arrived[-1]

    yield come
    complaints = [complaint for someone in arrived for complaint in someone.complaints]
    for someone in arrived:
        someone.context.close()
    assert complaints == []
