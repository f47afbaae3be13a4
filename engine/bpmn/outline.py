"""A process as an ordered text outline, for screen readers, phones and print: every diagram has one beside it."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.bpmn.model import Flow, Node, Process, Scope

_TYPES: dict[str, tuple[str, str]] = {
    "startEvent": ("开始", "start"),
    "endEvent": ("结束", "end"),
    "intermediateCatchEvent": ("等待", "wait"),
    "intermediateThrowEvent": ("发出", "throw"),
    "boundaryEvent": ("附着事件", "attached event"),
    "task": ("步骤", "step"),
    "userTask": ("人工办理", "human task"),
    "manualTask": ("线下步骤", "manual step"),
    "serviceTask": ("自动处理", "automatic task"),
    "scriptTask": ("计算", "calculation"),
    "businessRuleTask": ("规则判定", "decision table"),
    "sendTask": ("发送", "send"),
    "receiveTask": ("接收", "receive"),
    "callActivity": ("调用流程", "called process"),
    "subProcess": ("子流程", "sub-process"),
    "transaction": ("事务", "transaction"),
    "adHocSubProcess": ("任意次序", "ad-hoc sub-process"),
    "exclusiveGateway": ("择一", "one of"),
    "parallelGateway": ("并行", "in parallel"),
    "inclusiveGateway": ("择多", "one or more of"),
    "eventBasedGateway": ("先到先行", "whichever comes first"),
    "complexGateway": ("复杂网关", "complex gateway"),
}
_EVENTS: dict[str, tuple[str, str]] = {
    "message": ("消息", "message"),
    "timer": ("定时", "timer"),
    "error": ("错误", "error"),
    "escalation": ("升级", "escalation"),
    "cancel": ("取消", "cancel"),
    "compensate": ("补偿", "compensation"),
    "conditional": ("条件", "condition"),
    "signal": ("信号", "signal"),
    "link": ("连接", "link"),
    "terminate": ("终止", "terminate"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One line. level: 0 for the process, 1 inside a sub-process, … next: (flow name or '', target id) in drawing order.

    attached_to: the activity an attached event watches."""

    element_id: str
    level: int
    type_zh: str
    type_en: str
    name: str
    next: tuple[tuple[str, str], ...] = ()
    attached_to: str | None = None
    lane: str = ""

    def words(self, language: str = "zh") -> str:
        """`人工办理：材料审查`, `human task: document review`; the bare type where there is no name."""
        is_chinese = language.startswith("zh")
        kind = self.type_zh if is_chinese else self.type_en
        return f"{kind}{'：' if is_chinese else ': '}{self.name}" if self.name else kind


def outline(process: Process) -> tuple[Item, ...]:
    """All nodes in the order in which a case meets them; what cannot be reached comes last."""
    lanes = {node_id: lane.name for lane in process.lanes for node_id in lane.node_ids}
    return tuple(_items(process.scope, 0, lanes))


def type_words(node: Node) -> tuple[str, str]:
    """(zh, en) words for what a node is, with what its event reacts to."""
    zh, en = _TYPES.get(node.type, (node.type, node.type))
    if node.events:
        kinds = [_EVENTS.get(e.kind, (e.kind, e.kind)) for e in node.events]
        zh, en = f"{'、'.join(k[0] for k in kinds)}{zh}", f"{' or '.join(k[1] for k in kinds)} {en}"
    return zh, en


def _items(scope: Scope, level: int, lanes: dict[str, str]) -> Iterator[Item]:
    leaving: dict[str, list[Flow]] = {}
    for flow in scope.flows:
        leaving.setdefault(flow.source, []).append(flow)
    for node in _in_order(scope, leaving):
        zh, en = type_words(node)
        following = tuple((flow.name, flow.target) for flow in leaving.get(node.id, []))
        yield Item(node.id, level, zh, en, node.name, following, node.attached_to, lanes.get(node.id, ""))
        if node.scope is not None:
            yield from _items(node.scope, level + 1, lanes)


def _in_order(scope: Scope, leaving: dict[str, list[Flow]]) -> list[Node]:
    nodes = {n.id: n for n in scope.nodes}
    attached: dict[str, list[str]] = {}
    for node in scope.nodes:
        if node.attached_to:
            attached.setdefault(node.attached_to, []).append(node.id)
    targets = {f.target for f in scope.flows}
    waiting = [n.id for n in scope.nodes if n.id not in targets and not n.attached_to][::-1]
    order: dict[str, Node] = {}
    while waiting or len(order) < len(nodes):
        here = waiting.pop() if waiting else next(i for i in nodes if i not in order)
        if here in order or here not in nodes:
            continue
        order[here] = nodes[here]
        waiting += [f.target for f in reversed(leaving.get(here, []))]
        waiting += reversed(attached.get(here, []))
    return list(order.values())
