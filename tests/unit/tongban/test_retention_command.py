"""`tongban retention` and `tongban audit verify`: a real file is emptied by two people, and the audit says what went."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.actors import SYSTEM
from engine.casework import accounts
from engine.casework.accounts import Person
from engine.models.cases import cases
from engine.models.migrations import upgrade
from engine.models.retention import destructions
from engine.settings import Settings
from engine.transaction import Engine
from processes.platform import build
from tests.unit.casework.city import CITY, open_city
from tests.unit.casework.test_retention import KEEPER, PLANTED, closed
from tongban.main import cli


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The small city in a file, with an archivist and a supervisor."""
    url = f"sqlite:///{tmp_path / 'tongban.db'}"
    upgrade(url)
    monkeypatch.setenv("TONGBAN_DATABASE_URL", url)
    monkeypatch.setenv("TONGBAN_DATA", str(tmp_path))
    made = build(Settings(url, tmp_path))
    engine = open_city(replace(made, observers=made.observers))
    with engine.begin(SYSTEM) as tx:
        for who in (KEEPER, CITY):
            accounts.register(tx, Person(who.id, who.id, who.name, who.kind, office=who.office, roles=tuple(who.roles)))
    return engine


@pytest.fixture
def case_no(city: Engine) -> str:
    """A case of twelve years ago."""
    made = closed(city)
    with city.begin(SYSTEM) as tx:
        old = tx.now - timedelta(days=366 * 12)
        tx.connection.execute(cases.update().values(submitted_at=old, closed_at=old))
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def test_a_planted_name_is_in_no_byte_of_the_folder_after_destruction(case_no: str, tmp_path: Path) -> None:
    listed = run("retention", "list")
    approved = run("retention", "approve", case_no.lower(), "--by", CITY.id, "--reason", "期满")
    destroyed = run("retention", "destroy", "--by", KEEPER.id)

    assert f"{case_no}  proposed" in listed.output
    assert (approved.exit_code, destroyed.exit_code) == (0, 0), approved.output + destroyed.output
    bytes_left = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert case_no.encode() in bytes_left  # the register knows the number
    for planted in (PLANTED.name, str(PLANTED.subject), PLANTED.id):
        assert planted.encode() not in bytes_left, planted


def test_the_audit_passes_and_says_what_was_destroyed(case_no: str) -> None:
    run("retention", "list")
    run("retention", "approve", case_no, "--by", CITY.id, "--reason", "期满")
    run("retention", "destroy", case_no, "--by", KEEPER.id)

    verified, agreed, told = run("audit", "verify"), run("audit", "invariants"), run("retention", "records")

    assert (verified.exit_code, agreed.exit_code) == (0, 0), verified.output + agreed.output
    assert all(f"已销毁 destroyed #1 {case_no}" in answer.output for answer in (verified, told))
    assert "林芳 批准 approved, 方档 销毁 destroyed" in verified.output


def test_the_audit_finds_a_changed_record(city: Engine, case_no: str) -> None:
    run("retention", "list")
    run("retention", "approve", case_no, "--by", CITY.id, "--reason", "期满")
    run("retention", "destroy", case_no, "--by", KEEPER.id)
    with city.begin(SYSTEM) as tx:
        tx.connection.execute(destructions.update().values(destroyed_by="nobody"))

    verified = run("audit", "verify")

    assert verified.exit_code == 1
    assert "does not match its hash" in verified.output


def test_what_is_kept_for_longer_is_not_destroyed(case_no: str) -> None:
    run("retention", "list")
    kept = run("retention", "keep", case_no, "--by", CITY.id, "--reason", "有诉讼", "--years", "2")

    destroyed = run("retention", "destroy", "--by", KEEPER.id)

    assert (kept.exit_code, destroyed.exit_code) == (0, 0)
    assert f"{case_no}  kept" in run("retention", "list", "--state", "kept").output
    assert "已销毁 0 件" in destroyed.output
