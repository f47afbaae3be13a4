"""Random diagrams: the kernel against SpiffWorkflow, against itself after restarts, and against other drawings of the same."""

import pytest

from engine.bpmn.referee.players import KernelPlayer
from engine.conformance.diagrams import diagram
from engine.conformance.differential import play, run

RUNS = 1_000


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, RUNS, 250))
def test_kernel_and_second_engine_agree_on_random_diagrams(first: int) -> None:
    results = [run(seed) for seed in range(first, first + 250)]

    differing = {result.seed: str(result.difference) for result in results if result.difference is not None}
    assert differing == {}
    assert sum(result.is_asked for result in results) > 150


@pytest.mark.parametrize("seed", range(100))
def test_another_drawing_of_the_same_diagram_comes_to_the_same_end(seed: int) -> None:
    drawn = diagram(seed)

    plain = play(drawn, drawn.draw(), seed)
    others = (
        play(drawn, drawn.draw(is_inlined=True), seed),
        play(drawn, drawn.draw(has_idle_gateways=True), seed),
        play(drawn, drawn.draw(), seed, restarts=True),
    )

    for other in others:
        assert _end(other) == _end(plain), f"seed {seed}"


def _end(player: KernelPlayer) -> tuple[bool, dict[str, object]]:
    return player.is_complete(), dict(player.data())
