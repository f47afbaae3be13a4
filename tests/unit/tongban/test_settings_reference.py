"""`docs/reference/settings.md` lists every setting there is, with the default it has, and no other."""

import os
import re
from dataclasses import fields
from pathlib import Path

import pytest

from engine.settings import Settings, from_environment

ROOT = Path(__file__).parents[3]
ROWS = re.findall(
    r"^\| `(TONGBAN_[A-Z_]+)` \| (?:`([^`]*)`)? ?\| (.+) \|$",
    (ROOT / "docs/reference/settings.md").read_text("utf-8"),
    re.MULTILINE,
)
_FIELD = {"TONGBAN_DATA": "data_dir"}


def read_by_the_program() -> set[str]:
    rooms = ("engine", "api", "worker", "processes", "tongban")
    sources = [path.read_text("utf-8") for room in rooms for path in (ROOT / room).rglob("*.py")]
    return {name for source in sources for name in re.findall(r'"(TONGBAN_[A-Z_]+)"', source)}


def test_every_setting_the_program_reads_is_listed_once_and_no_other() -> None:
    listed = [name for name, _, _ in ROWS]

    assert sorted(listed) == sorted(read_by_the_program())


@pytest.mark.parametrize(("name", "said"), [(name, said) for name, said, _ in ROWS if not name.startswith("TONGBAN_LOG")])
def test_a_default_is_the_one_that_is_said(name: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in [key for key in os.environ if key.startswith("TONGBAN_")]:
        monkeypatch.delenv(key)

    settings = from_environment()
    found = getattr(settings, _FIELD.get(name, name.removeprefix("TONGBAN_").lower()))

    if name == "TONGBAN_DATA":
        assert found == Path(said).resolve()
    else:
        assert found == type(found)(said.replace("<TONGBAN_DATA>", str(settings.data_dir)))


def test_every_field_of_the_settings_can_be_set_from_outside() -> None:
    names = {_FIELD.get(name, name.removeprefix("TONGBAN_").lower()) for name, _, _ in ROWS}

    assert {field.name for field in fields(Settings)} <= names
