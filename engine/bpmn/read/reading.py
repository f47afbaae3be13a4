"""What the reader has in hand while it reads one file: the tree, its ids, its root definitions and what it noticed."""

from dataclasses import dataclass, field

from lxml import etree

from engine.bpmn.dialect import Translation, formula, literal, script
from engine.bpmn.model import Definition, Expression
from engine.bpmn.read.names import BPMN, bare, local, text_of
from engine.errors import Finding, Severity


@dataclass(slots=True)
class Reading:
    """One reading of one file. ids: BPMN elements by id, the first of each. event_definitions: those at the root, by id.

    conversations: the message that a message flow gives to a node that names none, by the node's id."""

    root: etree._Element
    language: str = ""
    ids: dict[str, etree._Element] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    event_definitions: dict[str, etree._Element] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    made_up: dict[etree._Element, str] = field(default_factory=dict)
    conversations: dict[str, Definition] = field(default_factory=dict)

    def say(self, severity: Severity, code: str, pointer: str | None, en: str, zh: str) -> None:
        """Adds a finding."""
        self.findings.append(Finding(severity, code, pointer, en, zh))

    def note(self, code: str, pointer: str | None, en: str, zh: str) -> None:
        """Adds a note."""
        self.say(Severity.NOTE, code, pointer, en, zh)

    def warn(self, code: str, pointer: str | None, en: str, zh: str) -> None:
        """Adds a warning."""
        self.say(Severity.WARNING, code, pointer, en, zh)

    def id_of(self, element: etree._Element) -> str:
        """The element's id, or one made up for it, the same each time it is asked and each time the file is read."""
        given = (element.get("id") or "").strip()
        if given:
            return given
        if element not in self.made_up:
            self.made_up[element] = self._make_up(element)
        return self.made_up[element]

    def _make_up(self, element: etree._Element) -> str:
        name = local(element)
        number = len(self.made_up) + 1
        while f"{name}_{number}" in self.ids:
            number += 1
        made = f"{name}_{number}"
        self.ids[made] = element
        self.note("bpmn.id.made-up", made, f"A {name} without an id is called {made}.", f"一个 {name} 没有 id，已命名为 {made}。")
        return made

    def definition(self, reference: str | None) -> Definition | None:
        """The root definition that a reference names."""
        return self.definitions.get(bare(reference) or "")

    def formula(self, source: str | None, owner: str, language: str = "") -> Expression | None:
        """An expression in a place that always holds one (conditions, cardinalities, sources of mappings)."""
        if source is None or not source.strip():
            return None
        return self._kept(source, language or self.language, formula(source, language or self.language), owner)

    def literal(self, source: str | None, owner: str, language: str = "") -> Expression | None:
        """An expression in a place where bare text is a literal (assignees, timers, names)."""
        if source is None or not source.strip():
            return None
        return self._kept(source, language, literal(source, language), owner)

    def script(self, source: str | None, owner: str, language: str = "") -> Expression | None:
        """A script: assignments, or one expression."""
        if source is None or not source.strip():
            return None
        return self._kept(source, language, script(source, language), owner)

    def element_formula(self, element: etree._Element | None, owner: str) -> Expression | None:
        """The expression in an element of type tExpression or tFormalExpression."""
        return None if element is None else self.formula(text_of(element), owner, element.get("language", ""))

    def _kept(self, source: str, language: str, found: Translation, owner: str) -> Expression:
        shown = " ".join(source.split())[:80]
        if found.text is None:
            self.warn(
                "bpmn.expression.untranslated",
                owner,
                f"`{shown}` could not be translated to FEEL, so this element cannot run; write it as FEEL.",
                f"“{shown}”无法转换为 FEEL，该元素无法执行；请改写为 FEEL。",
            )
        elif found.is_translated:
            self.note(
                "bpmn.expression.translated",
                owner,
                f"`{shown}` is read as FEEL `{found.text}`.",
                f"“{shown}”已转换为 FEEL：{found.text}",
            )
        return Expression(source=source, text=found.text, language=language, is_literal=found.is_literal)


def open_reading(root: etree._Element) -> Reading:
    """A reading with the ids of all BPMN elements; a repeated id is an error."""
    reading = Reading(root, language=root.get("expressionLanguage", ""))
    for element in root.iter(f"{{{BPMN}}}*"):
        element_id = (element.get("id") or "").strip()
        if not element_id:
            continue
        if element_id in reading.ids:
            reading.say(
                Severity.ERROR,
                "bpmn.id.duplicate",
                element_id,
                f"The id {element_id} is used by two elements; give each its own.",
                f"id {element_id} 被两个元素使用，请分别命名。",
            )
        else:
            reading.ids[element_id] = element
    return reading
