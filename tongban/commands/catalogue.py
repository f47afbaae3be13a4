"""`tongban catalogue`: implementation lists out and in as files, and what the checks say; `tongban offer`: a 免申即享 batch."""

from __future__ import annotations

from pathlib import Path

import click

from engine.settings import from_environment


@click.group()
def catalogue() -> None:
    """事项实施清单：导出、导入、检查 / implementation lists: out, in, and what the checks say."""


@catalogue.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--query", default="", help="只导出搜到的 / only what a search finds.")
@click.option("--office", default=None, help="单位 / of this office.")
def export(path: Path, query: str, office: str | None) -> None:
    """导出到 .csv、.xlsx 或 .json / write the lists to a file."""
    from engine.actors import SYSTEM
    from engine.casework import search
    from engine.casework.supply import files, listing
    from processes.platform import build

    kind = path.suffix.lstrip(".")
    if kind not in files.KINDS:
        raise click.UsageError("文件名须以 .csv、.xlsx 或 .json 结尾 / the name must end in .csv, .xlsx or .json")
    with build(from_environment()).read(SYSTEM) as tx:
        rows = list(listing.every(tx, query, search.Filters(office=office)))
    path.write_bytes(files.written(rows, kind))
    click.echo(f"已导出 {len(rows)} 项 / {len(rows)} services written to {path}")


@catalogue.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def take_in(path: Path) -> None:
    """导入为草稿，审核后发布 / each row that differs becomes a draft; 1 when a row has a problem."""
    from engine.actors import SYSTEM
    from engine.casework.supply import drafting, files
    from processes.platform import build

    made, problems = drafting.take_in(build(from_environment()), SYSTEM, files.read(path.name, path.read_bytes()))
    for line, code, finding in problems:
        click.echo(f"{line}: {code} {finding.pointer or ''} {finding.zh} / {finding.en}")
    click.echo(f"草稿 {len(made)} 份，问题 {len(problems)} 处 / {len(made)} drafts, {len(problems)} problems")
    raise SystemExit(1 if problems else 0)


@catalogue.command()
@click.option("--query", default="", help="只检查搜到的 / only what a search finds.")
def check(query: str) -> None:
    """完整性与冲突检查 / complete and free of conflicts? 1 when a list has an error."""
    from engine.actors import SYSTEM
    from engine.casework import catalogue as items
    from engine.casework import search
    from engine.casework.supply import checks
    from engine.errors import Severity
    from processes.platform import build

    errors = warnings = 0
    with build(from_environment()).read(SYSTEM) as tx:
        city, codes = checks.known(tx), search.find(tx, query, search.Filters()).codes
        for start in range(0, len(codes), 500):
            for item in items.items_of(tx, codes[start : start + 500]):
                for finding in checks.examine(item.manifest, city):
                    is_error = finding.severity is Severity.ERROR
                    errors, warnings = errors + is_error, warnings + (not is_error)
                    click.echo(f"{item.code} {finding.pointer} {finding.zh} / {finding.en}")
    click.echo(f"{len(codes)} 项，错误 {errors}，提醒 {warnings} / {len(codes)} services, {errors} errors, {warnings} warnings")
    raise SystemExit(1 if errors else 0)


@click.command()
@click.argument("service")
@click.option("--batch", required=True, help="批次名 / the batch's name; nobody is offered the same twice in one.")
@click.option(
    "--subjects", type=click.File(), required=True, help="身份号码，每行一个 / identity numbers, one a line; - for stdin."
)
def offer(service: str, batch: str, subjects: click.utils.LazyFile) -> None:
    """免申即享比对：符合条件的收到意愿确认 / compare people with the registers and offer the service to whoever fits."""
    from engine.actors import SYSTEM
    from engine.casework import offers
    from processes.platform import build

    numbers = [line.strip() for line in subjects if line.strip()]
    compared, offered = offers.match(build(from_environment()), SYSTEM, service, batch, numbers)
    click.echo(f"比对 {compared} 人，通知 {offered} 人 / {compared} compared, {offered} offered")
