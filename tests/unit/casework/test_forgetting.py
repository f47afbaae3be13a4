"""Forgetting: a draft never handed in and a visit long past leave nothing of a person behind, and not a day too early."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.casework import applications, appointments, case_files, drafts, forgetting, inbox, uploads
from engine.clock import VirtualClock
from engine.transaction import Engine
from processes.connectors.files import FileStore
from tests.unit.casework.city import INTAKE, SHOP, STRANGER
from tests.unit.casework.test_people import apply, task_of
from tests.unit.casework.test_retention import PLANTED, everything


def test_a_draft_never_handed_in_is_gone_a_year_after_it_expired(city: Engine, clock: VirtualClock) -> None:
    draft = drafts.open_draft(city, PLANTED, "SC-001")
    with city.begin(PLANTED) as tx:
        applications.consent(tx, draft.id, "SC-001")
    clock.advance(timedelta(days=200))
    applications.expire(city)

    clock.advance(timedelta(days=60))
    early = forgetting.forget(city)
    clock.advance(timedelta(days=365))
    late = forgetting.forget(city)

    left = everything(city)
    assert (early, late) == (0, 1)
    assert [said for said in (str(PLANTED.subject), PLANTED.id, draft.id) if said in left] == []


def test_a_draft_somebody_still_works_on_stays(city: Engine, clock: VirtualClock) -> None:
    drafts.open_draft(city, SHOP, "SC-001")
    clock.advance(timedelta(days=1))

    assert forgetting.forget(city) == 0


def test_a_visit_is_forgotten_a_year_later(city: Engine, clock: VirtualClock) -> None:
    with city.begin(STRANGER) as tx:
        slot = appointments.slots(tx, "SC-001", appointments.days(tx, "SC-001")[0])[0]
        appointments.book(tx, "SC-001", slot.starts_at)

    clock.advance(timedelta(days=300))
    early = forgetting.forget(city)
    clock.advance(timedelta(days=100))

    assert (early, forgetting.forget(city)) == (0, 1)
    assert STRANGER.name not in everything(city)


PDF = b"%PDF-1.4 plan"


@pytest.fixture
def storing(city: Engine, tmp_path: Path) -> Engine:
    return replace(city, documents=FileStore(tmp_path / "documents"))


def test_a_file_never_handed_in_is_gone_with_its_bytes_once_a_draft_would_be_over(storing: Engine, clock: VirtualClock) -> None:
    left = uploads.add(storing, SHOP, "布局图.pdf", PDF)

    clock.advance(drafts.LIFETIME - timedelta(minutes=1))
    early = forgetting.forget(storing)
    clock.advance(timedelta(minutes=1))

    assert (early, forgetting.forget(storing)) == (0, 1)
    assert left.id not in everything(storing)
    with pytest.raises(KeyError):
        case_files.store_of(storing).get(left.sha256)


def test_a_file_that_an_open_draft_names_stays(storing: Engine, clock: VirtualClock) -> None:
    of_citizen, of_officer = uploads.add(storing, SHOP, "布局图.pdf", PDF), uploads.add(storing, INTAKE, "核查.pdf", PDF)
    draft = drafts.open_draft(storing, SHOP, "SC-001")
    task_id = task_of(storing, apply(storing))
    clock.advance(timedelta(days=20))
    with storing.begin(SHOP) as tx:
        drafts.save(tx, draft.id, {"plan": [of_citizen.id]})
    with storing.begin(INTAKE) as tx:
        inbox.claim(tx, task_id)
        inbox.save_draft(tx, task_id, {"report": [of_officer.id]})
    clock.advance(timedelta(days=20))

    assert forgetting.forget(storing) == 0
    with storing.read(SHOP) as tx:
        assert uploads.named(tx, [of_citizen.id]) == (of_citizen,)


def test_bytes_that_a_case_holds_too_stay(storing: Engine, clock: VirtualClock) -> None:
    left = uploads.add(storing, SHOP, "布局图.pdf", PDF)
    case_files.add(storing, INTAKE, apply(storing), "同一文件.pdf", PDF)
    clock.advance(drafts.LIFETIME)

    assert forgetting.forget(storing) == 1
    assert case_files.store_of(storing).get(left.sha256) == PDF
