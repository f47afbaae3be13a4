"""Retention: who may go, who decides, and that nothing of a destroyed case is left anywhere but its record."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM, Actor, ActorKind
from engine.casework import (
    applications,
    case_files,
    case_rows,
    cases,
    destruction,
    inbox,
    invariants,
    licences,
    notices,
    remarks,
    retention,
)
from engine.casework.access import NotYours
from engine.casework.destruction import SecondPerson, StillNeeded
from engine.casework.retention import NotProposed
from engine.clock import VirtualClock
from engine.errors import Invalid, NotFound
from engine.models import copying
from engine.models.catalogue import service_items
from engine.models.retention import destructions
from engine.runtime import erasing, history
from engine.transaction import Engine
from processes.connectors.files import FileStore
from tests.unit.casework.city import CITY, HEAD_OF_OFFICE, INTAKE, PERMIT, PERMIT_MANIFEST, REVIEWER, SHOP, offer, open_city

KEEPER = Actor("fangdang", "方档", ActorKind.OFFICER, frozenset({"archivist"}), office="zwfw")
PLANTED = Actor("planted", "欧阳植名", ActorKind.ENTERPRISE, subject="91440300MA5PLANT77")
YEARS = timedelta(days=366 * 11)
PAPER = b"%PDF-1.7 planted"


def closed(city: Engine, who: Actor = PLANTED, key: str = "k", action: str = "refuse", *, attaches: bool = True) -> str:
    """A case refused at the window, with a file, a remark and a notice."""
    case_no = applications.apply(city, who, "SC-001", {"shop": who.name}, idempotency_key=key).case_no
    if attaches:
        case_files.add(city, INTAKE, case_no, f"{who.name}.pdf", PAPER + who.id.encode())
    with city.begin(INTAKE) as tx:
        remarks.add(tx, case_no, f"{who.name} {who.subject}")
        task = next(row for row in inbox.pool(tx).rows if row.case_no == case_no)
    inbox.complete(city, INTAKE, task.task_id, {"action": action})
    return case_no


def expired(city: Engine, clock: VirtualClock, who: Actor = PLANTED) -> str:
    """The same, ten years and more ago, and proposed."""
    case_no = closed(city, who)
    clock.advance(YEARS)
    retention.propose(city)
    return case_no


def approved(city: Engine, clock: VirtualClock) -> str:
    case_no = expired(city, clock)
    with city.begin(CITY) as tx:
        retention.approve(tx, [case_no], "期满，无继续保存价值")
    return case_no


@pytest.fixture
def city(engine: Engine) -> Engine:
    """The small city with a document store."""
    return open_city(replace(engine, documents=FileStore(engine.settings.data_dir / "documents")))


def everything(city: Engine) -> str:
    """All rows of all tables as one text."""
    with city.database.connect() as connection:
        return "\n".join(str(row) for table in copying.tables() for row in connection.execute(sa.select(table)))


def proposed(city: Engine, state: str = "") -> list[str]:
    with city.read(SYSTEM) as tx:
        return [row["case_no"] for row in retention.listing(tx, state=state).rows]


def test_a_closed_case_is_proposed_when_its_years_are_over_and_not_a_day_before(city: Engine, clock: VirtualClock) -> None:
    case_no = closed(city)

    clock.advance(timedelta(days=3651))
    early = retention.propose(city)
    clock.advance(timedelta(days=3))
    late = retention.propose(city)

    assert (early, late, proposed(city)) == (0, 1, [case_no])
    assert retention.propose(city) == 0


@pytest.mark.parametrize(("years", "count"), [(1, 1), (30, 0), (0, 0)])
def test_the_manifest_says_how_many_years_and_nought_is_for_ever(
    city: Engine, clock: VirtualClock, years: int, count: int
) -> None:
    offer(city, "food", f"{PERMIT}<!-- {years} -->", {**PERMIT_MANIFEST, "archive": {"years": years}})
    closed(city)

    clock.advance(YEARS)

    assert retention.propose(city) == count


def test_an_open_case_and_one_whose_licence_holds_are_not_proposed(city: Engine, clock: VirtualClock) -> None:
    applications.apply(city, SHOP, "SC-001", {}, idempotency_key="open")
    granted = closed(city, SHOP, "granted", action="accept")
    with city.begin(REVIEWER) as tx:
        task = next(row for row in inbox.pool(tx).rows if row.case_no == granted)
    inbox.complete(city, REVIEWER, task.task_id, {"outcome": "grant"}, opinion="同意")
    with city.read(REVIEWER) as tx:
        assert len(licences.of_case(tx, granted)) == 1

    clock.advance(YEARS)
    assert retention.propose(city) == 0  # the licence ended after five years, its ten are not over
    clock.advance(YEARS)

    assert retention.propose(city) == 1
    assert proposed(city) == [granted]


def test_nothing_of_a_destroyed_case_is_left_in_any_table_or_file(city: Engine, clock: VirtualClock) -> None:
    case_no = approved(city, clock)
    before = everything(city)

    destruction.destroy(city, KEEPER, case_no)

    left = everything(city)
    files = b"".join(path.read_bytes() for path in city.settings.data_dir.rglob("*") if path.is_file())
    assert all(said in before for said in (PLANTED.name, str(PLANTED.subject), PLANTED.id))
    assert [said for said in (PLANTED.name, str(PLANTED.subject), PLANTED.id) if said in left] == []
    assert PAPER not in files


def test_the_city_still_agrees_with_itself_and_the_record_says_what_is_gone(city: Engine, clock: VirtualClock) -> None:
    other = closed(city, SHOP, "other")
    case_no = approved(city, clock)

    destruction.destroy(city, KEEPER, case_no)

    with city.begin(HEAD_OF_OFFICE) as tx:
        record = destruction.records(tx)[0]
        breaks = [*history.verify_in(tx), *destruction.verify(tx), *invariants.check(tx)]
        assert cases.archive(tx, other).case.case_no == other
        with pytest.raises(NotFound):
            cases.archive(tx, case_no)
    assert [str(broken) for broken in breaks] == []
    assert (record["number"], record["case_no"]) == (1, case_no)
    assert (record["approved_name"], record["destroyed_name"]) == ("林芳", "方档")
    assert record["rows"]["cases"] == record["rows"]["case_files"] == record["rows"]["comments"] == 1
    assert record["rows"]["history"] == next(iter(record["chains"].values()))[0]
    assert (record["files"], len(record["digest"])) == (1, 64)


def test_a_file_that_another_case_has_too_stays(city: Engine, clock: VirtualClock) -> None:
    case_no = approved(city, clock)
    young = applications.apply(city, SHOP, "SC-001", {}, idempotency_key="young").case_no
    shared = case_files.add(city, INTAKE, young, "same.pdf", PAPER + PLANTED.id.encode())

    destruction.destroy(city, KEEPER, case_no)

    assert case_files.read(city, INTAKE, shared.id)[1] == PAPER + PLANTED.id.encode()


def test_files_that_could_not_be_removed_at_once_are_removed_by_the_worker(
    city: Engine, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_no = approved(city, clock)
    with monkeypatch.context() as broken:
        broken.setattr(FileStore, "remove", lambda self, key: (_ for _ in ()).throw(OSError("the disk is away")))
        with pytest.raises(OSError, match="the disk is away"):
            destruction.destroy(city, KEEPER, case_no)
    assert proposed(city, "emptying") == [case_no]

    assert destruction.tidy(city) == 1

    assert proposed(city) == []
    assert [path for path in (city.settings.data_dir / "documents").rglob("*") if path.is_file()] == []


def test_it_takes_two_people_and_the_right_ones(city: Engine, clock: VirtualClock) -> None:
    case_no = expired(city, clock)
    with pytest.raises(NotProposed):
        destruction.destroy(city, KEEPER, case_no)
    with city.begin(INTAKE) as tx, pytest.raises(NotYours):
        retention.approve(tx, [case_no], "期满")

    with city.begin(KEEPER) as tx:
        retention.approve(tx, [case_no], "期满")

    with pytest.raises(SecondPerson):
        destruction.destroy(city, KEEPER, case_no)
    with pytest.raises(NotYours):
        destruction.destroy(city, CITY, case_no)
    destruction.destroy(city, replace(KEEPER, id="second", name="另一人"), case_no)


def test_what_is_kept_for_longer_is_proposed_again_when_that_is_over(city: Engine, clock: VirtualClock) -> None:
    case_no = expired(city, clock)
    with city.begin(CITY) as tx:
        retention.keep(tx, [case_no], "有诉讼", 2)

    assert (retention.propose(city), proposed(city, "kept")) == (0, [case_no])
    clock.advance(timedelta(days=731))

    assert (retention.propose(city), proposed(city, "proposed")) == (1, [case_no])


@pytest.mark.parametrize(("reason", "years"), [("", 1), ("有诉讼", 0), ("有诉讼", 101)])
def test_a_judgement_without_reason_or_sense_is_refused(city: Engine, clock: VirtualClock, reason: str, years: int) -> None:
    case_no = expired(city, clock)

    with city.begin(CITY) as tx, pytest.raises(Invalid):
        retention.keep(tx, [case_no], reason, years)


@pytest.mark.parametrize("column", ["reason", "destroyed_name", "digest", "rows"])
def test_a_changed_entry_of_the_register_is_found(city: Engine, clock: VirtualClock, column: str) -> None:
    destruction.destroy(city, KEEPER, approved(city, clock))
    changed = {"x": 1} if column == "rows" else "x"

    with city.begin(SYSTEM) as tx:
        tx.connection.execute(destructions.update().values(**{column: changed}))
        found = list(destruction.verify(tx))

    assert len(found) == 1


def test_a_notice_to_the_applicant_goes_with_the_case(city: Engine, clock: VirtualClock) -> None:
    case_no = approved(city, clock)
    with city.read(PLANTED) as tx:
        assert notices.unread(tx) > 0

    destruction.destroy(city, KEEPER, case_no)

    with city.read(PLANTED) as tx:
        assert notices.unread(tx) == 0


def test_the_free_space_can_be_scrubbed_on_either_database(city: Engine) -> None:
    erasing.scrub(city.database)

    assert proposed(city) == []


def test_a_case_that_came_to_be_needed_after_its_approval_is_not_destroyed(city: Engine, clock: VirtualClock) -> None:
    case_no = approved(city, clock)
    part = applications.apply(city, SHOP, "SC-001", {}, idempotency_key="part", parent_no=case_no).case_no

    with pytest.raises(StillNeeded):
        destruction.destroy(city, KEEPER, case_no)

    with city.read(SYSTEM) as tx:
        assert case_rows.find(tx, case_no) is not None
        assert case_rows.find(tx, part) is not None


def test_cases_of_a_service_that_is_no_longer_offered_are_proposed_too(city: Engine, clock: VirtualClock) -> None:
    case_no = closed(city)
    with city.begin(SYSTEM) as tx:
        tx.connection.execute(service_items.update().values(is_online=False, status="suspended"))

    clock.advance(YEARS)
    retention.propose(city)

    assert proposed(city) == [case_no]
