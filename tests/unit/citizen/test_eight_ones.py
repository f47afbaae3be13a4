"""The eight “一” of the article, each with its acceptance test (docs/reference/eight-ones.md)."""

import re
from pathlib import Path

from api.app import create_app
from engine.actors import SYSTEM
from engine.casework import accounts, applications, boards, cases, licences, numbers, portal, ratings, search
from engine.transaction import Engine
from processes import people
from processes.library import generate

GUIFANG, XUWEN, WUXIAO, LIULI = (people.person(login).actor() for login in ("chenguifang", "xuwen", "wuxiao", "liuli"))
ITEM = "MZ-GLJT-001"


def test_one_code_traces_a_case_and_its_licence(town: Engine) -> None:
    done = applications.apply(town, GUIFANG, ITEM, {}, idempotency_key="k")
    client = create_app(town).test_client()

    assert numbers.is_well_formed(done.case_no)
    assert client.get(f"/verify/{done.licence_code}").status_code == 200


def test_one_door_offers_every_unit_and_parts_receipt_from_decision(town: Engine) -> None:
    generate.load(town)
    with town.read(SYSTEM) as tx:
        counts = search.find(tx, "", search.Filters()).counts

    offered = {value for name, value in counts if name == "office"}
    assert len(offered) >= 50
    assert {value for name, value in counts if name == "level"} == {"state", "city", "county"}


def test_one_window_gives_the_same_case_on_every_channel(town: Engine) -> None:
    with town.begin(SYSTEM) as tx:
        token = accounts.issue_token(tx, GUIFANG.id, "counter")
    posted = (
        create_app(town)
        .test_client()
        .post(
            "/api/v1/cases",
            json={"service": ITEM, "answers": {}, "consents": ["data-sharing"]},
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "same"},
        )
    )

    on_the_page = applications.apply(town, GUIFANG, ITEM, {}, idempotency_key="same")

    assert posted.status_code == 201
    assert on_the_page.case_no == posted.json["case_no"]


def test_one_net_goes_from_search_to_rating_without_an_errand(town: Engine) -> None:
    with town.read(GUIFANG) as tx:
        code = search.find(tx, "老人补贴", search.Filters()).codes[0]
    draft = applications.open_draft(town, GUIFANG, code)
    done = applications.submit(town, GUIFANG, draft.id, {}, idempotency_key="k")

    rated = ratings.rate(town, GUIFANG, done.case_no, 1)

    assert (done.decision, rated.level) == ("grant", 1)


def test_one_line_answers_by_number_and_code(town: Engine) -> None:
    done = applications.apply(town, XUWEN, ITEM, {}, idempotency_key="k")
    client = create_app(town).test_client()

    with town.read(WUXIAO) as tx:
        progress = cases.public_progress(tx, done.case_no, done.query_code)

    assert progress.case.case_no == done.case_no
    assert "12345" in client.get(f"/services/{ITEM}").get_data(as_text=True)


def test_one_certificate_is_enough_to_apply(town: Engine) -> None:
    draft = applications.open_draft(town, GUIFANG, ITEM)

    done = applications.submit(town, GUIFANG, draft.id, {}, idempotency_key="k")

    assert draft.answers == {}
    assert done.decision == "grant"


def test_one_base_says_where_every_fact_came_from(town: Engine) -> None:
    draft = applications.open_draft(town, GUIFANG, ITEM)

    assert all((fact.source, fact.trust, fact.at) for fact in draft.facts.values())


def test_one_operation_counts_every_case_by_one_clock(town: Engine) -> None:
    applications.apply(town, XUWEN, ITEM, {}, idempotency_key="k")
    boards.fold(town)

    with town.read(LIULI) as tx:
        listed = cases.listing(tx)
    assert [case.light for case in listed.rows] == ["green"]


def test_the_reference_names_a_test_for_each_phrase() -> None:
    text = (Path(__file__).parents[3] / "docs/reference/eight-ones.md").read_text("utf-8")
    own = Path(__file__).read_text("utf-8")
    named = re.findall(r"::(test_\w+)", text)

    assert len(named) == 8
    assert all(f"def {name}(" in own for name in named)


def test_a_person_without_a_licence_is_offered_nothing_by_it(town: Engine) -> None:
    with town.read(XUWEN) as tx:
        assert portal.for_you(tx) == ()
        assert licences.wallet(tx) == ()
