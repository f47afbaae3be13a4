"""Expressions of a plan: FEEL compiled, bare text as a constant, names of messages and signals with placeholders."""

import re
from collections.abc import Mapping

from engine.bpmn.model import Expression
from engine.bpmn.plan.refusals import Refusals
from engine.bpmn.plan.shapes import Formula, Script
from engine.bpmn.timers import Timer, parse
from engine.feel import FeelSyntaxError, compile_expression, compile_script

_PLACEHOLDER = re.compile(r"[$#]\{\s*([^{}]*?)\s*\}")


class Constant:
    """A formula that is always the same."""

    names: tuple[str, ...] = ()

    def __init__(self, value: object) -> None:
        self.value = value

    def evaluate(self, scope: Mapping[str, object]) -> object:
        """The value."""
        return self.value


class Expressions:
    """Compiles expressions and collects what cannot be compiled."""

    def __init__(self, refusals: Refusals, zone: str) -> None:
        self.refusals = refusals
        self.zone = zone

    def formula(self, expression: Expression | None, element_id: str, en: str, zh: str) -> Formula | None:
        """The compiled expression; None when there is none, or when it is refused."""
        if expression is None:
            return None
        if expression.is_literal:
            return Constant(expression.source if expression.text is None else expression.text)
        if expression.text is None:
            self.refusals.expression(element_id, en, zh, expression.source)
            return None
        return self._feel(expression.text, element_id, en, zh)

    def _feel(self, text: str, element_id: str, en: str, zh: str) -> Formula | None:
        try:
            return compile_expression(text)
        except FeelSyntaxError as error:
            self.refusals.expression(element_id, en, zh, text, error.sentence("en"))
            return None

    def script(self, expression: Expression, element_id: str, result: str | None) -> tuple[Script | None, Formula | None]:
        """A script: assignments, or one expression; an expression without a result variable is evaluated for nothing."""
        if expression.text is None:
            self.refusals.expression(element_id, "script", "脚本", expression.source)
            return None, None
        if not expression.text.strip():
            return None, None
        if result is None:
            try:
                return compile_script(expression.text), None
            except FeelSyntaxError:
                pass
        return None, self._feel(expression.text, element_id, "script", "脚本")

    def name(self, text: str | None, element_id: str) -> Formula | None:
        """The name of a message or signal: as it stands, `=FEEL`, or text with `${…}` placeholders."""
        if not text:
            return None
        if text.startswith("="):
            return self._feel(text[1:], element_id, "name", "名称")
        if not _PLACEHOLDER.search(text):
            return Constant(text)
        return self._feel(self._pieces(text), element_id, "name", "名称")

    def _pieces(self, text: str) -> str:
        """FEEL that joins the text and its placeholders."""
        pieces: list[str] = []
        at = 0
        for match in _PLACEHOLDER.finditer(text):
            if match.start() > at:
                pieces.append('"' + text[at : match.start()].replace('"', '\\"') + '"')
            pieces.append(match[1] if match.span() == (0, len(text)) else f"string({match[1]})")
            at = match.end()
        if at < len(text):
            pieces.append('"' + text[at:].replace('"', '\\"') + '"')
        return " + ".join(pieces)

    def title(self, text: str) -> Formula | None:
        """The name of a task with `${…}` in it; None for one that is only text, or whose placeholders are no FEEL."""
        if not _PLACEHOLDER.search(text):
            return None
        try:
            return compile_expression(self._pieces(text))
        except FeelSyntaxError:
            return None

    def timer(self, kind: str, expression: Expression, element_id: str) -> Timer | None:
        """A timer; a literal is checked now, an expression when it is armed."""
        source = expression.source.strip()
        if expression.is_literal or (expression.text is None and not source.startswith(("=", "$", "#"))):
            literal = expression.text if expression.is_literal and expression.text is not None else source
            try:
                return Timer(kind, literal, self.zone, schedule=parse(kind, literal, self.zone))
            except ValueError as error:
                self._bad_timer(element_id, literal, str(error))
                return None
        formula = self.formula(expression, element_id, "timer", "定时")
        return None if formula is None else Timer(kind, source, self.zone, formula=formula)

    def _bad_timer(self, element_id: str, literal: str, reason: str) -> None:
        self.refusals.add(
            "timer",
            element_id,
            f"The timer of {element_id} has no usable time: {reason}.",
            f"“{element_id}”的定时“{literal[:80]}”不是可用的时间，请使用 ISO 8601 日期、时长、循环或 cron。",
        )
