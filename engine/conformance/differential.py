"""`differential --runs N [--seed S] [--jobs J]`: random diagrams, completion orders and restarts, on two engines at once.

Prints one JSON object; exit code 1 when the kernel and SpiffWorkflow differ anywhere, with the seed that shows it."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

import orjson

from engine.bpmn.plan import compile_plan
from engine.bpmn.read import read
from engine.bpmn.referee.applicable import reasons
from engine.bpmn.referee.opinion import Difference, difference_at
from engine.bpmn.referee.players import KernelPlayer, Player, SpiffPlayer
from engine.conformance.diagrams import Diagram, diagram

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_MAX_STEPS = 200


@dataclass(frozen=True, slots=True)
class Result:
    """How one seed went. is_asked: whether the diagram lies in the part that SpiffWorkflow executes rightly."""

    seed: int
    is_asked: bool
    steps: int
    difference: Difference | None = None


def run(seed: int) -> Result:
    """One random diagram on both engines, completed in a random order."""
    drawn = diagram(seed)
    model = read(drawn.draw())
    process = model.processes[0]
    if reasons(process):
        return Result(seed, is_asked=False, steps=0)
    random = Random(seed)  # noqa: S311  # reproducible by design
    kernel = KernelPlayer(compile_plan(model, process.id, {}), _NOW, restarts=random.random() < 0.5)
    steps, difference = duel(kernel, SpiffPlayer(process, {}), drawn.choices, random)
    return Result(seed, is_asked=True, steps=steps, difference=difference)


def duel(kernel: Player, referee: Player, values: Mapping[str, object], random: Random) -> tuple[int, Difference | None]:
    """Plays both to the end, completing what is open in a random order; the number of steps and the first difference."""
    kernel.start(values)
    referee.start(values)
    for step in range(_MAX_STEPS):
        difference = difference_at(step, kernel, referee)
        waiting = sorted(kernel.open().elements())
        if difference is not None or not waiting:
            return step, difference
        element = random.choice(waiting)
        answer = {f"v_{element}": step}
        kernel.complete(element, answer)
        referee.complete(element, answer)
    return _MAX_STEPS, None


def play(drawn: Diagram, source: bytes, order: int, *, restarts: bool = False) -> KernelPlayer:
    """The kernel alone on one drawing of a diagram, completing tasks in the order of a seed."""
    model = read(source)
    player = KernelPlayer(compile_plan(model, "random", {}), _NOW, restarts=restarts)
    player.start(drawn.choices)
    random = Random(order)  # noqa: S311  # reproducible by design
    while player.open():
        element = random.choice(sorted(player.open().elements()))
        player.complete(element, {f"v_{element}": "done"})
    return player


def _all(seeds: range, jobs: int) -> list[Result]:
    """The results of all seeds; shared out among processes where there are many."""
    if jobs < 2 or len(seeds) < 500:
        return [run(seed) for seed in seeds]
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(run, seeds, chunksize=100))


def main(arguments: Sequence[str]) -> int:
    """Runs the seeds and prints what came of them."""
    parser = argparse.ArgumentParser(prog="differential")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes that share the runs")
    asked = parser.parse_args(list(arguments))
    results = _all(range(asked.seed, asked.seed + asked.runs), asked.jobs)
    differing = [result for result in results if result.difference is not None]
    answer = {
        "runs": len(results),
        "compared": sum(result.is_asked for result in results),
        "steps": sum(result.steps for result in results),
        "differing": [{"seed": result.seed, "difference": str(result.difference)} for result in differing[:20]],
    }
    sys.stdout.write(orjson.dumps(answer).decode() + "\n")
    return 1 if differing else 0
