"""`tongban decision`: decisions of the past proved again and explained, and new versions of a table tried on them."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.settings import from_environment

if TYPE_CHECKING:
    from engine.casework.decided import Backtest


@click.group()
def decision() -> None:
    """决策表：复核、说明、回测 / decisions: prove again, explain, back-test."""


@decision.command("replay")
@click.argument("case_no")
def replay_command(case_no: str) -> None:
    """按留存的事实重新判定一件办件的每项决定，逐字节比对；不一致时退出码 1
    / decide every decision of a case again on its recorded facts, bit for bit; exit code 1 when one differs."""
    from engine.actors import SYSTEM
    from engine.casework import decided
    from processes.platform import build

    with build(from_environment()).read(SYSTEM) as tx:
        found = decided.replay(tx, case_no.strip().upper())
    for each in found:
        verdict = "一致 / same" if each.is_proved else "不一致 / DIFFERS"
        click.echo(f"{each.made.at:%Y-%m-%dT%H:%M:%SZ}  {each.made.name:<24} {each.made.data.get('model', '-'):<16}  {verdict}")
    click.echo(f"{len(found)} 项决定 / decisions")
    raise SystemExit(0 if all(each.is_proved for each in found) else 1)


@decision.command("explain")
@click.argument("case_no")
def explain_command(case_no: str) -> None:
    """说明一件办件为何如此决定 / say why a case was decided as it was."""
    from api.web.words import SOURCES
    from engine.actors import SYSTEM
    from engine.casework import decided
    from processes.platform import build

    with build(from_environment()).read(SYSTEM) as tx:
        found = decided.of_case(
            tx,
            case_no.strip().upper(),
            source_zh=lambda name: SOURCES.get(name, (name, name))[0],
            source_en=lambda name: SOURCES.get(name, (name, name))[1],
        )
    for each in found:
        since = "".join(f" · {table.since} 起施行 / since {table.since}" for table in each.tables[:1] if table.since)
        click.echo(f"{each.label} ({each.name}) · 版本 / version {each.version}{since}")
        for zh, en in zip(each.zh, each.en, strict=True):
            click.echo(f"  {zh}")
            click.echo(f"  {en}")


@decision.command("backtest")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--item", "item_code", default="", metavar="CODE", help="只看该事项的办件 / cases of this service only.")
@click.option("--decision", "name", default="", metavar="NAME", help="只试该决策 / this decision only.")
@click.option("--on", default=None, type=click.DateTime(["%Y-%m-%d"]), help="视同在该日判定 / decide as on this day.")
def backtest_command(path: Path, item_code: str, name: str, on: datetime | None) -> None:
    """用已办结的决定试算新版决策表（DMN 文件或服务包），列出结果会改变的办件
    / try a new version of a table (a DMN file or a package) on recorded cases and list exactly whose outcome would change.

    不注明 --on 时，每件按其当日判定；新版生效更晚的，按新版生效首日 / without --on each case is decided as on its own day,
    or on the first day of the newest version where that is later."""
    from engine.actors import SYSTEM
    from engine.casework import decided
    from processes.package import load
    from processes.platform import build

    files = load(path).files
    with build(from_environment()).read(SYSTEM) as tx:
        found = decided.backtest(tx, files, item_code=item_code, decision=name, on=None if on is None else on.date())
    for test in found:
        _show(test)
    if not found:
        click.echo("没有可试算的留存决定 / no recorded decision of these names")


def _show(test: "Backtest") -> None:
    click.echo(
        f"{test.decision}: 试算 {test.looked_at} 项，{len(test.changed)} 件结果改变"
        f" / {test.looked_at} tried, {len(test.changed)} would change"
    )
    for change in test.changed:
        click.echo(f"  {change.case_no}")
        for label, before, after in change.differences:
            click.echo(f"      {label}{': ' if label else ''}{before} → {after}")
        for zh in change.zh:
            click.echo(f"      {zh}")
