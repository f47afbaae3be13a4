"""Load-aware dispatch: the least loaded, never who is away, never against four eyes; by hand and the moment a task opens."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.casework import accounts, applications, inbox, substitution
from engine.casework.access import NotYours
from engine.casework.accounts import Person
from engine.casework.dispatching import NobodyToDispatch
from engine.models.cases import cases
from engine.transaction import Engine
from tests.unit.casework.city import HEAD, HEAD_OF_OFFICE, SHOP, call, flow, offer, task
from tests.unit.casework.signing_city import LI, WANG, ZHANG, manifest, open_tasks

WORK = "".join(
    [
        HEAD,
        '<process id="work" isExecutable="true"><startEvent id="begin"/>',
        call("accept", "case.accept"),
        task("one", "初审", "board", assign_mode="load"),
        task("two", "复审", "board", assign_mode="load", fourEyes="one"),
        '<endEvent id="finish"/>',
        flow("begin", "accept"),
        flow("accept", "one"),
        flow("one", "two"),
        flow("two", "finish"),
        "</process></definitions>",
    ]
)


@pytest.fixture
def office(city: Engine) -> Engine:
    with city.begin(SYSTEM) as tx:
        for who in (ZHANG, LI, HEAD_OF_OFFICE):
            accounts.register(
                tx, Person(who.id, who.id, who.name, who.kind, None, who.office, tuple(who.roles), tuple(who.groups))
            )
    offer(city, "work", WORK, manifest("HQ-002", "work"))
    return city


def opened(city: Engine, key: str) -> dict[str, object]:
    case_no = applications.apply(city, SHOP, "HQ-002", {"name": "好味"}, idempotency_key=key).case_no
    return open_tasks(city, case_no)[0]


def test_tasks_are_shared_out_evenly_as_they_open(office: Engine) -> None:
    holders = [opened(office, str(n))["assignee"] for n in range(4)]

    assert sorted(map(str, holders)) == ["li", "li", "zhang", "zhang"]
    with office.read(SHOP) as tx:
        assert set(tx.connection.execute(sa.select(cases.c.holder)).scalars()) == {"张一", "李二"}


def test_who_did_the_first_step_is_not_given_the_second(office: Engine) -> None:
    first = opened(office, "a")
    actor = ZHANG if first["assignee"] == "zhang" else LI

    inbox.complete(office, actor, str(first["id"]), {})

    second = open_tasks(office, str(first["business_key"]))[0]
    assert {first["assignee"], second["assignee"]} == {"zhang", "li"}


def test_who_is_away_gets_nothing_and_with_nobody_there_it_waits_in_the_pool(office: Engine) -> None:
    _away(office, ZHANG, LI)
    assert opened(office, "a")["assignee"] == "li"

    _away(office, LI, ZHANG)
    waiting = opened(office, "b")

    assert waiting["assignee"] is None
    with office.begin(HEAD_OF_OFFICE) as tx, pytest.raises(NobodyToDispatch):
        inbox.dispatch(tx, str(waiting["id"]))


def _away(city: Engine, principal: object, deputy: object) -> None:
    with city.begin(principal) as tx:  # type: ignore[arg-type]  # an actor
        substitution.appoint(tx, deputy.id, tx.now, tx.now + timedelta(days=3))  # type: ignore[attr-defined]  # an actor


def test_only_a_supervisor_of_the_office_dispatches(office: Engine) -> None:
    waiting = opened(office, "a")

    with office.begin(WANG) as tx, pytest.raises(NotYours):
        inbox.dispatch(tx, str(waiting["id"]))
