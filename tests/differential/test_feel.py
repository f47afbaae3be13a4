"""FEEL on generated expressions beside a slow and obvious evaluator, and beside feelin where node has it.

`npm install feelin@8` in any folder and `FEELIN_HOME=<folder>` makes the second test ask feelin; else it asks the first again."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from engine.feel import compile_expression
from tests.differential.obvious import is_sure, obvious
from tests.differential.trees import SCOPE, Tree, plain, trees, written

SCRIPT = Path(__file__).with_name("feelin.mjs")


def ours(tree: Tree) -> object:
    return plain(compile_expression(written(tree)).evaluate(SCOPE))


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(trees())
def test_a_generated_expression_has_its_obvious_value(tree: Tree) -> None:
    assume(is_sure(tree))

    assert ours(tree) == plain(obvious(tree)), written(tree)


def feelin(expressions: list[str]) -> list[dict[str, object]] | None:
    """What feelin answers; None where node or feelin is not there."""
    node = shutil.which("node")
    if node is None:
        return None
    given = json.dumps([[text, SCOPE] for text in expressions])
    done = subprocess.run(
        [node, str(SCRIPT)], input=given, capture_output=True, text=True, timeout=120, check=False, env={**os.environ}
    )
    return json.loads(done.stdout) if done.returncode == 0 else None


@settings(max_examples=5, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(trees(), min_size=200, max_size=200))
def test_generated_expressions_have_the_values_that_another_evaluator_gives(many: list[Tree]) -> None:
    sure = [tree for tree in many if is_sure(tree) and is_shared(tree)]

    answers = feelin([written(tree) for tree in sure]) or [{"value": obvious(tree)} for tree in sure]

    assert [
        (written(tree), answer, ours(tree))
        for tree, answer in zip(sure, answers, strict=True)
        if "error" in answer or plain(answer["value"]) != ours(tree)
    ] == []


def is_shared(tree: Tree) -> bool:
    """Whether the two mean to agree. feelin says false where the specification says null, takes the ends of a range in either
    order, and gives null for a loop that touches zero."""
    name, *parts = tree
    value = obvious(tree)
    if value is None or (isinstance(value, list) and None in value):
        return False
    if name in {"between", "in range"} and not _ascends(parts[1], parts[2]):
        return False
    if name == "range loop" and 0 in {obvious(part) for part in parts}:  # type: ignore[arg-type]
        return False
    return all(is_shared(part) for part in parts if isinstance(part, tuple))


def _ascends(low: object, high: object) -> bool:
    first, last = obvious(low), obvious(high)  # type: ignore[arg-type]
    return isinstance(first, int) and isinstance(last, int) and first <= last
