"""Accounts, sessions and tokens, on each database."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM, ActorKind
from engine.casework import accounts
from engine.casework.accounts import AccountLocked, Person, SignInRefused
from engine.clock import VirtualClock
from engine.errors import NotFound
from engine.models.identity import accounts as account_table
from engine.models.identity import sessions
from engine.transaction import Engine

LI = Person("limin", "limin", "李敏", ActorKind.OFFICER, None, "scjg", ("caseworker",), ("food-intake",), position=1)
WANG = replace(LI, id="wangqiang", login="wangqiang", name="王强", groups=("food-review",), position=0)


@pytest.fixture
def house(engine: Engine) -> Engine:
    with engine.begin(SYSTEM) as tx:
        accounts.register(tx, LI, password="right")
        accounts.register(tx, WANG)
    return engine


def test_a_session_stands_for_the_person_with_roles_groups_and_office(house: Engine) -> None:
    token = accounts.sign_in(house, "limin", "right")

    assert accounts.actor_of(house, token) == LI.actor()


def test_neither_tokens_nor_passwords_are_stored(house: Engine) -> None:
    token = accounts.sign_in(house, "limin", "right")

    with house.read(SYSTEM) as tx:
        stored = str(tx.rows(sa.select(sessions))) + str(tx.rows(sa.select(account_table)))
    assert token not in stored
    assert "right" not in stored
    assert "$argon2id$" in stored


@pytest.mark.parametrize(("login", "password"), [("limin", "wrong"), ("nobody", "right"), ("wangqiang", ""), ("wangqiang", "x")])
def test_a_wrong_pair_is_refused_without_saying_which_half_was_wrong(house: Engine, login: str, password: str) -> None:
    with pytest.raises(SignInRefused) as refused:
        accounts.sign_in(house, login, password)

    assert refused.value.sentence("zh") == SignInRefused().sentence("zh")


def test_five_wrong_passwords_lock_for_five_minutes(house: Engine, clock: VirtualClock) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused):
            accounts.sign_in(house, "limin", "wrong")

    with pytest.raises(AccountLocked):
        accounts.sign_in(house, "limin", "right")
    clock.now += timedelta(minutes=6)
    assert accounts.actor_of(house, accounts.sign_in(house, "limin", "right")) is not None


def test_a_right_password_forgives_the_wrong_ones(house: Engine) -> None:
    for password in ("wrong", "wrong", "wrong", "wrong", "right", "wrong", "right"):
        try:
            accounts.sign_in(house, "limin", password)
        except SignInRefused:
            assert password == "wrong"


def test_an_idle_session_ends_and_a_used_one_ends_after_a_week(house: Engine, clock: VirtualClock) -> None:
    idle, used = accounts.sign_in(house, "limin", "right"), accounts.sign_in(house, "limin", "right")

    for _ in range(23):
        clock.now += timedelta(hours=7)
        assert accounts.actor_of(house, used) is not None

    clock.now += timedelta(hours=7, minutes=1)
    assert accounts.actor_of(house, idle) is None
    assert accounts.actor_of(house, used) is None


def test_an_ended_session_is_worth_nothing_and_only_ended_ones_are_swept(house: Engine, clock: VirtualClock) -> None:
    gone, kept = accounts.sign_in(house, "limin", "right"), accounts.sign_in(house, "limin", "right")
    accounts.sign_out(house, gone)

    assert accounts.actor_of(house, gone) is None
    assert accounts.actor_of(house, kept) is not None
    assert accounts.expire(house) == 0
    clock.now += timedelta(days=8)
    assert accounts.expire(house) == 1


def test_a_role_taken_away_is_gone_with_the_next_request(house: Engine) -> None:
    token = accounts.sign_in(house, "limin", "right")
    with house.begin(SYSTEM) as tx:
        accounts.register(tx, replace(LI, roles=(), groups=()))

    actor = accounts.actor_of(house, token)

    assert actor is not None
    assert actor.roles == actor.groups == frozenset()


def test_a_closed_account_is_nobody_with_the_next_request(house: Engine) -> None:
    token = accounts.sign_in(house, "limin", "right")
    with house.begin(SYSTEM) as tx:
        tx.connection.execute(account_table.update().where(account_table.c.id == "limin").values(is_active=False))

    assert accounts.actor_of(house, token) is None


def test_a_token_for_a_machine_does_not_end_by_idleness(house: Engine, clock: VirtualClock) -> None:
    with house.begin(SYSTEM) as tx:
        token = accounts.issue_token(tx, "limin", "nightly export")

    clock.now += timedelta(days=300)

    assert accounts.actor_of(house, token) == LI.actor()


def test_one_click_people_are_those_with_a_place_and_only_in_a_demo(house: Engine) -> None:
    demo = replace(house, settings=replace(house.settings, demo=True))

    with house.read(SYSTEM) as tx:
        assert accounts.one_click(tx) == ()
    with demo.read(SYSTEM) as tx:
        assert [p.id for p in accounts.one_click(tx)] == ["limin"]
    with pytest.raises(NotFound):
        accounts.sign_in_as(house, "limin")
    assert accounts.actor_of(demo, accounts.sign_in_as(demo, "limin")) == LI.actor()


def test_a_task_may_be_handed_to_colleagues_of_the_office_who_share_a_group(house: Engine) -> None:
    with house.read(LI.actor()) as tx:
        found = {group: [p.id for p in accounts.colleagues(tx, [group], "scjg")] for group in ("food-review", "elder-review")}
        elsewhere = accounts.colleagues(tx, [], "minzheng")

    assert found == {"food-review": ["wangqiang"], "elder-review": []}
    assert list(elsewhere) == []
