"""Whether every process that a package calls is there, in the version it is bound to."""

from collections.abc import Iterator
from contextlib import suppress

from engine.bpmn.model import Node, Process, Scope
from engine.bpmn.read import read
from engine.errors import Finding, Invalid, NotFound, Severity
from processes import needs
from processes.package import Package

Offer = tuple[str, str | None]
"""Process id and version tag."""


def findings(package: Package) -> Iterator[Finding]:
    """An error for each package that is not there and for each call that would find nothing."""
    try:
        around = needs.of(package)
    except NotFound as missing:
        yield Finding(Severity.ERROR, "package.needs", None, missing.sentence("en"), missing.sentence("zh"))
        return
    offered = {offer for each in (package, *around) for offer in _offers(each)}
    known = {process for process, _ in offered}
    for node in _calls(package):
        called, tag = str(node.called_element.text if node.called_element else ""), node.called_version
        if (called, tag) not in offered if tag else called not in known:
            what = f"{called}@{tag}" if tag else called
            en, zh = f"The called process {what} is in no package that this one needs.", f"所需服务包中没有被调用的流程 {what}。"
            yield Finding(Severity.ERROR, "package.call", node.id, en, zh)


def _offers(package: Package) -> Iterator[Offer]:
    return ((process.id, process.version_tag) for process in _processes(package))


def _calls(package: Package) -> Iterator[Node]:
    """Call activities with a literal name; an expression is known only when it runs."""
    for process in _processes(package):
        yield from (n for n in _nodes(process.scope) if n.called_element is not None and n.called_element.is_literal)


def _processes(package: Package) -> Iterator[Process]:
    """Those of every diagram that can be read; the others are findings of their own."""
    for name, content in package.files.items():
        if name.endswith(".bpmn"):
            with suppress(Invalid):
                yield from read(content).processes


def _nodes(scope: Scope) -> Iterator[Node]:
    for node in scope.nodes:
        yield node
        if node.scope is not None:
            yield from _nodes(node.scope)
