"""`tongban replay`: a past moment of a case, rebuilt from its history, and whether today's state follows from it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click
import orjson

from engine.settings import from_environment

if TYPE_CHECKING:
    from engine.runtime.replay import Moment


@click.command()
@click.argument("case")
@click.option("--at", "place", default=None, help="历史序号或时间（2026-11-24T10:00） / a row of the history, or a local time.")
@click.option("--all", "shows_all", is_flag=True, help="列出全部时刻 / every moment.")
def replay(case: str, place: str | None, shows_all: bool) -> None:
    """按历史重放办件（办件编号或实例编号），并证明当前状态；不一致时退出码 1 / exit code 1 when it does not follow."""
    from engine.actors import SYSTEM
    from engine.runtime import listing
    from engine.runtime import replay as film
    from processes.platform import build

    engine = build(from_environment())
    seq, moment = _place(place, engine.settings.zone)
    with engine.read(SYSTEM) as tx:
        root_id = listing.root_of(tx, case)
        proof = film.prove(tx, root_id)
        if proof.holds or shows_all or place is not None:
            shown = film.moments(tx, root_id) if shows_all else film.at(tx, root_id, seq=seq, moment=moment)
            for each in shown:
                _show(each, is_brief=shows_all)
    for difference in proof.differences:
        click.echo(difference, err=True)
    said = "当前状态由历史推出 / today's state follows from the history" if proof.holds else "不一致 / it does NOT follow"
    click.echo(f"{proof.events} 个事件 / events, {proof.instances} 个实例 / instances: {said}")
    raise SystemExit(0 if proof.holds else 1)


def _show(moment: Moment, *, is_brief: bool) -> None:
    from engine.feel import to_plain

    where = f"#{moment.seq}.{moment.line}  {moment.at:%Y-%m-%d %H:%M:%S} UTC  {moment.process_id}"
    click.echo(f"{where}  {moment.event}  {moment.actor_name}")
    click.echo(f"    {moment.status}  @ {', '.join(moment.standing) or '-'}")
    if is_brief:
        return
    for wait in moment.waits:
        click.echo(f"    {wait.kind}  {wait.element_id}{f'  {wait.due:%Y-%m-%d %H:%M} UTC' if wait.due else ''}")
    click.echo(f"    {orjson.dumps(to_plain(moment.variables), default=str).decode()}")


def _place(text: str | None, zone: str) -> tuple[int | None, datetime | None]:
    if text is None:
        return None, None
    if text.isdecimal():
        return int(text), None
    from zoneinfo import ZoneInfo

    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise click.BadParameter("应为历史序号或时间 / expected a row's number or a time") from wrong
    return None, moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
