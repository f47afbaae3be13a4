"""`tongban audit`: the history that shows tampering."""

import click

from engine.settings import from_environment

ALL = 1_000_000


@click.group()
def audit() -> None:
    """办件历史 / the history of cases."""


@audit.command()
def verify() -> None:
    """校验全部哈希链与销毁登记簿，列出已销毁的办件；发现改动时退出码 1
    / verify every hash chain and the register of destructions; exit code 1 when a row was changed."""
    from engine.actors import SYSTEM
    from engine.casework import destruction
    from engine.runtime import history
    from processes.platform import build
    from tongban.commands.retention import line

    engine = build(from_environment())
    with engine.read(SYSTEM) as tx:
        breaks = [*history.verify_in(tx), *destruction.verify(tx)]
        for record in reversed(destruction.records(tx, limit=ALL)):
            click.echo(line(record))
    for broken in breaks:
        click.echo(str(broken))
    click.echo("历史完整 / history is whole" if not breaks else f"{len(breaks)} 处被改动 / rows do not match their hash")
    raise SystemExit(1 if breaks else 0)


@audit.command()
def invariants() -> None:
    """核对全库不变式：令牌、等待、计时、证照、计数；有违反时退出码 1 / exit code 1 when anything is lost, doubled or stuck."""
    from engine.actors import SYSTEM
    from engine.casework import invariants as rules
    from processes.platform import build

    with build(from_environment()).read(SYSTEM) as tx:
        found = list(rules.check(tx))
    for violation in found:
        click.echo(str(violation))
    click.echo("全部一致 / everything agrees" if not found else f"{len(found)} 处不一致 / violations")
    raise SystemExit(1 if found else 0)
