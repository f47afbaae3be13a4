"""Refusals of expression texts: where, what was found, and a hint, in both languages."""

from engine.errors import Finding, Invalid, Severity


class FeelSyntaxError(Invalid):
    """Expected a FEEL expression, but line {line}, column {column}: {problem} {hint}"""

    zh = "FEEL 表达式有误，第 {line} 行第 {column} 列：{problem_zh}{hint_zh}"

    def __init__(self, text: str, position: int, *, en: str, zh: str, hint: str = "", hint_zh: str = "") -> None:
        """position: index into `text` of the first character that does not fit."""
        before = text[:position]
        line = before.count("\n") + 1
        column = position - (before.rfind("\n") + 1) + 1
        self.position = position
        self.line = line
        self.column = column
        tail = f" {hint}" if hint else ""
        finding = Finding(
            Severity.ERROR,
            "feel.syntax",
            f"{line}:{column}",
            f"Line {line}, column {column}: {en}{tail}",
            f"第 {line} 行第 {column} 列：{zh}{hint_zh}",
        )
        super().__init__(findings=(finding,), line=line, column=column, problem=en, problem_zh=zh, hint=hint, hint_zh=hint_zh)
