"""Scenarios: a package tried on a platform of its own, on a virtual clock, with what must come out of it.

A scenario is a TOML table: `applicant` (login), `start` (local moment), `manifest` (what it says instead), `before` (a step),
`answers`, `sources` (how they behave), `steps`, `expect`."""

import time
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.bpmn.model import Flow, Node, Scope
from engine.bpmn.read import read
from engine.casework import accounts, cases, catalogue, entitlements, joined, licences, ratings
from engine.clock import VirtualClock
from engine.errors import TongbanError
from engine.models.base import metadata
from engine.runtime import database, deploy
from engine.runtime import standing as standings
from engine.settings import Settings
from engine.transaction import Engine, Transaction
from processes import manifest as manifests
from processes import needs, offices, people, platform, player, second_opinion
from processes.package import Package
from processes.player import Play
from processes.second_opinion import Played
from processes.simulators.registers import registers

START = "2026-11-24T10:00"
SETTINGS = Settings("sqlite://", Path(gettempdir()), demo=True, drain_seconds=1.0)
MOST_IMAGES = 8
_IMAGES: dict[str, bytes] = {}
Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """One scenario's outcome. differences: sentences, empty when it passed. elements: those the case met, flows included.

    played: every instance of it, for the second engine to do again."""

    name: str
    differences: tuple[str, ...]
    milliseconds: float
    elements: frozenset[str] = frozenset()
    played: tuple[Played, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class Report:
    """All results. unmet, unmet_flows: elements and sequence flows of the diagrams that no scenario met; the coverages are shares
    of 1. met: what was met, of both."""

    results: tuple[Result, ...]
    unmet: tuple[str, ...]
    element_coverage: float
    unmet_flows: tuple[str, ...] = ()
    flow_coverage: float = 1.0
    met: frozenset[str] = frozenset()

    @property
    def passed(self) -> bool:
        """Whether every scenario passed."""
        return all(result.passed for result in self.results)


def run_all(package: Package, *, only: str | None = None) -> Report:
    """Runs every scenario, each on a fresh platform in memory. only: those whose name contains this."""
    results = tuple(run(package, name) for name in package.scenarios if only is None or only in name)
    met = frozenset().union(*(result.elements for result in results)) if results else frozenset()
    scopes = list(_scopes(package))
    elements, flows = ({each.id for scope in scopes for each in drawn(scope)} for drawn in (_nodes, _flows))
    missed, missed_flows = (tuple(sorted(drawn - met)) for drawn in (elements, flows))
    return Report(results, missed, _share(elements, met), missed_flows, _share(flows, met), met & (elements | flows))


def _share(drawn: set[str], met: frozenset[str]) -> float:
    return len(drawn & met) / len(drawn) if drawn else 1.0


def _nodes(scope: Scope) -> tuple[Node, ...]:
    return scope.nodes


def _flows(scope: Scope) -> tuple[Flow, ...]:
    return scope.flows


def _scopes(package: Package) -> Iterator[Scope]:
    """All scopes of all diagrams of a package."""
    found = [p.scope for name, content in package.files.items() if name.endswith(".bpmn") for p in read(content).processes]
    for scope in found:
        found.extend(node.scope for node in scope.nodes if node.scope is not None)
    yield from found


def run(package: Package, name: str) -> Result:
    """Runs one scenario of a package."""
    began = time.perf_counter()
    script = tomllib.loads(package.scenarios[name].decode("utf-8"))
    play = stage(package, script)
    try:
        differences = tuple(_perform(play, script, name))
        elements, played = _met(play), _played(play)
    except TongbanError as error:
        differences, elements, played = (error.sentence("zh"), *(f.zh for f in error.findings)), frozenset(), ()
    finally:
        play.engine.database.dispose()
    return Result(name, differences, (time.perf_counter() - began) * 1000, elements, played)


def stage(package: Package, script: Table) -> Play:
    """A platform in memory with the city's people and this package published."""
    manifest = _told(manifests.trial(package.manifest), script.get("manifest", {}))
    tried, start = replace(package, manifest=manifest), str(script.get("start", START))
    clock = VirtualClock(player.moment(start, SETTINGS.zone))
    engine = _platform(database.from_image(_image(tried, start)), clock)
    return Play(engine, clock, str(manifest["item"]["code"]), people.person(str(script["applicant"])).actor(), package=tried)


def _platform(opened: sa.Engine, clock: VirtualClock) -> Engine:
    return platform.wire(SETTINGS, opened, clock, registers(lambda: clock.now))


def _image(package: Package, start: str) -> bytes:
    """The database before anybody applies; built once for all scenarios that begin alike."""
    key = sha256(repr((package, needs.of(package), start)).encode()).hexdigest()
    if key not in _IMAGES:
        while len(_IMAGES) >= MOST_IMAGES:
            _IMAGES.pop(next(iter(_IMAGES)))
        _IMAGES[key] = _built(package, start)
    return _IMAGES[key]


def _built(package: Package, start: str) -> bytes:
    opened = database.connect("sqlite://")
    metadata.create_all(opened)
    engine = _platform(opened, VirtualClock(player.moment(start, SETTINGS.zone)))
    settle_in(engine)
    with engine.begin(SYSTEM) as tx:
        for each in (*needs.of(package), package):
            _bring_in(tx, each, each.manifest)
    content = database.image(opened)
    opened.dispose()
    return content


def _told(manifest: Mapping[str, Any], changes: Table) -> Mapping[str, Any]:
    """The manifest with what a scenario says instead: `[manifest.post_check] percent = 100`."""
    merged = {key: {**manifest.get(key, {}), **value} if isinstance(value, Mapping) else value for key, value in changes.items()}
    return {**manifest, **merged}


def _bring_in(tx: Transaction, package: Package, manifest: Mapping[str, Any]) -> None:
    made = deploy.deploy(tx, package.key, package.files, manifest=manifest)
    deploy.publish(tx, made.id)
    if "item" in manifest:
        catalogue.register(tx, made.id, manifest)
        catalogue.publish(tx, made.id)


def settle_in(engine: Engine) -> None:
    """Offices and people of the city, again and again the same."""
    with engine.begin(SYSTEM) as tx:
        for key in offices.table():
            catalogue.put_office(tx, key, offices.name(key))
        for person in people.everybody().values():
            accounts.register(tx, person)


def _perform(play: Play, script: Table, name: str) -> Iterator[str]:
    before: Table = script.get("before", {})
    if before:
        player.step(play, before)
    player.behave(play.engine.sources, script.get("sources", {}))  # type: ignore[arg-type]  # simulated ones here
    if "rate" in script:
        player.rate(play, script["rate"])
    else:
        player.apply(play, script.get("answers", {}), f"scenario:{name}")
    for given in script.get("steps", ()):
        player.step(play, given)
    yield from _compare(play, script.get("expect", {}))


def _played(play: Play) -> tuple[Played, ...]:
    with play.engine.read(SYSTEM) as tx:
        return tuple(each for root_id in second_opinion.roots(tx) for each in second_opinion.played(tx, root_id))


def _met(play: Play) -> frozenset[str]:
    with play.engine.read(SYSTEM) as tx:
        return standings.met(tx)


def _compare(play: Play, expected: Table) -> Iterator[str]:
    found = outcome(play)
    for key, wanted in expected.items():
        if key == "elements":
            missing = set(wanted) - set(found["elements"])
            if missing:
                yield f"应经过 {sorted(missing)} / expected to pass {sorted(missing)}"
        elif found.get(key) != wanted:
            yield f"{key}: 应为 {wanted!r}，实际为 {found.get(key)!r} / expected {wanted!r}, found {found.get(key)!r}"


def outcome(play: Play) -> dict[str, Any]:
    """What a scenario may expect: state, outcome, result, light, automatic, waiting (open elements), documents, monthly_fen, …"""
    with play.engine.read(play.applicant) as tx:
        progress = cases.progress(tx, play.case_no)
        paid = [e for e in entitlements.mine(tx) if e.case_no == play.case_no]
        held = [licence for licence in licences.wallet(tx) if licence.case_no == play.case_no]
    with play.engine.read(SYSTEM) as tx:
        standing, children = standings.of(tx, play.root_id), joined.children(tx, play.case_no)
        rated = ratings.of_review(tx, play.case_no)
    case = progress.case
    return {
        "state": str(case.state),
        "outcome": case.outcome or "",
        "result": case.result,
        "light": str(case.light),
        "automatic": case.is_automatic,
        "stage": case.stage,
        "hand_over": list(case.hand_over_reasons),
        "documents": [str(document.kind) for document in progress.documents],
        "monthly_fen": paid[0].monthly_fen if paid else 0,
        "licence": held[0].type if held else "",
        "valid_to": str(held[0].valid_to) if held and held[0].valid_to else "",
        "rating": rated.state if rated else "",
        "commitment": case.is_on_commitment,
        "extended": case.is_extended,
        "waiting": list(standing.waiting),
        "sent": list(standing.sent),
        "incidents": list(standing.incidents),
        "children": {child.item_code: child.outcome or str(child.state) for child in children},
        "worst": str(joined.worst_state(children) or ""),
        "elements": sorted(_met(play)),
    }
