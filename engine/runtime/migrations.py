"""Migration: running instances moved to another version of their process, planned first, then done one by one.

Tasks keep their ids, drafts, holders and due dates, jobs their ids and attempts, timers their moments, subscriptions their age.
Nothing is executed by a migration; what cannot move says for each element why, and stays where it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine.actors import Actor
from engine.bpmn.kernel import migrate as kernel_migrate
from engine.bpmn.kernel import step as kernel
from engine.bpmn.plan import Plan
from engine.bpmn.terms import Entry, Status
from engine.errors import Conflict, Finding, Invalid, NotFound, Severity, TongbanError
from engine.models.definitions import definitions
from engine.models.instances import instances
from engine.models.tasks import human_tasks
from engine.runtime.plans import plan_of
from engine.runtime.run import Run
from engine.runtime.step import lock, move
from engine.transaction import Engine, Transaction

_RUNNING = (Status.ACTIVE, Status.SUSPENDED)
MOST_SHOWN = 20


class CannotMove(Invalid):
    """Expected instance {key} to be able to move to version {version}, but it cannot; each element says why."""

    zh = "实例 {key} 无法迁移到版本 {version}，请查看各环节的原因。"


class AnotherProcess(Conflict):
    """Expected two versions of one process, but {old} and {new} are different processes; choose a version of {old}."""

    zh = "{old} 与 {new} 不是同一流程；请选择 {old} 的版本。"


@dataclass(frozen=True, slots=True)
class Group:
    """Instances that stand alike. elements: where; reasons: why they cannot move, empty when they can. shown: some of the ids."""

    elements: tuple[str, ...]
    count: int
    reasons: tuple[Finding, ...]
    shown: tuple[str, ...]

    @property
    def can_move(self) -> bool:
        """Whether these instances will move."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class MigrationPlan:
    """What a migration would do. mapping: old element ids to new ones, as proposed and as given; unmapped: elements without a
    counterpart."""

    process_id: str
    from_id: str
    to_id: str
    from_version: int
    to_version: int
    mapping: Mapping[str, str]
    unmapped: tuple[str, ...]
    groups: tuple[Group, ...]

    @property
    def will_move(self) -> int:
        """How many instances can move."""
        return sum(group.count for group in self.groups if group.can_move)

    @property
    def cannot(self) -> int:
        """How many cannot."""
        return sum(group.count for group in self.groups if not group.can_move)


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one instance of a batch. reasons: sentences in both languages, empty when it moved."""

    instance_id: str
    has_moved: bool
    reasons: tuple[Finding, ...] = ()


def version(tx: Transaction, process_id: str, number: int | None = None) -> str:
    """The definition of a version of a process; without a number the published one. Raises NotFound."""
    query = sa.select(definitions.c.id).where(definitions.c.process_id == process_id)
    query = query.where(definitions.c.is_published if number is None else definitions.c.version == number)
    found: str | None = tx.value(query)
    if found is None:
        raise NotFound(thing=("流程版本", "version of the process"), key=f"{process_id} v{number or '?'}")
    return found


def dry_run(
    tx: Transaction,
    from_id: str,
    to_id: str,
    mapping: Mapping[str, str] | None = None,
    *,
    instance_ids: Sequence[str] | None = None,
) -> MigrationPlan:
    """The plan of moving the running instances of one definition to another, in groups; nothing is changed.

    mapping: laid over what suggests itself by id and type, or by name and type. instance_ids: only these. Raises NotFound."""
    old, new = plan_of(tx, from_id), plan_of(tx, to_id)
    if old.process_id != new.process_id:
        raise AnotherProcess(old=old.process_id, new=new.process_id)
    wanted = {**kernel_migrate.proposal(old, new), **(mapping or {})}
    _known(old, new, mapping or {})
    groups: dict[tuple[object, ...], list[str]] = {}
    for instance_id, state in _running(tx, from_id, instance_ids):
        outcome = kernel_migrate.migrate(old, new, state, wanted, tx.now)
        reasons = outcome if isinstance(outcome, tuple) else ()
        groups.setdefault((tuple(sorted(set(kernel.standing(state)))), reasons), []).append(instance_id)
    found = tuple(
        Group(elements, len(ids), reasons, tuple(ids[:MOST_SHOWN]))  # type: ignore[arg-type]  # the key's two halves
        for (elements, reasons), ids in groups.items()
    )
    numbers = {row["id"]: row["version"] for row in tx.rows(sa.select(definitions).where(definitions.c.id.in_((from_id, to_id))))}
    unmapped = tuple(element for element in old.nodes if element not in wanted)
    return MigrationPlan(old.process_id, from_id, to_id, numbers[from_id], numbers[to_id], wanted, unmapped, found)


def migrate(tx: Transaction, instance_id: str, to_id: str, mapping: Mapping[str, str] | None = None, reason: str = "") -> None:
    """Moves one running instance. Raises CannotMove with a finding for each element, Conflict when it has ended."""
    lock(tx, instance_id)
    move(tx, instance_id, lambda run: _move(run, instance_id, to_id, mapping or {}, reason))


def batch(
    engine: Engine,
    from_id: str,
    to_id: str,
    mapping: Mapping[str, str] | None = None,
    *,
    actor: Actor,
    instance_ids: Sequence[str] | None = None,
    reason: str = "",
) -> Iterator[Moved]:
    """Moves the running instances of a definition one by one, each in a transaction of its own; says of each what became of it.

    One that cannot move, or has ended meanwhile, hinders no other."""
    with engine.read(actor) as tx:
        asked = dry_run(tx, from_id, to_id, mapping, instance_ids=())
        ids = [instance_id for instance_id, _ in _running(tx, from_id, instance_ids)]
    for instance_id in ids:
        try:
            with engine.begin(actor) as tx:
                migrate(tx, instance_id, to_id, asked.mapping, reason)
        except TongbanError as refused:
            yield Moved(instance_id, has_moved=False, reasons=refused.findings or (_sentence(refused, instance_id),))
        else:
            yield Moved(instance_id, has_moved=True)


def _move(run: Run, instance_id: str, to_id: str, mapping: Mapping[str, str], reason: str) -> None:
    loaded = run.load(instance_id)
    if loaded.has_ended or loaded.state is None:
        raise Conflict(expected="a running instance", found=f"it has ended ({loaded.row['status']})")
    old, new = loaded.plan, plan_of(run.tx, to_id)
    if old.process_id != new.process_id:
        raise AnotherProcess(old=old.process_id, new=new.process_id)
    _known(old, new, mapping)
    wanted = {**kernel_migrate.proposal(old, new), **mapping}
    outcome = kernel_migrate.migrate(old, new, loaded.state, wanted, run.tx.now)
    if isinstance(outcome, tuple):
        raise CannotMove(findings=outcome, key=instance_id, version=_version(run.tx, to_id))
    changed = {one: other for one, other in wanted.items() if one != other}
    facts = {"from": loaded.row["definition_id"], "to": to_id, "mapping": changed, "reason": reason}
    run.replace(loaded, to_id, new, outcome, Entry("instance.migrated", None, facts))
    mine = sa.and_(human_tasks.c.instance_id == instance_id, human_tasks.c.state == "open")
    run.tx.connection.execute(human_tasks.update().where(mine).values(definition_id=to_id))


def _running(tx: Transaction, from_id: str, instance_ids: Sequence[str] | None) -> Iterator[tuple[str, kernel.State]]:
    """Running instances of a definition with their state, oldest first, a few hundred at a time."""
    last = ""
    while True:
        query = sa.select(instances.c.id, instances.c.state).where(
            instances.c.definition_id == from_id, instances.c.status.in_(_RUNNING), instances.c.id > last
        )
        if instance_ids is not None:
            query = query.where(instances.c.id.in_(instance_ids))
        rows = tx.rows(query.order_by(instances.c.id).limit(200))
        for row in rows:
            yield row["id"], kernel.decode(row["state"])
        if len(rows) < 200:
            return
        last = rows[-1]["id"]


def _known(old: Plan, new: Plan, mapping: Mapping[str, str]) -> None:
    """A mapping names elements and flows that are there. Raises NotFound."""
    for one, other in mapping.items():
        if one not in old.nodes and one not in old.flows:
            raise NotFound(thing=("原版本的环节", "element of the old version"), key=one)
        if other not in new.nodes and other not in new.flows:
            raise NotFound(thing=("新版本的环节", "element of the new version"), key=other)


def _version(tx: Transaction, definition_id: str) -> object:
    return tx.value(sa.select(definitions.c.version).where(definitions.c.id == definition_id))


def _sentence(refused: TongbanError, instance_id: str) -> Finding:
    return Finding(Severity.ERROR, refused.code, instance_id, refused.sentence("en"), refused.sentence("zh"))
