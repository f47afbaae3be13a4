"""The `tongban` command: finds a sub-command by its file, so that asking for help loads nothing."""

import logging
from importlib import import_module

import click

from engine.errors import TongbanError

COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("run", "启动整座城市：网页与后台在一个进程 / start web and worker in one process"),
    "web": ("run", "只启动网页 / start the web alone"),
    "worker": ("run", "只启动后台 / start the worker alone"),
    "db": ("db", "数据库升级 / migrate the database"),
    "backup": ("keep", "在线备份到一个文件 / one consistent backup while the city runs"),
    "restore": ("keep", "从备份恢复到空库 / fill an empty database from a backup"),
    "move": ("keep", "把内嵌城市搬到 PostgreSQL / move the embedded city to PostgreSQL"),
    "demo": ("demo", "装入或重建示范城市 / load the seeded city, or start it afresh"),
    "doctor": ("doctor", "检查缺什么、怎么补 / say what is missing and how to mend it"),
    "deploy": ("services", "检查、试运行并发布服务包 / check, try and publish a service package"),
    "check": ("services", "检查服务包或流程图 / check a service package or a diagram"),
    "scenario": ("services", "运行服务包的情景 / run the scenarios of a service package"),
    "new-service": ("services", "新建即办服务骨架 / scaffold a new instant service"),
    "catalogue": ("catalogue", "事项实施清单：导出、导入、检查 / implementation lists: out, in, checked"),
    "offer": ("catalogue", "免申即享比对 / offer a service to whoever the registers say is entitled"),
    "clock": ("clock", "计算法定时限并说明过程 / compute a legal time limit and explain it"),
    "decision": ("decision", "复核、说明、回测决策 / prove, explain and back-test decisions"),
    "feel": ("feel", "FEEL 交互环境 / try FEEL expressions"),
    "migrate": ("migrate", "把运行中的实例迁移到另一版本 / move running instances to another version"),
    "replay": ("replay", "按历史重放办件并证明当前状态 / rebuild a case from its history and prove its state"),
    "machine": ("machine", "为其他系统发放或收回访问密钥 / give access keys to other systems, or take them back"),
    "retention": ("retention", "保管期限：鉴定与销毁到期办件 / appraise and destroy cases past their retention period"),
    "archive": ("archive", "办结办件导出为一个签名档案包 / a closed case as one signed package, and its verification"),
    "audit": ("audit", "校验办件历史 / verify the history chains"),
}


class _Lazy(click.Group):
    """A group whose commands live in `tongban.commands.<file>`, imported when one is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"tongban.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=_Lazy)
@click.version_option(package_name="tongban")
def cli() -> None:
    """通办 Tongban: 一座城市的政务服务平台 / the platform on which a city runs its government services."""
    logging.getLogger("tongban").addHandler(logging.NullHandler())  # what does not serve says its results, and keeps no log


def main() -> None:
    """Runs the command; exit code 1 for a refusal (printed as a sentence in both languages), 2 for wrong usage."""
    try:
        cli()
    except TongbanError as refused:
        click.echo(refused.sentence("zh"), err=True)
        click.echo(refused.sentence("en"), err=True)
        for finding in refused.findings:
            click.echo(f"  {finding.severity} {finding.pointer or '-'} {finding.zh} / {finding.en}", err=True)
        raise SystemExit(1) from refused
    except Exception as error:
        sentence = _unreachable(error)
        if sentence is None:
            raise
        click.echo(sentence, err=True)
        raise SystemExit(1) from error


def _unreachable(error: Exception) -> str | None:
    """A sentence when the database does not answer; None for everything else."""
    from sqlalchemy.exc import ArgumentError, OperationalError

    if not isinstance(error, (ArgumentError, OperationalError)):
        return None
    said = error.orig if isinstance(error, OperationalError) else error
    return f"数据库无法使用，请检查地址：{said}\nExpected the database to answer, but it did not; check its address: {said}"
