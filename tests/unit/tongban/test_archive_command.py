"""`tongban archive`: a package comes out, is verified, and names what was changed in it."""

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.transaction import Engine
from tests.unit.casework.city import open_city
from tests.unit.casework.test_retention import PLANTED, closed
from tongban.main import cli


@pytest.fixture
def case_no(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> str:
    """A closed case; the command meets its platform."""
    city = open_city(sqlite_engine)
    monkeypatch.setattr("processes.platform.build", lambda settings: city)
    monkeypatch.setenv("TONGBAN_DATA", str(city.settings.data_dir))
    monkeypatch.delenv("TONGBAN_SECRET_KEY", raising=False)
    return closed(city, attaches=False)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["archive", *arguments])


def test_an_exported_package_is_whole_and_signed_with_the_key_of_the_city(case_no: str, tmp_path: Path) -> None:
    file = str(tmp_path / "case.zip")

    made = run("export", case_no.lower(), file)
    verified = run("verify", file)

    assert made.exit_code == 0, made.output
    assert verified.exit_code == 0, verified.output
    assert all(said in verified.output for said in (case_no, "完整 / whole", run("key").output.strip()))


def test_a_changed_file_is_named(case_no: str, tmp_path: Path) -> None:
    whole, spoiled = tmp_path / "case.zip", tmp_path / "spoiled.zip"
    run("export", case_no, str(whole))
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(spoiled, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(PLANTED.name.encode(), "某人某某".encode()) if name == "case.json" else content)

    verified = run("verify", str(spoiled))

    assert verified.exit_code == 1
    assert "BROKEN  case.json" in verified.output


def test_a_machine_without_the_secret_verifies_by_the_key_it_was_given(
    case_no: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(tmp_path / "case.zip")
    run("export", case_no, file)
    ours = run("key").output.strip()
    elsewhere = tmp_path / "elsewhere"
    monkeypatch.setenv("TONGBAN_DATA", str(elsewhere))

    unknown, right, wrong = run("verify", file), run("verify", file, "--key", ours), run("verify", file, "--key", "00" * 32)

    assert (unknown.exit_code, right.exit_code, wrong.exit_code) == (0, 0, 1)
    assert "unknown here" in unknown.output
    assert not elsewhere.exists()
