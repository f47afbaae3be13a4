"""The house keeps its shape: rooms, names and sizes."""

import ast
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("engine", "processes", "forms", "api", "worker")
SOURCES = [p for room in (*ROOMS, "tongban") for p in (ROOT / room).rglob("*.py") if "migrations/versions" not in str(p)]


def modules_importing(name: str) -> set[str]:
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            if any(n == name or n.startswith(f"{name}.") for n in names):
                found.add(path.relative_to(ROOT).as_posix())
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_the_names_of_the_rooms_belong_to_this_distribution_alone(room: str) -> None:
    assert set(packages_distributions().get(room, [])) <= {"tongban"}


def test_only_the_referee_imports_spiffworkflow() -> None:
    assert all(path.startswith("engine/bpmn/referee") for path in modules_importing("SpiffWorkflow"))


def test_only_the_api_imports_flask() -> None:
    assert all(path.startswith("api/") for path in modules_importing("flask"))


def test_only_the_worker_imports_the_scheduler() -> None:
    assert all(path.startswith("worker/") for path in modules_importing("apscheduler"))


def test_tables_are_defined_only_among_the_models() -> None:
    tables = [p for p in SOURCES if "sa.Table(" in p.read_text("utf-8")]

    assert all(p.relative_to(ROOT).as_posix().startswith("engine/models/") for p in tables)


def test_nothing_evaluates_python_text() -> None:
    calls = {
        p.relative_to(ROOT).as_posix()
        for p in SOURCES
        for node in ast.walk(ast.parse(p.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec"}
    }

    assert calls <= EXECUTES_ITS_OWN_GENERATED_CODE


EXECUTES_ITS_OWN_GENERATED_CODE: set[str] = set()


def test_every_module_says_its_purpose_in_its_first_line() -> None:
    silent = [p.relative_to(ROOT).as_posix() for p in SOURCES if not ast.get_docstring(ast.parse(p.read_text("utf-8")))]

    assert silent == []


def test_a_file_longer_than_four_hundred_lines_says_why_it_is_one() -> None:
    long = [p for p in SOURCES if len(p.read_text("utf-8").splitlines()) > 400]
    purposes = {p.relative_to(ROOT).as_posix(): ast.get_docstring(ast.parse(p.read_text("utf-8"))) or "" for p in long}
    unexplained = [path for path, purpose in purposes.items() if "one file" not in purpose]

    assert unexplained == []


def test_the_command_answers_for_help_without_loading_the_city() -> None:
    program = "import sys, tongban.main; print(sorted(m for m in ('flask', 'sqlalchemy', 'lxml') if m in sys.modules))"

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)

    assert answer.stdout.strip() == "[]"


def test_every_dependency_has_its_reason() -> None:
    reasons = (ROOT / "docs/reference/dependencies.md").read_text("utf-8")
    setup = (ROOT / "setup.cfg").read_text("utf-8")
    wanted = setup.split("install_requires =")[1].split("[options.packages.find]")[0]
    names = {line.strip().split(">")[0].split("[")[0] for line in wanted.splitlines() if ">=" in line}

    assert {n for n in names if n not in reasons} == set()


EACH_FIRST = """
import importlib, sys
from engine.casework import observer, topics
names = sys.argv[1:]
for name in names:
    for known in [known for known in sys.modules if known.startswith("engine.casework")]:
        del sys.modules[known]
    importlib.import_module(name)
"""


def test_every_module_of_casework_may_be_the_first_to_be_imported() -> None:
    room = ROOT / "engine" / "casework"
    found = (p.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".") for p in room.rglob("*.py"))
    names = [name.removesuffix(".__init__") for name in found]

    done = subprocess.run(
        [sys.executable, "-c", EACH_FIRST, *names], cwd=ROOT, capture_output=True, text=True
    )  # our own interpreter

    assert done.returncode == 0, done.stderr[-2000:]
