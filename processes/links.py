"""A process against its item: the process-link list 环节 of the implementation list, compared with the diagram's human tasks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.bpmn.model import Node, Process, Scope
from engine.bpmn.read import read
from engine.calendar import limits
from engine.errors import Finding, Severity
from processes.package import Package

_LIMIT = "sla.limit"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. kind: missing (in the list, not drawn) | extra (drawn, not in the list) | limit | total."""

    kind: str
    name: str
    listed: str
    drawn: str


def differences(record: Mapping[str, object], processes: Sequence[Process], committed: str = "") -> tuple[Difference, ...]:
    """What the list and the diagrams say differently; empty when there is no list. record: the item's table."""
    rows = record.get("links")
    if not isinstance(rows, list | tuple) or not rows:
        return ()
    listed = {_name(row): str(row.get("limit") or "") for row in rows if isinstance(row, Mapping)}
    drawn = {node.name or node.id: _limit(node) for process in processes for node in _tasks(process.scope)}
    return tuple(_compare(listed, drawn, committed))


def _name(row: Mapping[str, object]) -> str:
    name = row.get("name")
    return str(name.get("zh") if isinstance(name, Mapping) else name)


def _compare(listed: Mapping[str, str], drawn: Mapping[str, str], committed: str) -> Iterator[Difference]:
    for name, limit in listed.items():
        if name not in drawn:
            yield Difference("missing", name, limit, "")
        elif limit and drawn[name] and limit != drawn[name]:
            yield Difference("limit", name, limit, drawn[name])
    for name, limit in drawn.items():
        if name not in listed:
            yield Difference("extra", name, "", limit)
    total = sum(limits.parse(limit).amount for limit in listed.values() if limit.endswith("WD"))
    if committed.endswith("WD") and total > limits.parse(committed).amount:
        yield Difference("total", "", f"{total}WD", committed)


def _tasks(scope: Scope) -> Iterator[Node]:
    for node in scope.nodes:
        if node.type == "userTask":
            yield node
        if node.scope is not None:
            yield from _tasks(node.scope)


def _limit(node: Node) -> str:
    return str(node.properties.get(_LIMIT) or "")


def check(package: Package) -> Iterator[Finding]:
    """The differences of a package as warnings on its manifest."""
    item, given = package.manifest.get("item"), package.manifest.get("limits")
    committed = str(given.get("committed") or "") if isinstance(given, Mapping) else ""
    drawn = [p for name, content in package.files.items() if name.endswith(".bpmn") for p in read(content).processes]
    for found in differences(item if isinstance(item, Mapping) else {}, drawn, committed):
        en, zh = words(found)
        yield Finding(Severity.WARNING, f"item.link.{found.kind}", found.name or "item.links", en, zh)


def words(found: Difference) -> tuple[str, str]:
    """(English, Chinese) sentence of a difference."""
    match found.kind:
        case "missing":
            return f"The link {found.name} is listed but not drawn.", f"环节“{found.name}”在实施清单中，流程图中没有。"
        case "extra":
            return f"The task {found.name} is drawn but not listed.", f"流程图中的任务“{found.name}”不在实施清单环节中。"
        case "limit":
            said = (found.name, found.listed, found.drawn)
            en, zh = "The limit of {} is {} in the list and {} in the diagram.", "环节“{}”清单时限 {}，流程图为 {}。"
            return en.format(*said), zh.format(*said)
    return (
        f"The links take {found.listed} together, the item promises {found.drawn}.",
        f"各环节时限合计 {found.listed}，超过承诺时限 {found.drawn}。",
    )
