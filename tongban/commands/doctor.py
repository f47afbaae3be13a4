"""`tongban doctor`: what is missing on this machine, and how to mend it."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from engine.settings import Settings, from_environment


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of the doctor. level: ok, warn (works, but), bad (must be mended)."""

    level: str
    zh: str
    en: str


@click.command()
def doctor() -> None:
    """逐项检查并说明如何修复；有必须修复的项时退出码 1 / exit code 1 when something must be mended."""
    verdicts = list(examine(from_environment()))
    marks = {"ok": "正常 ok  ", "warn": "注意 warn", "bad": "故障 BAD "}
    for verdict in verdicts:
        click.echo(f"{marks[verdict.level]}  {verdict.zh}\n{'':<11}{verdict.en}")
    raise SystemExit(1 if any(v.level == "bad" for v in verdicts) else 0)


def examine(settings: Settings) -> Iterator[Verdict]:
    """All verdicts, cheapest first; one that fails never hides the next."""
    checks: tuple[Callable[[Settings], Iterator[Verdict]], ...] = (_python, _folder, _zone, _calendar, _city, _browser)
    for check in checks:
        yield from check(settings)


def _python(settings: Settings) -> Iterator[Verdict]:
    yield Verdict("ok", f"Python {sys.version.split()[0]}", f"Python {sys.version.split()[0]} at {sys.prefix}")


def _folder(settings: Settings) -> Iterator[Verdict]:
    folder = settings.data_dir
    probe = next(p for p in (folder, *folder.parents) if p.exists())
    if not os.access(probe, os.W_OK):
        yield Verdict(
            "bad",
            f"无法写入 {probe}；请改权限或设置 TONGBAN_DATA",
            f"cannot write {probe}; change its rights or set TONGBAN_DATA",
        )
        return
    free = shutil.disk_usage(probe).free // 2**20
    level = "ok" if free > 500 else "warn"
    yield Verdict(level, f"数据目录 {folder} 可写，剩余 {free} MB", f"data folder {folder} is writable, {free} MB free")


def _zone(settings: Settings) -> Iterator[Verdict]:
    try:
        now = datetime.now(UTC).astimezone(ZoneInfo(settings.zone))
    except ZoneInfoNotFoundError:
        yield Verdict("bad", f"时区 {settings.zone} 不存在；请改 TONGBAN_ZONE", f"no time zone {settings.zone}; set TONGBAN_ZONE")
        return
    yield Verdict(
        "ok", f"本地时间 {now:%Y-%m-%d %H:%M}（{settings.zone}）", f"local time {now:%Y-%m-%d %H:%M} in {settings.zone}"
    )


def _calendar(settings: Settings) -> Iterator[Verdict]:
    from engine.calendar.china import LAST_YEAR, ChinaCalendar

    version, this_year = ChinaCalendar().version, datetime.now(UTC).year
    if this_year <= LAST_YEAR:
        yield Verdict("ok", f"工作日历 {version}，已公布至 {LAST_YEAR} 年", f"calendar {version}, published up to {LAST_YEAR}")
    else:
        yield Verdict(
            "warn",
            f"{this_year} 年节假日未收录，时限暂按周末推算；请升级 chinesecalendar",
            f"the holidays of {this_year} are missing, limits are provisional; upgrade chinesecalendar",
        )


def _city(settings: Settings) -> Iterator[Verdict]:
    import sqlalchemy as sa

    from engine.models.migrations import pending
    from processes.platform import build

    try:
        missing = pending(settings.database_url)
    except sa.exc.OperationalError as refused:
        yield Verdict(
            "bad", f"数据库无法连接：{refused.orig}", f"the database does not answer: {refused.orig}; check TONGBAN_DATABASE_URL"
        )
        return
    if missing:
        yield Verdict(
            "warn", f"数据库需升级：{missing}；请运行 tongban db upgrade", f"migrations to run: {missing}; run tongban db upgrade"
        )
        return
    engine = build(settings)
    yield Verdict(
        "ok", f"数据库 {engine.database.dialect.name} 已是最新", f"database {engine.database.dialect.name} is up to date"
    )
    for name, port in {**engine.connectors, **engine.sources, **engine.channels}.items():
        health = port.check()
        yield Verdict("ok" if health.ok else "bad", f"{name}：{health.zh}", f"{name}: {health.en}")


def _browser(settings: Settings) -> Iterator[Verdict]:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found:
        yield Verdict("ok", f"浏览器测试可用 {found}", f"browser tests will use {found}")
    else:
        yield Verdict(
            "warn",
            "没有 chromium，浏览器测试会跳过；Debian 请安装 chromium 与 fonts-noto-cjk",
            "no chromium: browser tests are skipped; on Debian install chromium and fonts-noto-cjk",
        )
