"""An officer of another office who has a task of a case sees the case; one who has none does not (两地通办)."""

import pytest

from engine.actors import Actor, ActorKind
from engine.casework import applications, cases, documents, inbox, task_view
from engine.errors import NotFound
from engine.transaction import Engine
from tests.unit.casework.city import SHOP

WINDOW = Actor("penglan", "彭岚", ActorKind.OFFICER, frozenset({"caseworker"}), frozenset({"food-intake"}), "baoan")
OTHER = Actor("hujing", "胡静", ActorKind.OFFICER, frozenset({"caseworker"}), frozenset({"elder-review"}), "baoan")


def opened(city: Engine) -> str:
    return applications.apply(city, SHOP, "SC-001", {}, idempotency_key="once").case_no


def test_whoever_may_take_a_task_sees_its_case_and_documents(city: Engine) -> None:
    case_no = opened(city)

    with city.begin(WINDOW) as tx:
        row = inbox.pool(tx).rows[0]
        shown = task_view.view(tx, row.task_id)
        archive = cases.archive(tx, case_no)
        paper = documents.read(tx, archive.documents[0].id)

    assert (shown.row.case_no, archive.case.case_no, paper.case_no) == (case_no, case_no, case_no)


def test_whoever_has_done_a_task_still_sees_the_case(city: Engine) -> None:
    case_no = opened(city)
    with city.begin(WINDOW) as tx:
        task_id = inbox.pool(tx).rows[0].task_id

    inbox.complete(city, WINDOW, task_id, {"action": "accept"})

    with city.begin(WINDOW) as tx:
        assert cases.archive(tx, case_no).case.case_no == case_no


def test_an_officer_elsewhere_without_a_task_finds_nothing(city: Engine) -> None:
    case_no = opened(city)

    with city.begin(OTHER) as tx, pytest.raises(NotFound):
        cases.archive(tx, case_no)
