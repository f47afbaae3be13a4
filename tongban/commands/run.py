"""`tongban run | web | worker`: the processes of a city."""

import os
import time
from dataclasses import replace

import click

from engine import logs, stopping, tracing
from engine.models.migrations import upgrade
from engine.settings import Settings, from_environment
from engine.transaction import Engine, again
from tongban.commands.words import ROLES, banner

_address = click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 / address to listen on.")
_port = click.option("--port", default=8000, show_default=True, help="端口 / port to listen on.")
_demo = click.option("--demo", "is_demo", is_flag=True, help="示范城市与一键登录 / seeded city with one-click roles.")


@click.command()
@_address
@_port
@_demo
def run(host: str, port: int, is_demo: bool) -> None:
    """网页与后台在一个进程，适合单机 / web and worker in one process: the embedded city."""
    from api.app import create_app
    from api.server import serve
    from worker.schedule import start

    began = time.monotonic()
    _observe("city")
    engine = _prepare(_settings(host, port, is_demo=is_demo))
    server = serve(create_app(engine), host, port, engine.settings.trusted_proxy)
    heart = start(engine, kind="city")
    click.echo(banner(engine.settings, ROLES if is_demo else (), time.monotonic() - began))
    stopping.wait()
    click.echo("正在停止…… / stopping")
    server.stop()
    heart.stop()
    engine.database.dispose()


@click.command()
@_address
@_port
def web(host: str, port: int) -> None:
    """只启动网页；多进程、多主机请配 PostgreSQL / the web alone; any number of them share one PostgreSQL."""
    from api.app import create_app
    from api.server import serve
    from engine.runtime.bell import Bell
    from engine.runtime.workers import Presence

    _observe("web")
    engine = _prepare(_settings(host, port, is_demo=False))
    presence, bell = Presence(engine, "web"), Bell(engine)
    server = serve(create_app(engine), host, port, engine.settings.trusted_proxy)
    click.echo(banner(engine.settings, (), 0))
    stopping.wait()
    server.leave(engine.settings.leave_seconds)
    server.stop()
    bell.stop()
    presence.stop()
    engine.database.dispose()


@click.command()
def worker() -> None:
    """只启动后台；可启动任意多个 / the worker alone; any number of them share the leases."""
    from worker.main import main

    _observe("worker")
    main(_prepare(from_environment()))


def _observe(kind: str) -> None:
    logs.configure()
    tracing.start(kind)


def _settings(host: str, port: int, *, is_demo: bool) -> Settings:
    settings = from_environment()
    base_url = settings.base_url if "TONGBAN_BASE_URL" in os.environ else f"http://{host}:{port}"
    return replace(settings, base_url=base_url, demo=is_demo or settings.demo)


def _prepare(settings: Settings) -> Engine:
    """The engine over a database of today's schema; a server that just goes down or throws everybody out is asked again."""
    return again(lambda: _prepared(settings))


def _prepared(settings: Settings) -> Engine:
    from processes.platform import build

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    upgrade(settings.database_url)
    engine = build(settings)
    if settings.demo:
        from processes.demo import load

        load(engine)
    return engine
