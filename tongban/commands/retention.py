"""`tongban retention`: cases past their retention period, appraised by one person and destroyed by another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from engine.settings import from_environment

if TYPE_CHECKING:
    from engine.actors import Actor
    from engine.transaction import Engine

_cases = click.argument("case_nos", nargs=-1, required=True, metavar="CASE_NO...")
_who = click.option("--by", "account_id", required=True, metavar="ACCOUNT", help="执行人的账号 / the account of whoever does it.")
_why = click.option("--reason", required=True, help="理由，留存于登记簿 / kept in the register.")
MOST = 10_000


@click.group()
def retention() -> None:
    """保管期限 / retention periods: list, approve or keep, destroy."""


@retention.command("list")
@click.option("--state", type=click.Choice(["proposed", "approved", "kept", "emptying"]), default=None)
def list_command(state: str | None) -> None:
    """到期待鉴定、已批准、延期保管的办件 / what is proposed, approved or kept for longer; looks for more first."""
    from engine.actors import SYSTEM
    from engine.casework import retention as periods

    engine = _engine()
    while periods.propose(engine, 500) >= 500:
        pass
    with engine.read(SYSTEM) as tx:
        rows = periods.listing(tx, state=state or "", limit=MOST).rows
    for row in rows:
        said = f"{row['judged_name']}：{row['reason']}" if row["judged_name"] else ""
        click.echo(f"{row['case_no']}  {row['state']:<9} {row['closed_at']:%Y-%m-%d} + {row['years']}  {row['item_zh']}  {said}")
    click.echo(f"{len(rows)} 件 / cases")


@retention.command()
@_cases
@_who
@_why
def approve(case_nos: tuple[str, ...], account_id: str, reason: str) -> None:
    """鉴定：同意销毁（须由另一人执行）/ appraise: may be destroyed, by somebody else."""
    from engine.casework import retention as periods

    engine = _engine()
    with engine.begin(_actor(engine, account_id)) as tx:
        count = periods.approve(tx, case_nos, reason)
    click.echo(f"已批准销毁 {count} 件，须由另一人执行 / approved; somebody else destroys them")


@retention.command()
@_cases
@_who
@_why
@click.option("--years", type=int, required=True, help="延长年数 / years more.")
def keep(case_nos: tuple[str, ...], account_id: str, reason: str, years: int) -> None:
    """鉴定：延期保管 / appraise: keep for some more years."""
    from engine.casework import retention as periods

    engine = _engine()
    with engine.begin(_actor(engine, account_id)) as tx:
        count = periods.keep(tx, case_nos, reason, years)
    click.echo(f"已延期保管 {count} 件 / kept for {years} more years")


@retention.command()
@click.argument("case_nos", nargs=-1, metavar="[CASE_NO]...")
@_who
def destroy(case_nos: tuple[str, ...], account_id: str) -> None:
    """销毁已批准的办件（不给编号即全部），并清理数据库空闲页
    / destroys what somebody else approved, all of it when none is named, and scrubs the database's free space."""
    from engine.casework import destruction
    from engine.casework import retention as periods
    from engine.runtime import erasing

    engine = _engine()
    actor = _actor(engine, account_id)
    with engine.read(actor) as tx:
        approved = periods.listing(tx, state="approved", limit=MOST).rows
    others = [row["case_no"] for row in approved if row["judged_by"] != actor.id]
    done = [destruction.destroy(engine, actor, case_no) for case_no in case_nos or others]
    for record in done:
        click.echo(line(record))
    if done:
        erasing.scrub(engine.database)
    click.echo(f"已销毁 {len(done)} 件 / destroyed" + ("；旧备份仍含其内容 / older backups still hold them" if done else ""))


@retention.command()
def records() -> None:
    """销毁登记簿 / the register of what was destroyed."""
    from engine.actors import SYSTEM
    from engine.casework import destruction

    with _engine().read(SYSTEM) as tx:
        for record in reversed(destruction.records(tx, limit=MOST)):
            click.echo(line(record))


def line(record: Mapping[str, Any]) -> str:
    """One entry of the register."""
    count, heads = sum(record["rows"].values()), " ".join(str(head)[:12] for _, head in record["chains"].values())
    people = (
        f"{record['approved_name']} 批准 approved, {record['destroyed_name']} 销毁 destroyed {record['destroyed_at']:%Y-%m-%d}"
    )
    what = f"{count} 行 rows, {record['files']} 个文件 files, 链首 chain head {heads}, 摘要 digest {record['digest'][:12]}"
    return f"已销毁 destroyed #{record['number']} {record['case_no']}: {what}; {people}"


def _engine() -> Engine:
    from processes.platform import build

    return build(from_environment())


def _actor(engine: Engine, account_id: str) -> Actor:
    from engine.actors import SYSTEM
    from engine.casework import accounts

    with engine.read(SYSTEM) as tx:
        return accounts.person(tx, account_id).actor()
