"""The packages that a package calls: shared parts and the services it joins, deepest first.

A package names them in its manifest (`needs = ["shared-parts"]`); it is tried, checked and seeded together with them."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from engine.errors import NotFound
from processes import manifest as manifests
from processes import package as packages
from processes.package import Package

SERVICES = Path(__file__).parent


def of(package: Package) -> tuple[Package, ...]:
    """Everything a package needs, each once, those that are called before those that call. Raises NotFound."""
    return tuple({found.key: found for found in _below(package, frozenset({package.key}))}.values())


def _below(package: Package, above: frozenset[str]) -> Iterator[Package]:
    for key in manifests.needs(package.manifest):
        if key not in above:
            found = _load(key)
            yield from _below(found, above | {key})
            yield found


@cache
def _load(key: str) -> Package:
    folder = SERVICES / key
    if not key.replace("-", "").isalnum() or not (folder / "manifest.toml").is_file():
        raise NotFound(thing=("服务包", "the package"), key=key)
    return packages.load(folder)
