"""Plans by definition: compiled once in a process, never twice, because a definition never changes."""

from collections.abc import Mapping
from functools import lru_cache

import sqlalchemy as sa

from engine import dmn
from engine.bpmn.plan import Plan, compile_plan
from engine.bpmn.read import read
from engine.dmn import Decision
from engine.errors import NotFound
from engine.models.definitions import definitions, deployments, resources
from engine.transaction import Transaction

_CACHE: dict[str, Plan] = {}
_OF_PROCESS = definitions.c.process_id == sa.bindparam("process_id")
_NEWEST = sa.select(definitions.c.id).where(_OF_PROCESS).order_by(definitions.c.version.desc()).limit(1)
_PUBLISHED = _NEWEST.where(definitions.c.is_published)
"""Built once: every start asks."""


def plan_of(tx: Transaction, definition_id: str) -> Plan:
    """The plan of a definition. Raises NotFound."""
    plan = _CACHE.get(definition_id)
    if plan is None:
        row = tx.row(sa.select(definitions).where(definitions.c.id == definition_id))
        if row is None:
            raise NotFound(thing=("流程定义", "definition"), key=definition_id)
        files = files_of(tx, row["deployment_id"])
        plan = _CACHE[definition_id] = compile_plan(
            read(files[row["resource"]]), row["process_id"], decisions_of(files), zone=tx.engine.settings.zone
        )
    return plan


def files_of(tx: Transaction, deployment_id: str) -> Mapping[str, bytes]:
    """All files of a deployment by name."""
    rows = tx.connection.execute(
        sa.select(resources.c.name, resources.c.content).where(resources.c.deployment_id == deployment_id)
    )
    return {row.name: bytes(row.content) for row in rows}


def decisions_of(files: Mapping[str, bytes]) -> Mapping[str, Decision]:
    """The decisions of all tables among the files, by id and by name; tables may import each other."""
    return _decisions(tuple(content for name, content in sorted(files.items()) if name.endswith(".dmn")))


@lru_cache(maxsize=256)
def _decisions(contents: tuple[bytes, ...]) -> Mapping[str, Decision]:
    models = dmn.read_together(contents)
    found = [decision for model in models for decision in (*model.services, *model.decisions)]
    return {name: decision for decision in found for name in (decision.name, decision.id)}


def newest(
    tx: Transaction, process_id: str, *, binding: str = "latest", version: str | None = None, beside: str | None = None
) -> str:
    """The definition that a call or a start means. Raises NotFound.

    binding: latest published; deployment (the same deployment as `beside`, a definition id); version (number or version tag)."""
    query, given = _PUBLISHED, {"process_id": process_id}
    if binding == "deployment" and beside is not None:
        own = sa.select(definitions.c.deployment_id).where(definitions.c.id == beside).scalar_subquery()
        query = _NEWEST.where(definitions.c.deployment_id == own)
    elif binding in ("version", "versionTag") and version is not None:
        number = int(version) if version.isdecimal() else -1
        query = _NEWEST.where(sa.or_(definitions.c.version == number, definitions.c.version_tag == version))
    found: str | None = tx.connection.execute(query, given).scalar()
    if found is None:
        raise NotFound(thing=("已发布的流程", "published process"), key=process_id)
    return found


def may_lead_to(tx: Transaction, definition_id: str, element_id: str, operation: str) -> bool:
    """Whether an operation can follow an element of a diagram before anybody else has to act."""
    nodes = plan_of(tx, definition_id).nodes
    seen: set[str] = set()
    ahead = [element_id] if element_id in nodes else []
    while ahead:
        node = nodes[ahead.pop()]
        if node.details.get("operation") == operation:
            return True
        if node.id == element_id or node.work != "human":
            following = [flow.target.id for flow in node.outgoing if flow.target.id not in seen]
            seen.update(following)
            ahead += following
    return False


def deployment_of(tx: Transaction, definition_id: str) -> Mapping[str, object]:
    """The deployment row of a definition."""
    query = sa.select(deployments).join(definitions).where(definitions.c.id == definition_id)
    return dict(tx.connection.execute(query).mappings().one())
