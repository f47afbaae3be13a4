"""好差评: one rating, reasons for bad ones, a rectification with its own clock, closed by the citizen."""

from datetime import timedelta

import pytest

from api.app import create_app
from engine.casework import applications, boards, cases, inbox, ratings
from engine.casework.ratings import AlreadyRated, NoAnswerYet, NothingToRate
from engine.clock import VirtualClock
from engine.errors import Invalid, NotFound
from engine.transaction import Engine
from processes import people

GUIFANG, STRANGER = people.person("chenguifang").actor(), people.person("linzhiyuan").actor()
WUXIAO, LIULI = people.person("wuxiao").actor(), people.person("liuli").actor()


def a_granted_case(town: Engine) -> str:
    return applications.apply(town, GUIFANG, "MZ-GLJT-001", {}, idempotency_key="k").case_no


def complete(town: Engine, actor: object, case_no: str, element: str, answers: dict[str, object]) -> None:
    with town.read(actor) as tx:  # type: ignore[arg-type]
        rows = [*inbox.my_tasks(tx).rows, *inbox.pool(tx, limit=50).rows]
    task = next(r.task_id for r in rows if r.case_no == case_no and r.element_id == element)
    inbox.complete(town, actor, task, answers)  # type: ignore[arg-type]


def test_a_finished_service_is_rated_once(town: Engine) -> None:
    case_no = a_granted_case(town)
    ratings.rate(town, GUIFANG, case_no, 1)

    with pytest.raises(AlreadyRated):
        ratings.rate(town, GUIFANG, case_no, 2)


def test_nobody_rates_another_persons_service(town: Engine) -> None:
    case_no = a_granted_case(town)

    with pytest.raises(NotFound):
        ratings.rate(town, STRANGER, case_no, 5, text="x")


def test_a_bad_rating_without_a_reason_is_refused_with_the_place(town: Engine) -> None:
    case_no = a_granted_case(town)

    with pytest.raises(Invalid) as refused:
        ratings.rate(town, GUIFANG, case_no, 4)

    assert [f.pointer for f in refused.value.findings] == ["/reasons"]


@pytest.mark.parametrize("level", [0, 6, -1])
def test_levels_are_five(town: Engine, level: int) -> None:
    case_no = a_granted_case(town)

    with pytest.raises(Invalid):
        ratings.rate(town, GUIFANG, case_no, level)


def test_what_is_not_finished_cannot_be_rated(town: Engine) -> None:
    case_no = applications.apply(town, people.person("xuwen").actor(), "MZ-GLJT-001", {}, idempotency_key="k").case_no

    with pytest.raises(NothingToRate):
        ratings.rate(town, people.person("xuwen").actor(), case_no, 1)


def test_after_ninety_days_it_is_too_late(town: Engine, clock: VirtualClock) -> None:
    case_no = a_granted_case(town)
    clock.advance(timedelta(days=91))

    with pytest.raises(NothingToRate):
        ratings.rate(town, GUIFANG, case_no, 1)


def test_a_bad_rating_opens_a_rectification_of_the_office_that_handled_it(town: Engine) -> None:
    case_no = a_granted_case(town)

    rated = ratings.rate(town, GUIFANG, case_no, 5, reasons=["attitude"])

    with town.read(WUXIAO) as tx:
        review = cases.read(tx, str(rated.review_no))
    assert (review.office, review.state, str(review.stage)) == ("minzheng", "in_review", "核实并回访")
    assert review.promised_at is not None


def test_the_loop_ends_with_the_citizen(town: Engine) -> None:
    case_no = a_granted_case(town)
    rated = ratings.rate(town, GUIFANG, case_no, 5, reasons=["attitude"])
    complete(town, WUXIAO, str(rated.review_no), "verify", {"kind": "clear", "contacted": True, "found": "属实"})
    complete(town, WUXIAO, str(rated.review_no), "fix", {"answer": "已改"})

    again = ratings.rerate(town, GUIFANG, case_no, 3)

    assert again.state == "escalated"
    with town.read(LIULI) as tx:
        assert [r.element_id for r in inbox.pool(tx).rows if r.case_no == rated.review_no] == ["supervise"]


def test_nothing_is_rated_again_before_there_is_an_answer(town: Engine) -> None:
    case_no = a_granted_case(town)
    ratings.rate(town, GUIFANG, case_no, 5, reasons=["attitude"])

    with pytest.raises(NoAnswerYet):
        ratings.rerate(town, GUIFANG, case_no, 1)


def test_an_invalid_rating_no_longer_counts(town: Engine) -> None:
    case_no = a_granted_case(town)
    rated = ratings.rate(town, GUIFANG, case_no, 5, text="写错了")
    complete(town, WUXIAO, str(rated.review_no), "verify", {"kind": "false", "contacted": True, "found": "评错单位"})
    complete(town, LIULI, str(rated.review_no), "rule", {"ruling": "invalid", "ruling_reason": "评错单位"})
    boards.fold(town)

    with town.read(GUIFANG) as tx:
        assert ratings.standing_of(tx, "MZ-GLJT-001").total == 0


def test_the_ranking_shows_the_share_of_satisfied_people(town: Engine) -> None:
    ratings.rate(town, GUIFANG, a_granted_case(town), 2)
    boards.fold(town)

    with town.read(STRANGER) as tx:
        [standing] = ratings.ranking(tx)

    assert (standing.key, standing.total, standing.satisfied) == ("minzheng", 1, 100.0)


def test_what_is_published_shows_no_full_name_and_no_case_number(town: Engine) -> None:
    ratings.rate(town, GUIFANG, a_granted_case(town), 1, text="很快")

    with town.read(STRANGER) as tx:
        [rating] = ratings.published(tx).rows

    assert (rating.name, rating.case_no) == ("陈**", "")


def test_an_anonymous_rating_shows_no_name_to_the_office(town: Engine) -> None:
    rated = ratings.rate(town, GUIFANG, a_granted_case(town), 5, text="慢", is_anonymous=True)

    with town.read(WUXIAO) as tx:
        review = cases.read(tx, str(rated.review_no))

    assert review.applicant_name == "匿名评价人"


def test_a_code_rates_without_sign_in_and_a_wrong_one_finds_nothing(town: Engine) -> None:
    case_no = a_granted_case(town)
    with town.read(GUIFANG) as tx:
        code = cases.progress(tx, case_no).query_code
    client = create_app(town).test_client()

    assert client.get(f"/rate/{case_no}?code=AAAAAA").status_code == 404
    assert client.get(f"/rate/{case_no}?code={code}").status_code == 200
    assert ratings.rate_by_code(town, STRANGER, case_no, code, 1).channel == "qr"


def test_the_rectification_stands_in_no_catalogue_and_takes_no_applications(town: Engine) -> None:
    client = create_app(town).test_client()

    assert "PJ-ZG-001" not in client.get("/services?q=差评").get_data(as_text=True)
    with pytest.raises(applications.NotOnline):
        applications.open_draft(town, GUIFANG, "PJ-ZG-001")
