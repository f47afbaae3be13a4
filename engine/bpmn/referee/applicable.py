"""Which diagrams the second engine executes rightly, and why not the others. Measured in SpiffWorkflow 3.2.0.

A diagram outside is not compared: the reasons are listed in both languages, and each names the element."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.bpmn.model import Node, Process, Scope

MAX_NODES = 200
"""Its tree grows with every step, and at depth 1000 it reports completion."""

_PLAIN = frozenset(
    ("task", "manualTask", "userTask", "serviceTask", "scriptTask", "sendTask", "businessRuleTask", "receiveTask", "callActivity")
)
_GATEWAYS = frozenset(("exclusiveGateway", "parallelGateway", "inclusiveGateway"))
_EVENTS = frozenset(("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent"))
_JOINS = frozenset(("parallelGateway", "inclusiveGateway"))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an element keeps a diagram from being compared."""

    element_id: str
    en: str
    zh: str


def reasons(process: Process) -> tuple[Reason, ...]:
    """Everything in a process that the second engine is not asked about; none when it can be."""
    return tuple(dict.fromkeys(_of_scope(process.scope, process.id)))


def _of_scope(scope: Scope, owner: str) -> Iterator[Reason]:
    if len(scope.nodes) > MAX_NODES:
        yield Reason(owner, "it has too many elements", "元素过多")
    starts = [node for node in scope.nodes if node.type == "startEvent"]
    if len(starts) != 1 or starts[0].events:
        yield Reason(owner, "it does not begin with exactly one plain start event", "不是以唯一的无触发开始事件启动")
    looping = _in_loops(scope)
    for node in scope.nodes:
        yield from _of_node(node, scope)
        if node.type in _JOINS and node.id in looping and _incoming(scope, node) > 1:
            yield Reason(
                node.id, "it joins inside a loop, where the second engine fires early", "循环内的汇合网关，第二引擎会提前触发"
            )
        if node.type == "inclusiveGateway" and len(_splits_before(scope, node)) > 1:
            en, zh = (
                "it joins branches that decide again, for which the second engine does not wait",
                "汇合的分支中另有网关，第二引擎不会等待",
            )
            yield Reason(node.id, en, zh)
        if node.scope is not None:
            yield from _of_scope(node.scope, node.id)


def _splits_before(scope: Scope, join: Node) -> set[str]:
    """The nearest nodes before a join, back along each of its flows, that are gateways or have not exactly one way in."""
    gateways = {node.id for node in scope.nodes if node.type in _GATEWAYS}
    found: set[str] = set()
    for flow in scope.flows:
        if flow.target == join.id:
            at, passed = flow.source, set[str]()
            before = [other.source for other in scope.flows if other.target == at]
            while at not in gateways and len(before) == 1 and at not in passed:
                passed.add(at)
                at = before[0]
                before = [other.source for other in scope.flows if other.target == at]
            found.add(at)
    return found


def _of_node(node: Node, scope: Scope) -> Iterator[Reason]:
    if node.type not in _PLAIN | _GATEWAYS | _EVENTS | {"subProcess"}:
        yield Reason(node.id, f"it is a {node.type}", f"元素类型为 {node.type}")
    if node.type == "subProcess" and (node.scope is None or node.scope.triggered_by_event or not node.scope.nodes):
        yield Reason(node.id, "it is an event sub-process or empty", "是事件子流程或空子流程")
    if node.loop is not None or node.is_for_compensation:
        yield Reason(node.id, "it repeats or compensates", "带有循环、多实例或补偿")
    if node.start_quantity != 1 or node.completion_quantity != 1 or node.activation is not None:
        yield Reason(node.id, "it counts tokens", "设置了令牌数量")
    if node.type in ("endEvent", "intermediateThrowEvent") and {event.kind for event in node.events} - {"message"}:
        yield Reason(node.id, "it throws something else than a message", "抛出的不是消息")
    if node.type == "callActivity" and any(mapping.target == "*" for mapping in node.outputs):
        yield Reason(node.id, "it takes back all variables", "带回全部变量")
    if node.type == "intermediateCatchEvent" and [event.kind for event in node.events] not in (
        ["timer"],
        ["message"],
        ["signal"],
    ):
        yield Reason(node.id, "it catches something else than one timer, message or signal", "捕获的不是单个定时、消息或信号")
    if node.data_inputs or node.data_outputs:
        yield Reason(node.id, "it moves data by associations", "使用了数据关联")
    yield from _of_flows(node, scope)


def _of_flows(node: Node, scope: Scope) -> Iterator[Reason]:
    outgoing = [flow for flow in scope.flows if flow.source == node.id]
    is_choice = node.type in ("exclusiveGateway", "inclusiveGateway")
    if not is_choice and any(flow.condition is not None for flow in outgoing):
        yield Reason(
            node.id, "its ways out have conditions, which the second engine ignores", "非网关元素的流出带有条件，第二引擎会忽略"
        )
    if len(outgoing) > 1 and node.type not in _GATEWAYS:
        yield Reason(node.id, "several flows leave it, which the second engine refuses", "非网关元素有多条流出，第二引擎不支持")
    if not outgoing and node.type != "endEvent":
        yield Reason(node.id, "nothing flows out of it", "没有流出")
    bare = [flow for flow in outgoing if flow.condition is None and flow.id != node.default_flow]
    if is_choice and bare and len(outgoing) > 1:
        yield Reason(node.id, "a way out has no condition and is not the default", "存在无条件且非默认的流出")


def _incoming(scope: Scope, node: Node) -> int:
    return sum(flow.target == node.id for flow in scope.flows)


def _in_loops(scope: Scope) -> set[str]:
    """Nodes that can be reached from themselves."""
    following: dict[str, set[str]] = {}
    for flow in scope.flows:
        following.setdefault(flow.source, set()).add(flow.target)
    return {node.id for node in scope.nodes if node.id in _reached(following, node.id)}


def _reached(following: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    stack = list(following.get(start, ()))
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack.extend(following.get(node, ()))
    return found
