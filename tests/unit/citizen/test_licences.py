"""证照库: a licence in the wallet is shown for a while, used instead of papers, renewed, changed; its holder sees every use."""

from datetime import timedelta

import pytest

from api.app import create_app
from engine.actors import SYSTEM
from engine.casework import applications, licence_library, licences
from engine.casework.licence_library import ShareEnded
from engine.casework.licences import NotValid
from engine.clock import VirtualClock
from engine.errors import Invalid, NotFound
from engine.transaction import Engine
from processes import people
from processes.library import generate, wallets

GUIFANG, STRANGER = people.person("chenguifang").actor(), people.person("linzhiyuan").actor()
WUXIAO, LIULI, LIMIN = (people.person(login).actor() for login in ("wuxiao", "liuli", "limin"))


@pytest.fixture
def number(town: Engine) -> str:
    done = applications.apply(town, GUIFANG, "MZ-GLJT-001", {}, idempotency_key="k")
    assert done.licence_no is not None
    return done.licence_no


def test_a_share_code_shows_the_licence_and_its_use_is_logged(town: Engine, number: str) -> None:
    with town.begin(GUIFANG) as tx:
        shared = licence_library.share(tx, number, "银行开户", 30)

    with town.begin(STRANGER) as tx:
        licence, _ = licence_library.show(tx, shared.code, "银行柜员")

    with town.read(GUIFANG) as tx:
        [use] = licence_library.uses(tx, number)
    assert licence.number == number
    assert (use.way, use.who, use.purpose) == ("shown", "银行柜员", "银行开户")


def test_a_share_code_ends_with_its_time(town: Engine, clock: VirtualClock, number: str) -> None:
    with town.begin(GUIFANG) as tx:
        shared = licence_library.share(tx, number, "查验", 5)
    clock.advance(timedelta(minutes=6))

    with town.begin(STRANGER) as tx, pytest.raises(ShareEnded):
        licence_library.show(tx, shared.code, "")


def test_the_holder_ends_a_share_at_once_and_nobody_else_can(town: Engine, number: str) -> None:
    with town.begin(GUIFANG) as tx:
        shared = licence_library.share(tx, number, "查验", 5)
    with town.begin(STRANGER) as tx, pytest.raises(NotFound):
        licence_library.end_share(tx, shared.code)

    with town.begin(GUIFANG) as tx:
        licence_library.end_share(tx, shared.code)

    with town.begin(STRANGER) as tx, pytest.raises(ShareEnded):
        licence_library.show(tx, shared.code, "")


@pytest.mark.parametrize(("purpose", "minutes"), [("", 5), ("x", 7), ("x" * 101, 5)])
def test_a_share_names_its_purpose_and_one_of_the_times(town: Engine, number: str, purpose: str, minutes: int) -> None:
    with town.begin(GUIFANG) as tx, pytest.raises(Invalid):
        licence_library.share(tx, number, purpose, minutes)


def test_nobody_shares_a_licence_of_somebody_else(town: Engine, number: str) -> None:
    for other in (STRANGER, WUXIAO):
        with town.begin(other) as tx, pytest.raises(NotFound):
            licence_library.share(tx, number, "x", 5)


def test_a_renewed_licence_stands_for_the_old_one(town: Engine, number: str) -> None:
    with town.begin(WUXIAO) as tx:
        renewed = licence_library.renew(tx, number, 12)

    with town.read(GUIFANG) as tx:
        old = licences.read_only(tx, number)
    assert (renewed.number, renewed.replaces, renewed.status) == (f"{number}/2", number, "valid")
    assert (old.status, old.replaced_by) == ("superseded", renewed.number)


def test_a_changed_licence_has_the_new_fields_and_a_superseded_one_changes_no_more(town: Engine, number: str) -> None:
    with town.begin(WUXIAO) as tx:
        changed = licence_library.change(tx, number, {"level": "新标准"})

    assert changed.fields["level"] == "新标准"
    with town.begin(WUXIAO) as tx, pytest.raises(NotValid):
        licence_library.change(tx, number, {})


def test_an_officer_of_another_office_changes_nothing(town: Engine, number: str) -> None:
    with town.begin(LIMIN) as tx, pytest.raises(NotFound):
        licence_library.renew(tx, number, 12)


def test_a_revoked_licence_is_shown_no_more(town: Engine, number: str) -> None:
    with town.begin(LIULI) as tx:
        licences.revoke(tx, number, "骗取")

    with town.begin(GUIFANG) as tx, pytest.raises(NotValid):
        licence_library.share(tx, number, "x", 5)


def test_associated_licences_know_each_other_and_must_have_one_holder(town: Engine, number: str) -> None:
    generate.load(town, 0)
    wallets.fill(town)
    with town.read(GUIFANG) as tx:
        card = next(held.number for held in licences.wallet(tx) if held.type == "id-card")
    with town.read(STRANGER) as tx:
        others = licences.wallet(tx)[0].number

    with town.begin(SYSTEM) as tx:
        licence_library.associate(tx, number, card)
        with pytest.raises(NotFound):
            licence_library.associate(tx, number, others)

    with town.read(GUIFANG) as tx:
        assert licences.read_only(tx, card).associated == (number,)


def test_a_material_is_replaced_by_the_licence_held_and_the_holder_reads_it(town: Engine) -> None:
    generate.load(town, 0)
    wallets.fill(town)
    manifest = {"item": {"code": "X", "materials": [{"name": "身份证", "licence_type": "id-card"}, {"name": "其他"}]}}

    with town.begin(GUIFANG) as tx:
        facts = licence_library.instead_of_materials(tx, GUIFANG.subject or "", manifest, "X-1")
        card = next(held.number for held in licences.wallet(tx) if held.type == "id-card")
        uses = licence_library.uses(tx, card)

    assert facts["licence:id-card"]["value"] == card
    assert [(use.way, use.case_no) for use in uses] == [("instead_of_material", "X-1")]


def test_whoever_verifies_a_licence_is_noted_for_its_holder(town: Engine, number: str) -> None:
    with town.read(GUIFANG) as tx:
        code = licences.read_only(tx, number).code

    create_app(town).test_client().get(f"/verify/{code}")

    with town.read(GUIFANG) as tx:
        assert [use.way for use in licence_library.uses(tx, number)] == ["verified"]


def test_wallets_are_filled_once(town: Engine) -> None:
    generate.load(town, 0)
    wallets.fill(town)
    wallets.fill(town)

    with town.read(GUIFANG) as tx:
        assert [held.type for held in licences.wallet(tx)] == ["id-card"]
