"""Refusals: why an element cannot be executed, in both languages, with what to do."""

from engine.bpmn.model import Node
from engine.errors import Finding, Severity


class Refusals:
    """The findings of one compilation."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def add(self, code: str, element_id: str | None, en: str, zh: str) -> None:
        """One refusal."""
        self.findings.append(Finding(Severity.ERROR, f"bpmn.{code}", element_id, en, zh))

    def expression(self, element_id: str, what_en: str, what_zh: str, source: str, reason: str = "") -> None:
        """An expression that is not FEEL and could not be translated to it."""
        because = f" ({reason})" if reason else ""
        self.add(
            "expression",
            element_id,
            f"The {what_en} of {element_id} cannot be read as FEEL: {source[:200]}{because}. Write it as a FEEL expression.",
            f"“{element_id}”的{what_zh}无法作为 FEEL 读取：{source[:200]}{because}。请改写为 FEEL 表达式。",
        )

    def unsupported(self, node: Node) -> None:
        """An element of a kind that the engine does not execute."""
        self.add(
            "unsupported",
            node.id,
            f"The element {node.id} is a {node.type}, which is not executed here; replace it by a supported element.",
            f"元素“{node.id}”（{node.type}）无法执行，请改用受支持的元素。",
        )

    def stranger(self, element_id: str, kind: str) -> None:
        """A flow element that no process can hold."""
        self.add(
            "unsupported",
            element_id,
            f"The element {element_id} is a {kind}, which belongs into no process; remove it or draw a task in its place.",
            f"元素“{element_id}”（{kind}）不能出现在流程中，请删除或改画为任务。",
        )

    def missing(self, node: Node, what_en: str, what_zh: str) -> None:
        """Something that the element needs and does not have."""
        self.add(
            "missing",
            node.id,
            f"{node.name or node.id} ({node.id}) needs {what_en}.",
            f"“{node.name or node.id}”（{node.id}）缺少{what_zh}。",
        )
