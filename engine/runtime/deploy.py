"""Deploying: a package's files become a version; what cannot run is refused by name, and then nothing is stored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from engine.bpmn.check import examine
from engine.bpmn.model import Process
from engine.bpmn.plan import Plan
from engine.bpmn.timers import first
from engine.errors import Finding, Invalid, NotFound, Severity
from engine.models.base import new_id
from engine.models.definitions import definitions, deployments, resources, start_subscriptions
from engine.runtime import names, start_timers
from engine.runtime.plans import decisions_of, plan_of
from engine.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Deployment:
    """A version of a package. definitions: ids by process id. findings: what was noticed and did not stop it."""

    id: str
    key: str
    version: int
    state: str
    definitions: Mapping[str, str]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Made:
    """One process ready to be stored."""

    process: Process
    plan: Plan
    resource: str


def deploy(tx: Transaction, key: str, files: Mapping[str, bytes], *, manifest: Mapping[str, object] | None = None) -> Deployment:
    """Stores a new version as a draft; the same files again give the newest version back.

    files: by name; `.bpmn` and `.dmn` are read and compiled. Raises Invalid with every finding, and stores nothing then."""
    made, findings = compile_all(files)
    digest = _digest(files)
    newest = tx.row(sa.select(deployments).where(deployments.c.key == key).order_by(deployments.c.version.desc()).limit(1))
    if newest is not None and newest["digest"] == digest:
        return get(tx, newest["id"])
    row = {"id": new_id(), "key": key, "version": newest["version"] + 1 if newest else 1, "state": "draft", "digest": digest}
    row |= {"manifest": manifest or {}, "created_by": tx.actor.id, "created_at": tx.now}
    tx.connection.execute(deployments.insert(), row)
    stored = [{"deployment_id": row["id"], "name": n, "digest": sha256(c).hexdigest(), "content": c} for n, c in files.items()]
    tx.connection.execute(resources.insert(), stored)
    for each in made:
        definition = _definition(tx, str(row["id"]), each)
        tx.connection.execute(definitions.insert(), definition)
        names.keep(tx, definition["id"], each.plan)
    deployed = get(tx, str(row["id"]))
    return Deployment(deployed.id, key, deployed.version, "draft", deployed.definitions, tuple(findings))


def compile_all(files: Mapping[str, bytes]) -> tuple[list[_Made], list[Finding]]:
    """All executable processes of all diagrams. Raises Invalid when any finding is an error."""
    findings: list[Finding] = []
    decisions = decisions_of(files)
    made: list[_Made] = []
    for name, content in sorted(files.items()):
        if name.endswith(".bpmn"):
            report = examine(content, decisions)
            findings += [*report.findings, *(f for found in report.obstacles.values() for f in found)]
            processes = {p.id: p for p in report.model.processes}
            made += [_Made(processes[id], plan, name) for id, plan in report.plans.items()]
    if not made and any(name.endswith(".bpmn") for name in files):
        findings.append(_nothing_runs())
    if any(f.severity is Severity.ERROR for f in findings):
        raise Invalid(findings=[f for f in findings if f.severity is Severity.ERROR])
    return made, findings


def _nothing_runs() -> Finding:
    return Finding(
        Severity.ERROR,
        "bpmn.nothing_executable",
        None,
        "No process in the file is executable; set isExecutable to true on the one that shall run.",
        "文件中没有可执行的流程；请将要运行的流程的 isExecutable 设为 true。",
    )


def keep_trial(tx: Transaction, deployment_id: str, trial: Mapping[str, object]) -> None:
    """Keeps what a version's scenarios met, for the page that shows their coverage."""
    tx.connection.execute(deployments.update().where(deployments.c.id == deployment_id).values(trial=trial))


def trial_of(tx: Transaction, deployment_id: str) -> Mapping[str, Any] | None:
    """What a version's scenarios met: {scenarios, elements, flows (shares of 1), met (ids)}; None when it was never tried."""
    found: Mapping[str, Any] | None = tx.value(sa.select(deployments.c.trial).where(deployments.c.id == deployment_id))
    return found


def publish(tx: Transaction, deployment_id: str) -> Deployment:
    """Makes a version the one that new instances take; running ones stay where they are. Raises NotFound."""
    row = tx.row(sa.select(deployments).where(deployments.c.id == deployment_id))
    if row is None:
        raise NotFound(thing=("服务包版本", "deployment"), key=deployment_id)
    older = deployments.update().where(deployments.c.key == row["key"], deployments.c.state == "published")
    tx.connection.execute(older.values(state="retired"))
    now = {"state": "published", "published_by": tx.actor.id, "published_at": tx.now}
    tx.connection.execute(deployments.update().where(deployments.c.id == deployment_id).values(now))
    mine = tx.rows(sa.select(definitions).where(definitions.c.deployment_id == deployment_id))
    for definition in mine:
        _arm(tx, definition)
    return get(tx, deployment_id)


def get(tx: Transaction, deployment_id: str) -> Deployment:
    """A deployment by id. Raises NotFound."""
    row = tx.row(sa.select(deployments).where(deployments.c.id == deployment_id))
    if row is None:
        raise NotFound(thing=("服务包版本", "deployment"), key=deployment_id)
    ids = tx.rows(sa.select(definitions).where(definitions.c.deployment_id == deployment_id))
    return Deployment(row["id"], row["key"], row["version"], row["state"], {d["process_id"]: d["id"] for d in ids})


def is_published(tx: Transaction, key: str) -> bool:
    """Whether some version of a package is the published one."""
    query = sa.select(deployments.c.id).where(deployments.c.key == key, deployments.c.state == "published")
    return tx.value(query) is not None


def uploader(tx: Transaction, deployment_id: str) -> str:
    """Account id of whoever uploaded a version. Raises NotFound."""
    found = tx.value(sa.select(deployments.c.created_by).where(deployments.c.id == deployment_id))
    if found is None:
        raise NotFound(thing=("服务包版本", "deployment"), key=deployment_id)
    return str(found)


def manifest_of(tx: Transaction, deployment_id: str) -> Mapping[str, object]:
    """The manifest a version came with, {} for a lone diagram."""
    found: Mapping[str, object] | None = tx.value(sa.select(deployments.c.manifest).where(deployments.c.id == deployment_id))
    return found or {}


def _arm(tx: Transaction, definition: Mapping[str, Any]) -> None:
    """The start events of this version listen from now on, those of older versions no longer."""
    is_same = definitions.c.process_id == definition["process_id"]
    tx.connection.execute(definitions.update().where(is_same).values(is_published=False))
    tx.connection.execute(definitions.update().where(definitions.c.id == definition["id"]).values(is_published=True))
    older = start_subscriptions.update().where(start_subscriptions.c.process_id == definition["process_id"])
    tx.connection.execute(older.values(is_active=False))
    plan = plan_of(tx, definition["id"])
    tx.connection.execute(start_subscriptions.delete().where(start_subscriptions.c.definition_id == definition["id"]))
    rows = list(_starts(plan, definition, tx.now))
    if rows:
        tx.connection.execute(start_subscriptions.insert(), rows)


def _starts(plan: Plan, definition: Mapping[str, Any], now: datetime) -> Iterator[dict[str, Any]]:
    for point in plan.starts:
        for event in point.events:
            row = {"definition_id": definition["id"], "element_id": point.element_id, "number": event.index, "kind": event.kind}
            row |= {"process_id": definition["process_id"], "name": "", "is_active": True, **start_timers.row(None)}
            row["singleton"] = point.singleton or None
            if event.kind == "timer" and event.timer is not None:
                yield {**row, **start_timers.row(first(event.timer.resolve({}), now, plan.zone))}
            elif event.name is not None:
                yield {**row, "name": str(event.name.evaluate({}))}
            elif event.kind == "conditional":
                yield row


def _definition(tx: Transaction, deployment_id: str, made: _Made) -> dict[str, Any]:
    mine = sa.select(sa.func.max(definitions.c.version)).where(definitions.c.process_id == made.process.id)
    return {
        "id": new_id(),
        "deployment_id": deployment_id,
        "process_id": made.process.id,
        "version": (tx.value(mine) or 0) + 1,
        "version_tag": made.process.version_tag,
        "name": made.process.name or made.process.id,
        "resource": made.resource,
        "is_published": False,
    }


def _digest(files: Mapping[str, bytes]) -> str:
    whole = sha256()
    for name, content in sorted(files.items()):
        whole.update(f"{name}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()
