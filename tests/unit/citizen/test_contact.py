"""Applicant and office: messages, the result by post, data objections; each side is told, nobody else sees anything."""

from datetime import timedelta

import pytest

from engine.casework import applications, case_messages, disputes, notices, parcels
from engine.casework.disputes import DisputeAnswered
from engine.casework.parcels import TooLateToPost
from engine.clock import VirtualClock
from engine.errors import Invalid, NotFound
from engine.transaction import Engine
from processes import people

GUIFANG, STRANGER = people.person("chenguifang").actor(), people.person("linzhiyuan").actor()
XUWEN, WUXIAO, LIMIN, LIULI = (people.person(login).actor() for login in ("xuwen", "wuxiao", "limin", "liuli"))


@pytest.fixture
def case_no(town: Engine) -> str:
    return applications.apply(town, XUWEN, "MZ-GLJT-001", {}, idempotency_key="k").case_no


def test_both_sides_write_and_are_told(town: Engine, case_no: str) -> None:
    with town.begin(XUWEN) as tx:
        case_messages.write(tx, case_no, "请问还要多久？")
    with town.begin(WUXIAO) as tx:
        case_messages.write(tx, case_no, "明天。")
        told = [n.template for n in notices.mine(tx).rows]

    with town.read(XUWEN) as tx:
        assert [(m.side, m.text) for m in case_messages.of_case(tx, case_no)] == [
            ("applicant", "请问还要多久？"),
            ("office", "明天。"),
        ]
        assert "case.message" in [n.template for n in notices.mine(tx).rows]
    assert "case.message" in told


@pytest.mark.parametrize("other", [STRANGER, LIMIN])
def test_nobody_else_reads_or_writes(town: Engine, case_no: str, other: object) -> None:
    with town.begin(other) as tx:  # type: ignore[arg-type]
        with pytest.raises(NotFound):
            case_messages.of_case(tx, case_no)
        with pytest.raises(NotFound):
            case_messages.write(tx, case_no, "x")


@pytest.mark.parametrize("text", ["", "  ", "长" * 1001])
def test_a_message_is_neither_empty_nor_endless(town: Engine, case_no: str, text: str) -> None:
    with town.begin(XUWEN) as tx, pytest.raises(Invalid):
        case_messages.write(tx, case_no, text)


def test_the_result_is_posted_once_when_it_is_there(town: Engine) -> None:
    granted = applications.apply(town, GUIFANG, "MZ-GLJT-001", {}, idempotency_key="k").case_no
    with town.begin(GUIFANG) as tx:
        parcels.want(tx, granted, "陈桂芳", "13800000001", "福田区一号")

    posted = (parcels.post_due(town), parcels.post_due(town))

    with town.read(GUIFANG) as tx:
        parcel = parcels.of_case(tx, granted)
    assert posted == (1, 0)
    assert parcel is not None
    assert (parcel.state, parcel.tracking_no[:2]) == ("collected", "SF")


def test_what_is_not_decided_is_not_posted(town: Engine, case_no: str) -> None:
    with town.begin(XUWEN) as tx:
        parcels.want(tx, case_no, "许文", "13800000001", "福田区一号")

    assert parcels.post_due(town) == 0


def test_a_courier_that_is_down_is_asked_again_later(town: Engine, clock: VirtualClock) -> None:
    granted = applications.apply(town, GUIFANG, "MZ-GLJT-001", {}, idempotency_key="k").case_no
    with town.begin(GUIFANG) as tx:
        parcels.want(tx, granted, "陈桂芳", "13800000001", "福田区一号")
    town.courier.behaviour.failures = 1  # type: ignore[union-attr]  # the simulated one

    first = parcels.post_due(town)
    clock.advance(timedelta(minutes=11))

    assert (first, parcels.post_due(town)) == (0, 1)


def test_a_posted_parcel_changes_its_address_no_more(town: Engine) -> None:
    granted = applications.apply(town, GUIFANG, "MZ-GLJT-001", {}, idempotency_key="k").case_no
    with town.begin(GUIFANG) as tx:
        parcels.want(tx, granted, "陈桂芳", "13800000001", "福田区一号")
    parcels.post_due(town)

    with town.begin(GUIFANG) as tx, pytest.raises(TooLateToPost):
        parcels.want(tx, granted, "陈桂芳", "13800000001", "罗湖区二号")


def test_a_register_entry_is_disputed_and_answered_by_its_owner(town: Engine) -> None:
    draft = applications.open_draft(town, GUIFANG, "MZ-GLJT-001")
    with town.begin(GUIFANG) as tx:
        opened = disputes.open_dispute(tx, draft.id, "population.hukou", "深圳市南山区", "已迁户")

    owner = LIULI if opened.office == "zwfw" else WUXIAO
    with town.begin(owner) as tx:
        answered = disputes.answer(tx, opened.id, is_corrected=True, text="已更正")
        with pytest.raises(DisputeAnswered):
            disputes.answer(tx, opened.id, is_corrected=False, text="x")

    assert (answered.state, opened.shown) == ("corrected", "深圳市福田区")
    with town.read(GUIFANG) as tx:
        assert [d.answer for d in disputes.mine(tx)] == ["已更正"]


def test_the_same_objection_is_made_once_and_only_about_what_was_shown(town: Engine) -> None:
    draft = applications.open_draft(town, GUIFANG, "MZ-GLJT-001")
    with town.begin(GUIFANG) as tx:
        first = disputes.open_dispute(tx, draft.id, "population.hukou", "南山", "已迁户")
        again = disputes.open_dispute(tx, draft.id, "population.hukou", "南山", "已迁户")
        with pytest.raises(NotFound):
            disputes.open_dispute(tx, draft.id, "population.secret", "x", "y")

    assert first.id == again.id


def test_nobody_disputes_in_anothers_draft(town: Engine) -> None:
    draft = applications.open_draft(town, GUIFANG, "MZ-GLJT-001")

    with town.begin(STRANGER) as tx, pytest.raises(NotFound):
        disputes.open_dispute(tx, draft.id, "population.hukou", "x", "y")
