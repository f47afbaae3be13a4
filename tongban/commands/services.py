"""`tongban check | deploy | scenario | new-service`: service packages from the command line."""

from collections.abc import Sequence
from pathlib import Path

import click

from engine.errors import Finding, Severity
from engine.settings import from_environment

_path = click.argument("path", type=click.Path(exists=True, path_type=Path))


@click.command()
@_path
def check(path: Path) -> None:
    """检查服务包（文件夹或 zip）或单个 BPMN/DMN；有错误时退出码 1 / exit code 1 when there is an error."""
    from processes.lint import lint_path

    _report(lint_path(path))


@click.command()
@_path
@click.option("--draft", is_flag=True, help="只存为草稿，不发布 / store as a draft, do not publish.")
def deploy(path: Path, draft: bool) -> None:
    """检查、试运行、两套引擎互证，然后发布 / check, try, ask the second engine, publish."""
    from engine.actors import SYSTEM
    from engine.models.migrations import upgrade
    from processes.package import load
    from processes.platform import build
    from processes.publish import publish

    settings = from_environment()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    upgrade(settings.database_url)
    published = publish(build(settings), SYSTEM, load(path), is_draft=draft)
    click.echo(f"{published.key} v{published.version} {'草稿 / draft' if draft else '已发布 / published'}")


@click.group()
def scenario() -> None:
    """情景 / scenarios."""


@scenario.command("run")
@_path
@click.option("--only", default=None, help="只运行名称含此文字的情景 / only scenarios whose name contains this.")
def run_command(path: Path, only: str | None) -> None:
    """在虚拟时钟上运行全部情景；失败时退出码 1 / on a virtual clock; exit code 1 when one fails."""
    from processes import second_opinion
    from processes.package import load
    from processes.scenarios import run_all

    package = load(path)
    results = run_all(package, only=only)
    for result in results.results:
        click.echo(f"{'通过 passed' if result.passed else '失败 FAILED'}  {result.name}  {result.milliseconds:.0f} ms")
        for difference in result.differences:
            click.echo(f"    {difference}")
    click.echo(f"元素覆盖 / elements {results.element_coverage:.0%}" + "".join(f"  {element}" for element in results.unmet))
    click.echo(f"流向覆盖 / flows    {results.flow_coverage:.0%}" + "".join(f"  {flow}" for flow in results.unmet_flows))
    opinions = list(second_opinion.judge(package, {result.name: result.played for result in results.results}))
    agreed, asked = (sum(o.verdict in kinds for _, o in opinions) for kinds in (("agrees",), ("agrees", "differs")))
    click.echo(f"第二引擎 / second engine  {agreed}/{asked} 一致 agree, {len(opinions) - asked} 未询问 not asked")
    differing = second_opinion.differences(iter(opinions))
    for finding in differing:
        click.echo(f"    {finding.zh} / {finding.en}")
    raise SystemExit(0 if results.passed and not differing else 1)


@click.command()
@click.argument("key")
@click.option(
    "--into", type=click.Path(path_type=Path), default=Path(), help="目标文件夹 / folder that holds processes and forms."
)
@click.option("--name", "zh", default="", help="中文名称 / the name in Chinese.")
@click.option("--english", "en", default="", help="英文名称 / the name in English.")
@click.option("--office", default="minzheng", show_default=True, help="经办单位 / key of the office that decides.")
def new_service(key: str, into: Path, zh: str, en: str, office: str) -> None:
    """新建一个能通过自身情景的即办服务 / a minimal instant service that passes its own scenarios."""
    from processes.scaffold import new_service as scaffold

    for made in scaffold(into, key, zh=zh, en=en, office=office):
        click.echo(made)


def _report(findings: Sequence[Finding]) -> None:
    for finding in findings:
        click.echo(f"{finding.severity:<8} {finding.pointer or '-':<28} {finding.zh}")
        click.echo(f"{'':<8} {finding.code:<28} {finding.en}")
    errors = sum(f.severity is Severity.ERROR for f in findings)
    click.echo(f"{errors} 个错误 / errors, {len(findings) - errors} 个提示 / warnings and notes")
    raise SystemExit(1 if errors else 0)
