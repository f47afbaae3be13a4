"""The verbs of a case, each by the runtime function that a page or a worker would call."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.bpmn.terms import Deliver
from engine.conformance.case_stage import Stage
from engine.models.work import subscriptions
from engine.runtime import messages, start, tasks
from engine.runtime.step import set_variables, step

Step = Mapping[str, Any]


class CaseFailed(Exception):
    """A step could not be done: what it names is not there, or not exactly once."""


def perform(stage: Stage, asked: Step) -> None:
    """Does one step and lets follow what follows. Raises CaseFailed, or what the runtime refused with."""
    _VERBS[asked["do"]](stage, asked)
    stage.settle()


def _start(stage: Stage, asked: Step) -> None:
    with stage.engine.begin(SYSTEM) as tx:
        made = start.start(tx, asked["process"], asked.get("variables") or {})
    stage.names[made.id] = asked.get("as", "main")


def _complete(stage: Stage, asked: Step) -> None:
    wanted = asked["task"]
    found = [task for task in _tasks(stage, asked.get("instance")) if wanted in ("*", "*any", task["element_id"])]
    if not found or (wanted == "*" and len(found) > 1):
        raise CaseFailed(f"Expected an open task {wanted}, but found {[task['element_id'] for task in found]}.")
    with stage.engine.begin(SYSTEM) as tx:
        tasks.complete(tx, found[0]["id"], asked.get("variables") or {})


def _complete_all(stage: Stage, asked: Step) -> None:
    """Each in a transaction of its own; one that another has withdrawn is passed over."""
    for task in _tasks(stage, None):
        if asked.get("task") in (None, task["element_id"]):
            with stage.engine.begin(SYSTEM) as tx:
                if tasks.get(tx, task["id"])["state"] == "open":
                    tasks.complete(tx, task["id"], asked.get("variables") or {})


def _tasks(stage: Stage, name: str | None) -> Sequence[Mapping[str, Any]]:
    instance_id = None if name is None else _called(stage, name)
    with stage.engine.read(SYSTEM) as tx:
        return tasks.list_open(tx, instance_id)


def _called(stage: Stage, name: str) -> str:
    for instance_id, known in stage.roots().items():
        if known == name:
            return instance_id
    raise CaseFailed(f"Expected an instance called {name}, but there is none.")


def _message(stage: Stage, asked: Step) -> None:
    with stage.engine.begin(SYSTEM) as tx:
        messages.publish(tx, asked["name"], None, asked.get("variables") or {}, ttl=timedelta())


def _signal(stage: Stage, asked: Step) -> None:
    with stage.engine.begin(SYSTEM) as tx:
        messages.broadcast(tx, asked["name"], asked.get("variables") or {})


def _trigger(stage: Stage, asked: Step) -> None:
    """A receive task without a message goes on when it is told to."""
    with stage.engine.begin(SYSTEM) as tx:
        query = sa.select(subscriptions).where(subscriptions.c.kind == "message", subscriptions.c.name == "")
        found = tx.rows(query)
        if len(found) != 1:
            raise CaseFailed(f"Expected one waiting receive task, but found {len(found)}.")
        step(tx, found[0]["instance_id"], Deliver(found[0]["wait_id"]))


def _set_variables(stage: Stage, asked: Step) -> None:
    instance_id = _called(stage, asked.get("instance", "main"))
    with stage.engine.begin(SYSTEM) as tx:
        set_variables(tx, instance_id, asked.get("variables") or {})


def _advance_time(stage: Stage, asked: Step) -> None:
    """Each timer fires at its own moment, with the clock standing there."""
    end = stage.clock.now + timedelta(seconds=asked["seconds"])
    while (due := stage.next_due()) is not None and due <= end:
        stage.clock.now = max(stage.clock.now, due)
        stage.fire_due()
    stage.clock.now = end


def _fire_next_timer(stage: Stage, asked: Step) -> None:
    due = stage.next_due()
    if due is None:
        raise CaseFailed("Expected a waiting timer, but there is none.")
    stage.clock.now = max(stage.clock.now, due)
    stage.fire_due()


def _observe(stage: Stage, asked: Step) -> None:
    """Looking changes nothing."""


_VERBS: Mapping[str, Callable[[Stage, Step], None]] = {
    "start": _start,
    "complete": _complete,
    "complete_all": _complete_all,
    "message": _message,
    "signal": _signal,
    "trigger": _trigger,
    "set_variables": _set_variables,
    "advance_time": _advance_time,
    "fire_next_timer": _fire_next_timer,
    "observe": _observe,
}
