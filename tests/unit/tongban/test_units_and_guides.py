"""What operators copy is true: units, compose file and guides name only commands, settings and files that exist."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.settings import from_environment
from tongban.main import COMMANDS

ROOT = Path(__file__).parents[3]
UNITS = sorted((ROOT / "deploy/systemd").iterdir())
GUIDES = sorted((ROOT / "docs/howto").glob("*.md"))
COPIED = [*UNITS, *GUIDES, *(path for path in sorted((ROOT / "deploy").iterdir()) if path.is_file())]
DATABASE_URLS = re.compile(r"TONGBAN_[A-Z_]+")


def settings_known() -> set[str]:
    """The reference lists what the program reads (`test_settings_reference`)."""
    return set(DATABASE_URLS.findall((ROOT / "docs/reference/settings.md").read_text("utf-8")))


@pytest.mark.parametrize("path", COPIED, ids=lambda path: path.name)
def test_only_settings_that_exist_are_named(path: Path) -> None:
    named = set(DATABASE_URLS.findall(path.read_text("utf-8")))

    assert named <= settings_known()


@pytest.mark.parametrize("path", COPIED, ids=lambda path: path.name)
def test_only_commands_that_exist_are_named(path: Path) -> None:
    text = path.read_text("utf-8")
    called = set(re.findall(r"(?:^|^`|bin/|^[A-Z_]+=\S+ )tongban ([a-z][a-z-]+)", "\n".join(_commands(path, text)), re.MULTILINE))

    assert called <= set(COMMANDS)


def _commands(path: Path, text: str) -> list[str]:
    """Lines of shell in a guide; the start lines of a unit."""
    if path.suffix == ".md":
        return re.findall(r"```sh\n(.*?)```", text, re.DOTALL) + [
            f"`{found}`" for found in re.findall(r"`(tongban [^`]+)`", text)
        ]
    return [line for line in text.splitlines() if line.startswith("ExecStart=")]


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_only_files_that_exist_are_named(path: Path) -> None:
    named = re.findall(r"(?:deploy|docs)/[\w./@-]+\.\w+", path.read_text("utf-8"))

    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_can_be_read(path: Path) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's names keep their case
    unit.read_string(path.read_text("utf-8"))

    assert unit["Unit"]["Description"]
    assert path.suffix == ".timer" or unit["Service"]["ExecStart"].startswith("/")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_has_nothing_to_say_against_a_unit(path: Path, tmp_path: Path) -> None:
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text("utf-8").replace("/opt/tongban/.venv/bin/tongban", "/bin/true"), "utf-8")
    one = tmp_path / path.name.replace("@.", "@8001.")
    one.write_bytes((tmp_path / path.name).read_bytes())

    said = subprocess.run(["systemd-analyze", "verify", str(one)], capture_output=True, text=True, check=False)

    assert (said.returncode, said.stderr) == (0, "")


def test_the_compose_file_starts_every_kind_of_process_on_one_database() -> None:
    compose: dict[str, Any] = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text("utf-8"))

    services = compose["services"]
    assert services["web"]["command"][:2] == ["tongban", "web"]
    assert services["worker"]["command"] == ["tongban", "worker"]
    assert services["web"]["environment"] == services["worker"]["environment"]
    assert (ROOT / "deploy" / services["web"]["build"]["context"] / services["web"]["build"]["dockerfile"]).exists()


@pytest.mark.skipif(shutil.which("haproxy") is None, reason="haproxy is not installed here")
def test_the_load_balancers_file_is_accepted_by_it() -> None:
    checked = subprocess.run(["haproxy", "-c", "-f", "deploy/haproxy.cfg"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stderr


def test_every_setting_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TONGBAN_REPLICA_URL", "postgresql://replica/city")
    monkeypatch.setenv("TONGBAN_LEAVE_SECONDS", "5")

    found = from_environment(tmp_path)

    assert (found.replica_url, found.leave_seconds) == ("postgresql://replica/city", 5.0)
