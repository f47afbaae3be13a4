"""P14: FEEL and decision tables, beside the naive way of doing the same in the same run."""

import html
import json
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from engine.conformance.dmn import untagged
from engine.conformance.dmn_cases import cases
from engine.dmn import read
from engine.dmn.elements import DecisionElement, Literal
from engine.dmn.model import Decision
from engine.errors import TongbanError
from engine.feel import compile_expression, to_plain

SUITE = Path(__file__).resolve().parents[1] / ".." / "shared" / "conformance" / "dmn-tck" / "compliance-level-3"
SAMPLE = (
    ("amount > 500", {"amount": 600}),
    ("applicant.age >= 80 and local", {"applicant": {"age": 82}, "local": True}),
    ("count(items[price > 10]) > 1", {"items": [{"price": 11}, {"price": 9}, {"price": 30}]}),
    ("date(s) + duration(d)", {"s": "2026-11-22", "d": "P1M"}),
    ("if n in [1..10] then n * 1.5 else null", {"n": 7}),
)


def run() -> dict[str, dict[str, object]]:
    """Rows of P14."""
    rows = {"P14.feel_median": _feel()}
    peer = _feelin()
    if peer is not None:
        ours = float(str(rows["P14.feel_median"]["value"]))
        rows["P14.feel_beside_feelin"] = _row(ours, peer, 5.0, "limit: feelin on the same expressions, in node")
    for name, table, facts, target in _tables():
        rows[f"P14.{name}"] = _table(table, facts, target)
    return rows


def _feel() -> dict[str, object]:
    found = list(_expressions())
    timed = [_microseconds(lambda e=expression, s=scope: e.evaluate(s), 200) for expression, scope in found]
    naive = [
        _microseconds(lambda e=expression, s=scope: _afresh(e.text, s), 5)
        for expression, scope in found[:: max(1, len(found) // 100)]
    ]
    return _row(
        statistics.median(timed), statistics.median(naive), 5.0, f"≤ 5 µs, {len(found)} expressions; limit: compiled anew"
    )


def _feelin() -> float | None:
    """Median microseconds of feelin on the same expressions; None where node or feelin is not there."""
    node = shutil.which("node")
    if node is None:
        return None
    pairs = [[expression.text, to_plain(scope)] for expression, scope in _expressions()]
    done = subprocess.run(
        [node, str(Path(__file__).with_name("feelin.mjs"))], input=json.dumps(pairs), capture_output=True, text=True, check=False
    )
    return float(done.stdout) if done.returncode == 0 else None


def _afresh(text: str, scope: dict[str, object]) -> object:
    """The expression parsed and compiled anew; an unused name defeats the cache."""
    return compile_expression(text, (*scope, f"unused {time.perf_counter_ns()}")).evaluate(scope)


def _expressions() -> Iterator[tuple[object, dict[str, object]]]:
    """Literal decisions of the compatibility kit where it lies beside the project, else a built-in sample."""
    if not SUITE.exists():
        yield from ((compile_expression(text), scope) for text, scope in SAMPLE)
        return
    for file in sorted(SUITE.glob("*/*.xml")):
        for case in cases(file):
            model = read(case.model.read_bytes(), lenient=True)
            for result in case.results:
                element = next((each.element for each in model.decisions if each.name == result.name), None)
                if not isinstance(element, DecisionElement) or not isinstance(element.body, Literal):
                    continue
                scope = {name: untagged(value) for name, value in case.inputs.items()}
                try:
                    yield compile_expression(element.body.text, tuple(scope)), scope
                except TongbanError:
                    continue


def _tables() -> Iterator[tuple[str, Decision, dict[str, object], float]]:
    wide = [["&gt;= 0"] * 4 + [str(row), str(row)] for row in range(50)]
    yield "table_50x5", _decision(wide, 5), {f"c{column}": 49 for column in range(5)}, 200.0
    for size in (100, 1000, 10_000):
        for policy in ("UNIQUE", "FIRST"):
            long = [[f"[{row * 10}..{row * 10 + 10})", "true" if row % 2 else "-", str(row)] for row in range(size)]
            yield f"table_{size}_{policy.lower()}", _decision(long, 2, policy), {"c0": size * 10 - 5, "c1": True}, 100.0


def _decision(rows: list[list[str]], columns: int, policy: str = "UNIQUE") -> Decision:
    names = [f"c{column}" for column in range(columns)]
    data = "".join(f'<inputData id="{name}" name="{name}"/>' for name in names)
    needs = "".join(f'<informationRequirement><requiredInput href="#{name}"/></informationRequirement>' for name in names)
    inputs = "".join(f"<input><inputExpression><text>{name}</text></inputExpression></input>" for name in names)
    rules = "".join(
        "<rule>"
        + "".join(f"<inputEntry><text>{cell}</text></inputEntry>" for cell in row[:-1])
        + f"<outputEntry><text>{html.escape(row[-1])}</text></outputEntry></rule>"
        for row in rows
    )
    table = f'<decisionTable hitPolicy="{policy}">{inputs}<output name="result"/>{rules}</decisionTable>'
    source = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="bench" name="bench" id="bench">'
        f'{data}<decision id="d" name="d">{needs}{table}</decision></definitions>'
    )
    return read(source.encode()).decision("d")


def _table(decision: Decision, facts: dict[str, object], target: float) -> dict[str, object]:
    value = _microseconds(lambda: decision.decide(facts), 1000)
    table = decision.tables[0]
    index, table.index = table.index, None
    naive = _microseconds(lambda: decision.decide(facts), 100)
    table.index = index
    return _row(value, naive, target, f"≤ {target:g} µs with reasons; limit: row by row")


def _microseconds(work: Callable[[], object], times: int) -> float:
    """Median CPU microseconds of one call, over five rounds."""
    rounds = []
    for _ in range(5):
        start = time.process_time_ns()
        for _ in range(times):
            work()
        rounds.append((time.process_time_ns() - start) / times / 1000)
    return statistics.median(rounds)


def _row(value: float, limit: float, target: float, text: str) -> dict[str, object]:
    return {
        "value": round(value, 3),
        "unit": "µs",
        "limit": round(limit, 3),
        "ratio": round(limit / value, 1) if value else None,
        "cpu_us": round(value, 3),
        "target": text,
        "met": value <= target,
    }
