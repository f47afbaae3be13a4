"""What tasks do by themselves, lawful by default; and how notices leave the house."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.actors import SYSTEM
from engine.casework import automatic, notice_settings, notices
from engine.clock import VirtualClock
from engine.errors import Invalid
from engine.ports import Check
from engine.transaction import Engine
from tests.unit.casework.city import HEAD_OF_OFFICE, INTAKE, SHOP
from tests.unit.casework.signing_city import ALL, LI, ZHANG, open_board, vote, waiting


def templates(city: Engine, actor: object) -> list[str]:
    with city.read(actor) as tx:  # type: ignore[arg-type]
        return [n.template for n in notices.mine(tx).rows]


def test_a_task_over_its_time_reminds_so_many_times_and_no_more(city: Engine, clock: VirtualClock) -> None:
    open_board(city, condition=ALL, timeout_limit="1WD", timeout_repeat="2")

    for _ in range(4):
        clock.advance(timedelta(days=1, hours=9))
        automatic.sweep(city)

    assert templates(city, ZHANG).count("task.timeout") == 2


def test_nothing_is_decided_by_silence_unless_the_item_says_so(city: Engine, clock: VirtualClock) -> None:
    case_no = open_board(city, condition=ALL, timeout_limit="1WD", timeout_action="agree")

    clock.advance(timedelta(days=2))
    automatic.sweep(city)

    assert len(waiting(city, case_no)) == 3
    assert "task.timeout" in templates(city, HEAD_OF_OFFICE)


def test_silence_is_consent_where_the_item_declares_it(city: Engine, clock: VirtualClock) -> None:
    case_no = open_board(city, condition=ALL, is_silent=True, timeout_limit="1WD", timeout_action="agree")
    vote(city, case_no, LI, "agree")

    clock.advance(timedelta(days=2))
    automatic.sweep(city)

    assert waiting(city, case_no) == ["finish_up:"]


def test_who_has_approved_before_passes_where_the_element_says_so(city: Engine) -> None:
    case_no = open_board(city, condition=ALL, signers=["clerk", "zhang"], sign_dedupe="any")

    assert waiting(city, case_no) == ["board:zhang"]  # the clerk has done the first task


def test_a_decision_never_passes_by_itself(city: Engine) -> None:
    case_no = open_board(city, condition=ALL, signers=["clerk", "zhang"], sign_dedupe="any", decision="true")

    assert waiting(city, case_no) == ["board:clerk", "board:zhang"]


class Post:
    """A channel that keeps what it sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []

    def send(self, to: str, subject: str, body: str, *, idempotency_key: str) -> None:
        self.sent.append((to, subject, body))

    def check(self) -> Check:
        return Check(True, "well", "正常")


def test_what_leaves_the_house_is_a_subject_a_number_and_a_link(city: Engine) -> None:
    post = Post()
    city.channels = {"post": post}
    with city.begin(SYSTEM) as tx:
        notices.write(tx, INTAKE.id, "case.reminded", {"case_no": "X-1", "text": "陈秀英 110105194912310"}, case_no="X-1")

    notices.send_due(city)

    ((to, subject, body),) = post.sent
    assert to == INTAKE.id
    assert "陈秀英" not in subject + body
    assert "X-1" in body
    assert "/my/messages" in body


def test_a_digest_comes_once_a_working_day_with_the_count(city: Engine, clock: VirtualClock) -> None:
    post = Post()
    city.channels = {"post": post}
    from engine.casework import accounts
    from engine.casework.accounts import Person

    with city.begin(SYSTEM) as tx:
        accounts.register(tx, Person(SHOP.id, "shop", SHOP.name, SHOP.kind, SHOP.subject))
    with city.begin(SHOP) as tx:
        notice_settings.save(tx, "shop@example.cn", "13800138000", "digest")
        for _ in range(3):
            notices.write(tx, SHOP.id, "case.accepted", {"case_no": "X-1"}, case_no="X-1")

    notices.send_due(city)
    assert post.sent == []
    clock.now = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    assert notices.send_digests(city) == 1
    assert notices.send_digests(city) == 0

    assert [(to, subject[:11]) for to, subject, _ in post.sent] == [(SHOP.id, "通办：您有 3 条未读"[:11])]


@pytest.mark.parametrize(("email", "phone", "mode"), [("x", "", "at_once"), ("", "123", "at_once"), ("", "", "never")])
def test_an_address_that_cannot_be_is_refused(city: Engine, email: str, phone: str, mode: str) -> None:
    with city.begin(SHOP) as tx, pytest.raises(Invalid):
        notice_settings.save(tx, email, phone, mode)
