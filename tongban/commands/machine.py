"""`tongban machine`: access keys of other systems."""

import click

from engine.settings import from_environment

ROLES = ("machine", "operator", "auditor", "supervisor", "designer", "publisher")


@click.group()
def machine() -> None:
    """其他系统的访问密钥 / access keys of other systems."""


@machine.command()
@click.argument("name")
@click.option(
    "--role", "roles", multiple=True, type=click.Choice(ROLES), default=("machine",), help="可多次给出 / may be repeated."
)
@click.option(
    "--topic", "topics", multiple=True, default=("*",), help="可领取的外部作业主题 / topics it may fetch; all of them without."
)
@click.option("--office", default="zwfw", show_default=True, help="所属单位 / the office it belongs to.")
def add(name: str, roles: tuple[str, ...], topics: tuple[str, ...], office: str) -> None:
    """登记一个系统并打印密钥；密钥只显示这一次 / register a system and print its key, which is shown only now."""
    from engine.actors import SYSTEM, ActorKind
    from engine.casework import accounts
    from engine.casework.accounts import Person
    from processes.platform import build

    with build(from_environment()).begin(SYSTEM) as tx:
        account_id = f"machine:{name}"
        given = {"office": office, "roles": roles, "groups": topics}
        accounts.register(tx, Person(account_id, account_id, name, ActorKind.OFFICER, **given))
        click.echo(accounts.issue_token(tx, account_id, name))


@machine.command()
@click.argument("name")
def revoke(name: str) -> None:
    """收回一个系统的全部密钥 / take back every key of a system."""
    from engine.actors import SYSTEM
    from engine.casework import accounts
    from processes.platform import build

    with build(from_environment()).begin(SYSTEM) as tx:
        count = accounts.revoke_tokens(tx, f"machine:{name}")
    click.echo(f"已收回 {count} 个密钥 / {count} keys taken back")
