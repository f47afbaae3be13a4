"""`tongban archive`: a closed case as one signed package, and whether a package is whole."""

from pathlib import Path

import click

from engine.settings import Settings, from_environment


@click.group()
def archive() -> None:
    """档案包 / archive packages."""


@archive.command()
@click.argument("case_no")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--by", "account_id", default=None, metavar="ACCOUNT", help="导出人的账号 / the account of whoever does it.")
def export(case_no: str, file: Path, account_id: str | None) -> None:
    """把已办结的办件导出为一个签名的 zip：文书、附件、申请、理由、历史 / one signed zip of a closed case."""
    from engine.actors import SYSTEM
    from engine.casework import accounts, archives, sealed
    from processes.platform import build

    engine = build(from_environment())
    actor = SYSTEM
    if account_id is not None:
        with engine.read(SYSTEM) as tx:
            actor = accounts.person(tx, account_id).actor()
    content = archives.export(engine, actor, case_no)
    unfinished = file.with_name(file.name + ".part")
    unfinished.write_bytes(content)
    unfinished.replace(file)
    count = sealed.verify(content, None).files
    click.echo(f"已导出 {count} 个文件到 {file}（{len(content)} 字节）/ files exported and signed")


@archive.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", default=None, metavar="HEX", help="应由哪个公钥签名；默认本市 / the key it must be signed with; ours.")
def verify(file: Path, key: str | None) -> None:
    """逐个文件校验；不完整或签名不符时列出并以 1 退出 / looks at every file; names what is broken, exit code 1."""
    from engine.casework import sealed

    expected = key or _own_key(from_environment())
    found = sealed.verify(file.read_bytes(), expected)
    for name in ("case_no", "item_zh", "closed_at", "exported_at", "exported_by"):
        if name in found.facts:
            click.echo(f"{name:<12} {found.facts[name]}")
    if found.key:
        click.echo(f"{'key':<12} {found.key}{'' if expected else '（本机不认识，请核对 / unknown here: compare it）'}")
    for fault in found.faults:
        click.echo(f"损坏 BROKEN  {fault.name}: {fault.zh} / {fault.en}")
    click.echo(f"{len(found.faults)} 处损坏 / faults" if found.faults else f"完整 / whole: {found.files} 个文件 / files")
    raise SystemExit(1 if found.faults else 0)


@archive.command("key")
def key_command() -> None:
    """本市档案包的公钥，交给接收单位 / the public key of this city, for those who receive packages."""
    from engine.casework import sealed
    from engine.settings import secret_of

    click.echo(sealed.public(sealed.key_of(secret_of(from_environment()))))


def _own_key(settings: Settings) -> str | None:
    """This city's public key; None on a machine that has no secret key, where none is made for it."""
    from engine.casework import sealed
    from engine.settings import has_secret, secret_of

    return sealed.public(sealed.key_of(secret_of(settings))) if has_secret(settings) else None
