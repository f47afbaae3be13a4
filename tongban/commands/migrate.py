"""`tongban migrate`: running instances to another version, planned unless `--run` is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from engine.settings import from_environment

if TYPE_CHECKING:
    from engine.runtime.migrations import MigrationPlan


@click.command()
@click.argument("process")
@click.option("--from", "from_version", type=int, required=True, help="现在的版本 / the version they run on.")
@click.option(
    "--to", "to_version", type=int, default=None, help="目标版本，默认已发布的 / the version to move to; the published one."
)
@click.option("--map", "pairs", multiple=True, metavar="OLD=NEW", help="环节对应 / an element and its counterpart.")
@click.option("--instance", "instances", multiple=True, help="只迁移这些实例 / only these instances.")
@click.option("--run", "is_run", is_flag=True, help="真正执行；不加则只给出计划 / do it; without it only the plan is shown.")
@click.option("--reason", default="", help="写入历史的理由 / kept in the history.")
def migrate(
    process: str,
    from_version: int,
    to_version: int | None,
    pairs: Sequence[str],
    instances: Sequence[str],
    is_run: bool,
    reason: str,
) -> None:
    """把运行中的实例迁移到另一版本：先给计划与理由，再逐个执行 / a plan with reasons, then item by item; 1 when some cannot."""
    from engine.actors import SYSTEM
    from engine.runtime import migrations
    from processes.platform import build

    engine = build(from_environment())
    mapping = dict(_pair(text) for text in pairs)
    only = list(instances) or None
    with engine.read(SYSTEM) as tx:
        old, new = (migrations.version(tx, process, number) for number in (from_version, to_version))
        plan = migrations.dry_run(tx, old, new, mapping, instance_ids=only)
    _show(plan)
    if not is_run:
        raise SystemExit(1 if plan.cannot else 0)
    failed = 0
    for each in migrations.batch(engine, old, new, mapping, actor=SYSTEM, instance_ids=only, reason=reason):
        failed += not each.has_moved
        click.echo(f"{'已迁移 moved ' if each.has_moved else '未迁移 STAYED'}  {each.instance_id}")
        for finding in each.reasons:
            click.echo(f"    {finding.zh} / {finding.en}")
    raise SystemExit(1 if failed else 0)


def _pair(text: str) -> tuple[str, str]:
    old, sign, new = text.partition("=")
    if not sign or not old or not new:
        raise click.BadParameter(f"应为 OLD=NEW / expected OLD=NEW, found {text}")
    return old, new


def _show(plan: MigrationPlan) -> None:
    click.echo(f"{plan.process_id} v{plan.from_version} → v{plan.to_version}")
    for old, new in plan.mapping.items():
        if old != new:
            click.echo(f"  {old} → {new}")
    if plan.unmapped:
        click.echo(f"  无对应 / without counterpart: {', '.join(plan.unmapped)}")
    for group in plan.groups:
        verdict = "将迁移 will move" if group.can_move else "不能迁移 cannot  "
        click.echo(f"{verdict}  {group.count:>6}  @ {', '.join(group.elements) or '-'}")
        for finding in group.reasons:
            click.echo(f"    {finding.zh} / {finding.en}")
    click.echo(f"合计 / in all: {plan.will_move} 个将迁移 will move, {plan.cannot} 个不能 cannot")
