"""The window: applications taken in for whoever stands there, and visits by appointment."""

from datetime import date, timedelta

import pytest

from engine.actors import Actor, ActorKind
from engine.casework import appointments, cases, counter, documents
from engine.casework.access import NotYours
from engine.casework.appointments import BookedAlready, NotBookable, TimeTaken
from engine.casework.counter import Visitor
from engine.clock import VirtualClock
from engine.errors import Invalid, NotFound
from engine.transaction import Engine
from tests.unit.casework.city import INTAKE, STRANGER

GRANNY = Visitor("citizen", "陈秀英", "11010519491231002X", "13800138000", agent="陈小明", consents=True)
CLERK = Actor("huyan", "胡艳", ActorKind.OFFICER, frozenset({"caseworker"}), frozenset({"window"}), "zwfw")


def taken_in(engine: Engine, visitor: Visitor = GRANNY, key: str = "k") -> str:
    given = {"idempotency_key": key, "materials": ["身份证复印件"]}
    return counter.take_in(engine, CLERK, visitor, "SC-001", {}, **given).case_no


def test_a_window_opens_the_visitors_case_and_gives_a_receipt_that_lists_the_papers(city: Engine) -> None:
    case_no = taken_in(city)

    with city.begin(CLERK) as tx:
        case = cases.read(tx, case_no)
        paper = documents.read(tx, documents.of_case(tx, case_no)[0].id)
    assert (case.applicant_name, case.office) == ("陈秀英", "scjg")
    assert "身份证复印件" in paper.html
    assert "胡艳" in paper.html
    assert "代办人：陈小明" in paper.html


def test_the_same_key_opens_one_case(city: Engine) -> None:
    assert taken_in(city) == taken_in(city) != taken_in(city, key="another")


def test_the_visitor_finds_the_case_on_line_by_the_same_identity(city: Engine) -> None:
    case_no = taken_in(city)

    same_person = Actor("new-account", "陈秀英", ActorKind.CITIZEN, subject=GRANNY.number)
    with city.read(same_person) as tx:
        assert cases.progress(tx, case_no).case.case_no == case_no


def test_a_colleague_of_another_window_does_not_see_the_case(city: Engine) -> None:
    case_no = taken_in(city)

    other = Actor("other", "别人", ActorKind.OFFICER, frozenset({"caseworker"}), frozenset({"window"}), "zwfw")
    with city.read(other) as tx, pytest.raises(NotFound):
        cases.read(tx, case_no)


@pytest.mark.parametrize(
    ("visitor", "pointer"),
    [
        (Visitor("citizen", "陈秀英", "110105194912310021", consents=True), "/number"),
        (Visitor("citizen", "", GRANNY.number, consents=True), "/name"),
        (Visitor("citizen", "陈秀英", GRANNY.number, phone="12", consents=True), "/phone"),
        (Visitor("citizen", "陈秀英", GRANNY.number), "/consents"),
        (Visitor("robot", "陈秀英", "914403001922038216", consents=True), "/kind"),
    ],
)
def test_what_does_not_fit_the_card_is_refused_at_its_field(city: Engine, visitor: Visitor, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        taken_in(city, visitor)

    assert pointer in [finding.pointer for finding in refused.value.findings]


def test_a_number_that_is_known_by_another_name_is_refused(city: Engine) -> None:
    taken_in(city)

    with pytest.raises(Invalid):
        taken_in(city, Visitor("citizen", "别的名字", GRANNY.number, consents=True), "k2")


def test_only_officers_take_in(city: Engine) -> None:
    with pytest.raises(NotYours):
        counter.take_in(city, STRANGER, GRANNY, "SC-001", {}, idempotency_key="k")


def free(engine: Engine, who: Actor, day: date | None = None) -> list[appointments.Slot]:
    with engine.read(who) as tx:
        return list(appointments.slots(tx, "SC-001", day or appointments.days(tx, "SC-001")[1]))


def booked(engine: Engine, who: Actor, slot: appointments.Slot) -> appointments.Appointment:
    with engine.begin(who) as tx:
        return appointments.book(tx, "SC-001", slot.starts_at)


def test_times_lie_inside_the_hours_of_working_days(city: Engine, clock: VirtualClock) -> None:
    with city.read(CLERK) as tx:
        days = appointments.days(tx, "SC-001")
    hours = {(slot.starts_at + timedelta(hours=8)).hour for slot in free(city, CLERK)}

    assert len(days) == appointments.DAYS_AHEAD
    assert 12 not in hours
    assert 13 not in hours
    assert min(hours) == 9
    assert free(city, CLERK, days[0] - timedelta(days=1)) == []


def test_the_last_seat_goes_to_the_first_and_a_cancelled_one_is_free_again(city: Engine) -> None:
    slot = free(city, CLERK)[0]
    first = booked(city, STRANGER, slot)
    booked(city, _person("b"), slot)

    with pytest.raises(TimeTaken):
        booked(city, _person("c"), slot)
    with city.begin(STRANGER) as tx:
        appointments.cancel(tx, first.id)
    assert booked(city, _person("c"), slot).state == "booked"


def _person(key: str) -> Actor:
    return Actor(key, key, ActorKind.CITIZEN, subject=key)


def test_one_person_books_a_service_once(city: Engine) -> None:
    slots = free(city, CLERK)
    booked(city, _person("a"), slots[0])

    with pytest.raises(BookedAlready):
        booked(city, _person("a"), slots[1])


def test_a_visitor_is_received_once_by_the_office_and_too_late_is_missed(city: Engine, clock: VirtualClock) -> None:
    slot = free(city, CLERK)[0]
    one, two = booked(city, _person("a"), slot), booked(city, _person("b"), slot)
    clock.advance(slot.starts_at - clock.now)

    with city.begin(INTAKE) as tx:
        assert appointments.receive(tx, one.id).state == "arrived"
    with city.begin(INTAKE) as tx, pytest.raises(NotBookable):
        appointments.receive(tx, one.id)
    with city.begin(CLERK) as tx, pytest.raises(NotYours):
        appointments.receive(tx, two.id)
    clock.advance(timedelta(hours=2))
    with city.read(INTAKE) as tx:
        assert [a.state for a in appointments.of_office(tx)] == ["arrived", "missed"]


def test_a_time_that_is_not_offered_cannot_be_booked(city: Engine) -> None:
    slot = free(city, CLERK)[0]

    with city.begin(_person("a")) as tx, pytest.raises(NotFound):
        appointments.book(tx, "SC-001", slot.starts_at + timedelta(minutes=7))
