"""P4: the human step: claim, complete with a form's validation, see the next task; beside the bare commit."""

from pathlib import Path

from benchmarks import stages
from engine.actors import SYSTEM, Actor, ActorKind
from engine.calendar.china import ChinaCalendar
from engine.casework import inbox, observer
from engine.models.migrations import upgrade
from engine.models.tasks import human_tasks
from engine.runtime import database, deploy, start
from engine.settings import Settings
from engine.transaction import Engine

TARGET, TASKS = 400, 3_000
OFFICER = Actor("bench", "李敏", ActorKind.OFFICER, frozenset({"caseworker"}), frozenset({"desk"}), "mzj")
FORM = b"""{"type": "default", "id": "review", "components": [
  {"key": "amount", "type": "number", "label": "amount", "validate": {"required": true, "min": 1, "max": 100000}},
  {"key": "reason", "type": "textarea", "label": "reason", "validate": {"required": true, "maxLength": 500}}]}"""


def run(seconds: float = 2.0) -> dict[str, dict[str, object]]:
    """`P4.sqlite`, `P4.postgres`: claims with their completions a second, one officer in one thread."""
    rows: dict[str, dict[str, object]] = {}
    for kind in stages.KINDS:
        with stages.database(kind, "p4") as (url, folder):
            engine = _city(url, folder)
            limit, _ = stages.raw(kind, url)
            waiting = _open(engine, TASKS)
            pace = stages.repeat(lambda _, tasks=waiting, on=engine: _handle(on, tasks.pop()), seconds)
            rows[f"P4.{kind}"] = {
                "value": pace.per_second,
                "unit": "tasks/s",
                "limit": limit,
                "ratio": pace.per_second / limit,
                "cpu_us": pace.cpu_us,
                "target": f"≥ {TARGET}/s: a claim, a checked completion, the next task",
                "met": pace.per_second >= TARGET,
            }
            engine.database.dispose()
    return rows


def _city(url: str, folder: Path) -> Engine:
    upgrade(url)
    engine = Engine(Settings(url, folder), database.connect(url), ChinaCalendar(), observers=(observer.observe,))
    drawn = (stages.PATTERNS / "human.bpmn").read_text("utf-8")
    vendor = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi='
    drawn = drawn.replace("xmlns:xsi=", vendor, 1)
    drawn = drawn.replace('name="Review"', 'name="Review" camunda:candidateGroups="desk" camunda:formKey="review"')
    with engine.begin(SYSTEM) as tx:
        made = deploy.deploy(tx, "human", {"human.bpmn": drawn.encode(), "forms/review.form.json": FORM})
        deploy.publish(tx, made.id)
    return engine


def _open(engine: Engine, number: int) -> list[str]:
    """So many tasks in the pool of the desk."""
    for _ in range(number // 100):
        with engine.begin(SYSTEM) as tx:
            for _ in range(100):
                start.start(tx, "HUMAN", {"amount": 0})
    with engine.read(SYSTEM) as tx:
        return [row["id"] for row in tx.find_all(human_tasks, "id", state="open")]


def _handle(engine: Engine, task_id: str) -> None:
    with engine.begin(OFFICER) as tx:
        inbox.claim(tx, task_id)
    inbox.complete(engine, OFFICER, task_id, {"amount": 900, "reason": "材料齐全"})
