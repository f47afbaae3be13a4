"""`tongban clock`: legal time limits on the command line."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import click

from engine.calendar.arithmetic import due
from engine.calendar.china import ChinaCalendar
from engine.calendar.explain import Step, local_iso, steps
from engine.calendar.limits import Mode, Pause, parse
from engine.calendar.office import Office
from engine.errors import Invalid
from processes import offices

WEEKDAYS = "一二三四五六日"


class DateUnreadable(Invalid):
    """Expected a date such as 2026-02-13, with or without T10:00, but it reads {text}."""

    zh = "日期应写成 2026-02-13，可加 T10:00，实际为“{text}”。"


class PauseUnreadable(Invalid):
    """Expected a pause such as 2026-03-02/2026-03-04 or 2026-03-02T10:00/2026-03-02T15:00, but it reads {text}."""

    zh = "停表区间应写成 2026-03-02/2026-03-04 或 2026-03-02T10:00/2026-03-02T15:00，实际为“{text}”。"


@click.group()
def clock() -> None:
    """法定时限 / legal time limits."""


@clock.command("due")
@click.argument("start")
@click.argument("limit")
@click.option("--at", "clock_time", default="09:00", help="起算时刻 / time of day of the start, if START has none.")
@click.option(
    "--mode", type=click.Choice([m.value for m in Mode]), default="day", help="按日或按工作时间 / legal days or elapsed work."
)
@click.option("--pause", "pauses", multiple=True, metavar="FROM/TO", help="停表区间，可多次 / interval not counted, repeatable.")
@click.option("--extend", "extension", default=None, metavar="5WD", help="批准的延长 / the approved extension.")
@click.option("--office", default=None, metavar="KEY", help="按该单位的日历与工作时间 / that office's calendar and hours.")
def due_command(
    start: str, limit: str, clock_time: str, mode: str, pauses: tuple[str, ...], extension: str | None, office: str | None
) -> None:
    """首行为截止时刻，其后为计算过程 / the due moment on the first line, the computation below.

    例 / example: tongban clock due 2026-02-13 5WD --at 10:00"""
    place = offices.office(office) if office else Office(ChinaCalendar())
    begin, counted, kind = _moment(start, clock_time, place), parse(limit), Mode(mode)
    spells, more = [_pause(text, place) for text in pauses], parse(extension) if extension else None
    result = due(place, begin, counted, mode=kind, pauses=spells, extension=more)
    click.echo(local_iso(place, result.at))
    for step in steps(place, begin, counted, mode=kind, pauses=spells, extension=more):
        click.echo(_line(step))
    click.echo(f"日历 / calendar: {result.calendar_version}")


def _line(step: Step) -> str:
    days = f"{step.first} 周{WEEKDAYS[step.first.weekday()]}"
    if step.last != step.first:
        days += f" 至 {step.last} 周{WEEKDAYS[step.last.weekday()]}"
    return f"  {days}  {step.zh} / {step.en}"


def _moment(text: str, clock_time: str, office: Office) -> datetime:
    try:
        whole = text if "T" in text else f"{date.fromisoformat(text)}T{time.fromisoformat(clock_time)}"
        moment = datetime.fromisoformat(whole)
    except ValueError as wrong:
        raise DateUnreadable(text=f"{text} {clock_time}") from wrong
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(office.zone))


def _pause(text: str, office: Office) -> Pause:
    """A day alone means its first moment, so that 2026-03-02/2026-03-04 stops the clock for two days."""
    start, slash, end = text.partition("/")
    if not (slash and start and end):
        raise PauseUnreadable(text=text)
    return Pause(_moment(start, "00:00", office), _moment(end, "00:00", office))
