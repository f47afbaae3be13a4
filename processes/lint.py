"""What is wrong with a package before anybody runs it: diagrams, tables, forms, and whether they fit each other."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import forms
from engine import dmn
from engine.bpmn.check import Report, examine
from engine.bpmn.model import Node, Process, Scope
from engine.casework.topics import OPERATIONS
from engine.dmn import Decision
from engine.errors import Finding, Invalid, Severity
from engine.runtime.plans import decisions_of
from processes import calls, instant, links, situations
from processes import manifest as manifests
from processes import package as packages
from processes.connectors import facts, joined
from processes.package import Package
from processes.simulators.registers import registers

APPLICANT = "applicant"
KNOWN = frozenset({*OPERATIONS, facts.OPERATION, joined.OPERATION})


def lint_path(path: Path) -> tuple[Finding, ...]:
    """Findings of a folder, zip, diagram or table; a package that cannot be read is one finding each."""
    try:
        return lint(packages.load(path))
    except Invalid as error:
        return error.findings


def lint(package: Package) -> tuple[Finding, ...]:
    """All findings: errors stop publication, warnings and notes are for the designer."""
    return tuple(_findings(package))


def _findings(package: Package) -> Iterator[Finding]:
    read: dict[str, forms.Form] = {}
    for name, content in package.files.items():
        if name.endswith(".form.json"):
            yield from _form(name, content, read)
    yield from _tables([content for name, content in package.files.items() if name.endswith(".dmn")])
    try:
        decisions = decisions_of(package.files)
    except Invalid:
        decisions = {}
    for name, content in package.files.items():
        if name.endswith(".bpmn"):
            yield from _diagram(content, decisions, read)
    yield from calls.findings(package)
    if package.manifest:
        yield from _manifest(package, read)
        yield from instant.check(package.manifest)
        with suppress(Invalid):  # a diagram that cannot be read was reported above
            yield from links.check(package)


def _form(name: str, content: bytes, read: dict[str, forms.Form]) -> Iterator[Finding]:
    try:
        form = forms.read(content)
    except Invalid as error:
        yield from error.findings
        return
    read[form.id] = form
    sources = registers()
    for binding in forms.bindings(form):
        if binding.split(".")[0] not in sources:
            en, zh = f"{name} takes {binding} from a source that is not there.", f"{name} 的 {binding} 引用了不存在的数据源。"
            yield Finding(Severity.ERROR, "form.source", binding, en, zh)


def _tables(contents: list[bytes]) -> Iterator[Finding]:
    """What is wrong with the tables, which may import each other; each one that cannot be read is named."""
    try:
        for model in dmn.read_together(contents, lenient=True):
            yield from dmn.check(model)
    except Invalid as error:
        yield from error.findings


def _diagram(content: bytes, decisions: Mapping[str, Decision], read: Mapping[str, forms.Form]) -> Iterator[Finding]:
    try:
        report = examine(content, decisions)
    except Invalid as error:
        yield from error.findings
        return
    yield from report.findings
    yield from (finding for found in report.obstacles.values() for finding in found)
    for process in _executable(report):
        for node in _nodes(process.scope):
            yield from _node(node, read)


def _executable(report: Report) -> Iterator[Process]:
    return (process for process in report.model.processes if process.id in report.plans)


def _nodes(scope: Scope) -> Iterator[Node]:
    for node in scope.nodes:
        yield node
        if node.scope is not None:
            yield from _nodes(node.scope)


def _node(node: Node, read: Mapping[str, forms.Form]) -> Iterator[Finding]:
    if node.operation and node.operation not in KNOWN:
        en, zh = f"There is no operation {node.operation}.", f"没有名为 {node.operation} 的自动操作。"
        yield Finding(Severity.WARNING, "package.operation", node.id, en, zh)
    if node.type == "userTask" and node.form_key and node.form_key not in read:
        en, zh = f"The form {node.form_key} is not in the package.", f"服务包中没有表单 {node.form_key}。"
        yield Finding(Severity.ERROR, "package.form", node.id, en, zh)


def _manifest(package: Package, read: Mapping[str, forms.Form]) -> Iterator[Finding]:
    table = manifests.trial(package.manifest).get("forms")
    wanted = str(table.get("application") or "") if isinstance(table, Mapping) else ""
    if wanted and wanted not in read:
        en, zh = f"The application form {wanted} is not in the package.", f"服务包中没有申请表单 {wanted}。"
        yield Finding(Severity.ERROR, "package.form", "forms.application", en, zh)
    yield from situations.check(package.manifest, read.get(wanted))
    if not package.scenarios:
        en, zh = "The package has no scenarios; nobody has tried it.", "服务包没有情景，尚未试运行。"
        yield Finding(Severity.WARNING, "package.scenarios", None, en, zh)
