"""Soundness of long and wide diagrams is proved in time that grows with the diagram, not with its square."""

import time

from engine.bpmn.check import examine

_HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">'
    '<process id="p" isExecutable="true"><startEvent id="s"/><endEvent id="e"/>'
)
_TAIL = "</process></definitions>"


def _flow(source: str, target: str) -> str:
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'


def _chain(length: int) -> bytes:
    names = ["s", *(f"t{number}" for number in range(length)), "e"]
    tasks = "".join(f'<userTask id="{name}" name="办理 {name}"/>' for name in names[1:-1])
    return (_HEAD + tasks + "".join(map(_flow, names, names[1:])) + _TAIL).encode()


def _fan(width: int) -> bytes:
    names = [f"t{number}" for number in range(width)]
    tasks = "".join(f'<userTask id="{name}" name="办理 {name}"/>' for name in names)
    gateways = '<parallelGateway id="split"/><parallelGateway id="join"/>'
    flows = "".join(_flow("split", name) + _flow(name, "join") for name in names)
    return (_HEAD + gateways + tasks + _flow("s", "split") + flows + _flow("join", "e") + _TAIL).encode()


def test_a_chain_of_three_thousand_tasks_is_proved_sound_within_seconds() -> None:
    started = time.process_time()

    report = examine(_chain(3000))

    assert not [finding for finding in report.findings if "sound" in finding.code]
    assert report.is_accepted
    assert time.process_time() - started < 10


def test_four_hundred_parallel_branches_are_proved_sound_within_seconds() -> None:
    started = time.process_time()

    report = examine(_fan(400))

    assert not [finding for finding in report.findings if "sound" in finding.code]
    assert report.is_accepted
    assert time.process_time() - started < 10


def _choices_joined_in_parallel(width: int) -> bytes:
    parts = ['<parallelGateway id="f"/><parallelGateway id="j"/>', _flow("s", "f"), _flow("j", "e")]
    for b in range(width):
        parts.append(f'<exclusiveGateway id="g{b}"/><userTask id="a{b}"/><userTask id="b{b}"/><parallelGateway id="h{b}"/>')
        ways = (("f", f"g{b}"), (f"g{b}", f"a{b}"), (f"g{b}", f"b{b}"), (f"a{b}", f"h{b}"), (f"b{b}", f"h{b}"), (f"h{b}", "j"))
        parts.extend(_flow(*way) for way in ways)
    return (_HEAD + "".join(parts) + _TAIL).encode()


def test_a_deadlock_in_each_of_twenty_branches_is_found_within_two_seconds_with_a_run_to_it() -> None:
    started = time.process_time()

    report = examine(_choices_joined_in_parallel(20))

    (found,) = [finding for finding in report.findings if finding.code == "bpmn.sound.deadlock"]
    assert found.pointer == "h0"
    assert "g0 → g0_a0 → a0" in found.en
    assert time.process_time() - started < 2
