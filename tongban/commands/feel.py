"""`tongban feel`: try expressions."""

import click


@click.command()
def feel() -> None:
    """FEEL 交互环境 / a FEEL prompt; Ctrl-D leaves it."""
    from engine.feel.repl import run

    run()
