"""Before publication a second, independent engine does again what the first has done; a difference stops the publication."""

from collections import Counter
from pathlib import Path

import pytest

from engine.actors import SYSTEM
from engine.bpmn.referee.opinion import Verdict
from engine.bpmn.referee.players import SpiffPlayer
from engine.models.definitions import deployments
from engine.transaction import Engine
from processes import publish, scenarios, second_opinion
from processes.package import Package, load
from processes.second_opinion import EnginesDiffer
from tests.unit.runtime.versions import HEAD, flow, user

SERVICES = Path(__file__).resolve().parents[3] / "processes"


def a_choice() -> Package:
    """A diagram without scenarios: rehearsed by both engines."""
    body = (
        '<process id="P" isExecutable="true"><startEvent id="s"/><exclusiveGateway id="g" default="g_b"/><endEvent id="e"/>'
        + user("a")
        + user("b")
        + flow("s", "g", "b", "e")
        + flow("a", "e")
        + '<sequenceFlow id="g_a" sourceRef="g" targetRef="a"><conditionExpression xsi:type="tFormalExpression">amount &gt; 5'
        "</conditionExpression></sequenceFlow></process></definitions>"
    )
    return Package("choice", {"choice.bpmn": (HEAD + body).encode()}, {}, {})


@pytest.fixture
def misled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second engine that sees one element too few."""
    honest = SpiffPlayer.path
    monkeypatch.setattr(SpiffPlayer, "path", lambda player: honest(player) - Counter(["s"]))


def test_what_a_scenario_did_is_done_again_by_the_second_engine() -> None:
    package = load(SERVICES / "investment-filing")
    result = scenarios.run(package, sorted(package.scenarios)[0])

    opinions = list(second_opinion.judge(package, {result.name: result.played}))

    assert result.passed
    assert [opinion.verdict for _, opinion in opinions] == [Verdict.AGREES]


def test_a_diagram_without_scenarios_is_rehearsed_in_many_orders() -> None:
    assert [opinion.verdict for _, opinion in second_opinion.judge(a_choice(), {})] == [Verdict.AGREES]


def test_a_difference_stops_the_publication_and_is_shown(sqlite_engine: Engine, misled: None) -> None:
    with pytest.raises(EnginesDiffer) as refused:
        publish.publish(sqlite_engine, SYSTEM, a_choice())

    (finding,) = refused.value.findings
    assert finding.code == "referee.differs"
    assert "the path" in finding.en
    assert "SpiffWorkflow" in finding.zh
    with sqlite_engine.read(SYSTEM) as tx:
        assert tx.rows(deployments.select()) == []


def test_a_diagram_that_gets_stuck_is_stuck_on_both_engines(sqlite_engine: Engine) -> None:
    stuck = (
        '<process id="P" isExecutable="true"><startEvent id="s"/><exclusiveGateway id="g" default="g_a"/>'
        '<parallelGateway id="j"/>'
        + user("a")
        + user("b")
        + flow("s", "g", "a", "j")
        + flow("b", "j")
        + '<sequenceFlow id="g_b" sourceRef="g" targetRef="b"><conditionExpression xsi:type="tFormalExpression">amount &gt; 5'
        "</conditionExpression></sequenceFlow></process></definitions>"
    )
    package = Package("stuck", {"stuck.bpmn": (HEAD + stuck).encode()}, {}, {})

    made = publish.publish(sqlite_engine, SYSTEM, package)

    assert any(finding.code == "bpmn.sound.deadlock" for finding in made.findings)


def test_agreement_lets_it_through(sqlite_engine: Engine) -> None:
    assert publish.publish(sqlite_engine, SYSTEM, a_choice()).state == "published"
