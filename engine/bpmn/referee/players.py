"""One port, two engines: start, what is open, complete, path and data. The kernel plays as it does in the runtime."""

import io
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.kernel.step import Outcome, decode, encode, incidents, step, variables
from engine.bpmn.model import Process
from engine.bpmn.plan import Plan
from engine.bpmn.referee.scripts import FeelEngine, finish
from engine.bpmn.referee.transcript import JOINS, transcribe
from engine.bpmn.terms import Complete, Deliver, Event, Fire, Start, Status, Values, WaitKind
from engine.dmn import Decision
from engine.feel import to_python


class Player(Protocol):
    """An engine that plays one instance of one process."""

    def start(self, values: Values) -> None:
        """Begins and runs to rest."""

    def open(self) -> Counter[str]:
        """Elements that wait, with how often each does."""

    def complete(self, element_id: str, values: Values) -> None:
        """Completes one of the waits of an element and runs to rest."""

    def path(self) -> Counter[str]:
        """Elements completed so far, with how often."""

    def data(self) -> Mapping[str, object]:
        """The variables of the process, as plain Python."""

    def is_complete(self) -> bool:
        """Whether the instance has ended by completing."""

    def is_halted(self) -> bool:
        """Whether an element could not go on."""


class KernelPlayer:
    """The kernel. restarts: save and restore the state before each event, as after a crash."""

    def __init__(self, plan: Plan, now: datetime, *, restarts: bool = False) -> None:
        self.plan = plan
        self.now = now
        self.restarts = restarts
        self.outcome: Outcome | None = None
        self.completed: Counter[str] = Counter()

    def _do(self, event: Event) -> None:
        state = None if self.outcome is None else self.outcome.state
        if self.restarts and state is not None:
            state = decode(encode(state))
        self.outcome = step(self.plan, state, event, self.now)
        for entry in self.outcome.history:
            if entry.kind == "element.completed" and entry.element_id and not self._is_join(entry.element_id):
                self.completed[entry.element_id] += 1

    def _is_join(self, element_id: str) -> bool:
        """Joins are left out of the path: the second engine counts one for each token that arrives."""
        node = self.plan.nodes.get(element_id)
        return node is not None and node.type in JOINS and len(node.incoming) > 1

    def start(self, values: Values) -> None:
        """Begins and runs to rest."""
        self._do(Start(values))

    def open(self) -> Counter[str]:
        """Elements that wait."""
        return Counter(wait.element_id for wait in self.outcome.waits) if self.outcome is not None else Counter()

    def complete(self, element_id: str, values: Values) -> None:
        """Completes, delivers or fires, as the wait asks."""
        wait = next(wait for wait in (self.outcome.waits if self.outcome is not None else ()) if wait.element_id == element_id)
        match wait.kind:
            case WaitKind.TIMER:
                self._do(Fire(wait.id))
            case WaitKind.MESSAGE | WaitKind.SIGNAL:
                self._do(Deliver(wait.id, values))
            case _:
                self._do(Complete(wait.id, values))

    def path(self) -> Counter[str]:
        """Elements completed so far."""
        return self.completed

    def data(self) -> Mapping[str, object]:
        """The variables of the process."""
        return {} if self.outcome is None else {name: to_python(each) for name, each in variables(self.outcome.state).items()}

    def is_complete(self) -> bool:
        """Whether it completed."""
        return self.outcome is not None and self.outcome.status is Status.COMPLETED

    def is_halted(self) -> bool:
        """Whether there is an incident."""
        return self.outcome is not None and bool(incidents(self.outcome.state))


class SpiffPlayer:
    """SpiffWorkflow, on a transcript of the process."""

    def __init__(self, process: Process, decisions: Mapping[str, Decision]) -> None:
        self.transcript = transcribe(process)
        parser = BpmnParser()
        parser.add_bpmn_io(io.BytesIO(etree.tostring(self.transcript.root)))
        self.halted = False
        engine = FeelEngine(self.transcript, decisions)
        self.workflow = BpmnWorkflow(parser.get_spec("referee"), parser.get_subprocess_specs("referee"), script_engine=engine)

    def start(self, values: Values) -> None:
        """Begins and runs to rest."""
        self.workflow.data.update(values)
        self.workflow.task_tree.data.update(values)
        self._run()

    def _run(self) -> None:
        try:
            self.workflow.do_engine_steps()
        except SpiffWorkflowException:
            self.halted = True

    def _ready(self) -> list[object]:
        return [task for task in self.workflow.get_tasks(state=TaskState.READY, manual=True) if self._node_id(task) is not None]

    def _node_id(self, task: object) -> str | None:
        node = self.transcript.nodes.get(task.task_spec.bpmn_id or "")  # type: ignore[attr-defined]  # the library is untyped
        return node.id if node is not None else None

    def open(self) -> Counter[str]:
        """Elements that wait."""
        return Counter(name for name in map(self._node_id, self._ready()) if name is not None)

    def complete(self, element_id: str, values: Values) -> None:
        """Completes one of the tasks of an element."""
        task = next(task for task in self._ready() if self._node_id(task) == element_id)
        node = self.transcript.nodes[task.task_spec.bpmn_id]  # type: ignore[attr-defined]  # the library is untyped
        is_timer = any(event.kind == "timer" for event in node.events)
        finish(node, task.data, {} if is_timer else dict(values))  # type: ignore[attr-defined]  # the library is untyped
        task.run()  # type: ignore[attr-defined]  # the library is untyped
        self._run()

    def path(self) -> Counter[str]:
        """Elements completed so far."""
        done = self.workflow.get_tasks(state=TaskState.COMPLETED)
        names = (name for name in map(self._node_id, done) if name is not None)
        return Counter(name for name in names if name not in self.transcript.joins)

    def data(self) -> Mapping[str, object]:
        """The variables of the process: at rest those of its tasks, the last ones winning."""
        return {name: to_python(each) for name, each in (self.workflow.last_task.data if self.workflow.last_task else {}).items()}

    def is_complete(self) -> bool:
        """Whether it completed."""
        return bool(self.workflow.completed)

    def is_halted(self) -> bool:
        """Whether an element could not go on; it gives up the whole instance then."""
        return self.halted
