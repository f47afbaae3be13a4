"""P1: the kernel alone on one core, beside SpiffWorkflow's executor on the same diagrams in the same run."""

import io
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from engine.bpmn.kernel.state import State
from engine.bpmn.kernel.step import encode, step, waits
from engine.bpmn.model import Expression, Flow, Model, Node, Process, Scope
from engine.bpmn.plan import Plan, compile_plan
from engine.bpmn.read import read
from engine.bpmn.terms import Complete, Start

PATTERNS = Path(__file__).resolve().parents[1] / "tests" / "patterns"
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="b" id="d">'
    '<process id="P" isExecutable="true">'
)
TAIL = "</process></definitions>"
ENOUGH = 1_000_000
"""A budget that none of these diagrams spends: growth is measured, not refused."""

Row = dict[str, object]


def run() -> dict[str, Row]:
    """Rows of P1."""
    return {
        "P1.seq5": _seq5(),
        "P1.seq500": _seq500(),
        **{f"P1.par{count}": _parallel(count) for count in (50, 1_000)},
        "P1.linear": _linear(),
        "P1.state": _state(),
        "P1.flat": _flat(),
    }


def _seq5() -> Row:
    source = (PATTERNS / "seq5.bpmn").read_bytes()
    ours, theirs = _cpu(lambda: _start(_plan(source)), 5_000), _cpu(_spiff(source), 30)
    value = 1e6 / ours
    met = value >= 30_000 and theirs / ours >= 50
    return _row(value, "inst/s", 1e6 / theirs, theirs / ours, ours, "≥ 30,000/s and ≥ 50 × SpiffWorkflow", met)


def _seq500() -> Row:
    source = chain(500)
    plan = _plan(source)
    ours, theirs = _cpu(lambda: _start(plan), 20), _cpu(_spiff(source), 1)
    return _row(ours / 1e3, "ms", theirs / 1e3, theirs / ours, ours, "≤ 5 ms", ours <= 5_000)


def _parallel(count: int) -> Row:
    """Fork, so many tasks, join. SpiffWorkflow is only asked for fifty: its cost grows with the square."""
    source = fork(count)
    plan = _plan(source)
    ours = _cpu(lambda: _start(plan), max(1, 2_000 // count))
    theirs = _cpu(_spiff(source), 1) if count <= 50 else None
    each = ours / count
    return _row(
        each, "µs/branch", theirs / count if theirs else None, theirs / ours if theirs else None, ours, "≤ 25 µs", each <= 25
    )


def _linear() -> Row:
    """Cost of one element in a chain of 100,000, beside one of 10,000."""
    small, large = (_each(size) for size in (10_000, 100_000))
    return _row(large, "µs/element", small, small / large, large, "≤ 1.5 × that of 10,000 elements", large <= 1.5 * small)


def _each(size: int) -> float:
    """CPU microseconds of one element in a chain of that length."""
    plan = _long(size)
    return _cpu(lambda: _start(plan), max(1, 20_000 // size)) / size


def _state() -> Row:
    """Stored size of a case that waits for an officer with a timer beside it."""
    plan = _plan((PATTERNS / "permit.bpmn").read_bytes())
    facts = {"applicant": "深圳市味然餐饮有限公司", "area": 120, "address": "福田区", "amount": 600}
    size = len(encode(step(plan, None, Start(facts), NOW).state).encode())
    return _row(size, "bytes", 1_024, 1_024 / size, None, "≤ 1 KB", size <= 1_024)


def _flat() -> Row:
    """One step of an instance with 10,000 finished elements, beside one on a fresh instance."""
    plan = _plan(_looping())
    fresh = old = step(plan, None, Start({"n": 0}), NOW, budget=ENOUGH).state
    for _ in range(3_500):
        old = _next(plan, old)
    young, aged = (_cpu(lambda s=state: _next(plan, s), 300) for state in (fresh, old))
    return _row(aged, "µs/step", young, young / aged, aged, "≤ 1.2 × a fresh one", aged <= 1.2 * young)


def _looping() -> bytes:
    body = '<startEvent id="s"/><exclusiveGateway id="g"/><userTask id="t"/>'
    body += '<scriptTask id="c"><script>n = n + 1</script></scriptTask>'
    pairs = (("s", "g"), ("g", "t"), ("t", "c"), ("c", "g"))
    return (HEAD + body + "".join(_flow(*pair) for pair in pairs) + TAIL).encode()


def _next(plan: Plan, state: State) -> State:
    return step(plan, state, Complete(waits(plan, state)[0].id), NOW, budget=ENOUGH).state


def chain(size: int) -> bytes:
    """A straight process of so many script tasks."""
    names = ["s", *(f"t{number}" for number in range(size)), "e"]
    tasks = "".join(f'<scriptTask id="{name}"><script>x = 1</script></scriptTask>' for name in names[1:-1])
    flows = "".join(_flow(one, other) for one, other in pairwise(names))
    return f'{HEAD}<startEvent id="s"/>{tasks}<endEvent id="e"/>{flows}{TAIL}'.encode()


def fork(count: int) -> bytes:
    """A fork into so many script tasks, and a join."""
    names = [f"t{number}" for number in range(count)]
    tasks = "".join(f'<scriptTask id="{name}"><script>v_{name} = 1</script></scriptTask>' for name in names)
    ends = '<startEvent id="s"/><parallelGateway id="f"/><parallelGateway id="j"/><endEvent id="e"/>'
    flows = _flow("s", "f") + _flow("j", "e") + "".join(_flow("f", name) + _flow(name, "j") for name in names)
    return f"{HEAD}{ends}{tasks}{flows}{TAIL}".encode()


def _flow(source: str, target: str) -> str:
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'


_PLANS: dict[bytes, Plan] = {}


def _plan(source: bytes) -> Plan:
    if source not in _PLANS:
        model = read(source)
        _PLANS[source] = compile_plan(model, model.processes[0].id, {})
    return _PLANS[source]


def _long(size: int) -> Plan:
    """A chain made as a model: a file of that size would pass the limit of uploads."""
    names = ["s", *(f"t{number}" for number in range(size)), "e"]
    script = Expression("x = 1", "x = 1")
    tasks = [Node(name, "scriptTask", script=script) for name in names[1:-1]]
    flows = tuple(Flow(f"f{number}", *pair) for number, pair in enumerate(pairwise(names)))
    scope = Scope((Node("s", "startEvent"), *tasks, Node("e", "endEvent")), flows)
    return compile_plan(Model(b"", (Process("P", "P", True, scope),)), "P", {})


def _start(plan: Plan) -> None:
    step(plan, None, Start(), NOW, budget=ENOUGH)


def _spiff(source: bytes) -> Callable[[], None]:
    """SpiffWorkflow on the same diagram, parsed once; it parses and runs by recursion."""
    sys.setrecursionlimit(50_000)
    parser = BpmnParser()
    parser.add_bpmn_io(io.BytesIO(_with_shapes(source)))
    name = "SEQ5" if b"SEQ5" in source else "P"
    spec = parser.get_spec(name)

    def work() -> None:
        workflow = BpmnWorkflow(spec)
        workflow.do_engine_steps()

    return work


def _with_shapes(source: bytes) -> bytes:
    """It wants a shape for every node."""
    from lxml import etree

    root = etree.fromstring(source)
    space = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{node.get("id")}_di" bpmnElement="{node.get("id")}">'
        '<dc:Bounds x="0" y="0" width="1" height="1"/></bpmndi:BPMNShape>'
        for node in root.find(f"{space}process")
        if not node.tag.endswith("sequenceFlow")
    )
    drawn = (
        '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
        'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="D">'
        f'<bpmndi:BPMNPlane id="PL" bpmnElement="P">{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
    )
    root.append(etree.fromstring(drawn))
    return etree.tostring(root)


def _cpu(work: Callable[[], object], times: int) -> float:
    """Median CPU microseconds of one call, over five rounds."""
    rounds = []
    for _ in range(5):
        began = time.process_time_ns()
        for _ in range(times):
            work()
        rounds.append((time.process_time_ns() - began) / times / 1000)
    return median(rounds)


def _row(value: float, unit: str, limit: float | None, ratio: float | None, cpu: float | None, target: str, met: bool) -> Row:
    return {
        "value": round(value, 2),
        "unit": unit,
        "limit": None if limit is None else round(limit, 2),
        "ratio": None if ratio is None else round(ratio, 2),
        "cpu_us": None if cpu is None else round(cpu, 2),
        "target": target,
        "met": met,
    }
