"""What the parts of a component mean: its words, rules, look and expressions; what is wrong with them is collected."""

import re
from collections.abc import Mapping
from typing import Any

import re2

from engine.errors import Finding, Invalid, Severity
from engine.feel import Expression, compile_expression
from forms import prose, wording
from forms.formats import FORMATS
from forms.model import Bound, Look, Rules
from forms.wording import Wording

Json = Mapping[str, object]
MOST_COLUMNS = 16
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def listed(value: object) -> list[Json]:
    """The tables of a list, none of anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def table(value: object) -> Json:
    """The table itself, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    """A text; nothing for None."""
    return "" if value is None else str(value)


class Parts:
    """Reads parts of components. findings: all that was wrong so far."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def wrong(self, code: str, pointer: str, en: str, zh: str) -> None:
        """Notes one thing that is wrong."""
        self.findings.append(Finding(Severity.ERROR, code, pointer, en, zh))

    def words(self, component: Json, extra: Json, kind: str, at: str) -> dict[str, Any]:
        """Label and hint in both languages, and those among them that name answers."""
        own = {"text": "text", "html": "content", "image": "alt", "documentPreview": "title"}.get(kind, "label")
        if kind == "datetime":
            own = "timeLabel" if component.get("subtype") == "time" else "dateLabel"
        given = {
            "label": text(component.get(own) or component.get("label") or component.get("title")),
            "label_en": text(extra.get("label_en") or extra.get("text_en") or extra.get("content_en")),
            "hint": text(component.get("description") or extra.get("help")),
            "hint_en": text(extra.get("help_en") or extra.get("description_en")),
        }
        moving = {name: self._wording(words, f"{at}/{name}") for name, words in given.items() if not wording.is_fixed(words)}
        return {**given, "wordings": {name: words for name, words in moving.items() if words is not None}}

    def _wording(self, words: str, at: str) -> Wording | None:
        try:
            return wording.read(words)
        except Invalid as error:
            self.wrong("form.feel", at, error.sentence("en"), error.sentence("zh"))
            return None

    def rules(self, component: Json, extra: Json, at: str) -> Rules:
        """What a value must fulfil."""
        given = table(component.get("validate"))
        wanted = text(extra.get("format") or given.get("validationType"))
        if wanted and wanted not in FORMATS and wanted != "custom":
            self.wrong("form.format", at, f"There is no format {wanted}.", f"没有名为 {wanted} 的格式。")
        check = self.feel(extra.get("check"), f"{at}/properties/check")
        is_past_refused = component.get("disallowPassedDates") is True and check is None
        return Rules(
            required=given.get("required") is True,
            min_length=self._bound(given, "minLength", at),
            max_length=self._bound(given, "maxLength", at),
            minimum=self._bound(given, "min", at),
            maximum=self._bound(given, "max", at),
            pattern=self._pattern(text(given.get("pattern")), at),
            format=wanted if wanted in FORMATS else "",
            check=compile_expression("date(value) >= today()") if is_past_refused else check,
            check_zh=text(extra.get("check_zh")) or ("请选择今天或以后的日期。" if is_past_refused else ""),
            check_en=text(extra.get("check_en")) or ("Choose today or a later day." if is_past_refused else ""),
        )

    def _bound(self, given: Json, name: str, at: str) -> Bound | None:
        """A bound as a number, or FEEL that gives one."""
        value = given.get(name)
        if isinstance(value, str) and value.strip().startswith("="):
            return self.feel(value, f"{at}/validate/{name}")
        return self.number({name: value or None} if isinstance(value, str) else given, name, f"{at}/validate")

    def number(self, given: Json, name: str, at: str) -> float | None:
        """A number, also one written as text."""
        value = given.get(name)
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        try:
            return float(str(value))
        except ValueError:
            self.wrong("form.number", f"{at}/{name}", f"{name} must be a number.", f"{name} 须为数字。")
            return None

    def _pattern(self, pattern: str, at: str) -> str:
        """A regular expression that is matched in time linear in the text; one with look-around or back-references is none.

        An editor writes Chinese letters as JavaScript escapes them (`\\u4e00`); they are taken as the letters they are."""
        pattern = _ESCAPED.sub(lambda found: re.escape(chr(int(found[1], 16))), pattern)
        try:
            options = re2.Options()
            options.log_errors = False
            re2.compile(pattern, options)
        except re2.error:
            said = (
                f"The pattern {pattern} is not understood; write it without look-around.",
                f"无法理解正则表达式 {pattern}；请改写。",
            )
            self.wrong("form.pattern", f"{at}/validate/pattern", *said)
            return ""
        return pattern

    def look(self, component: Json, extra: Json, at: str) -> Look:
        """How the component stands on the page."""
        layout, appearance = table(component.get("layout")), table(component.get("appearance"))
        repeated = self.number(component, "defaultRepetitions", at)
        columns = int(self.number(layout, "columns", f"{at}/layout") or 0)
        return Look(
            row=text(layout.get("row")),
            columns=columns if 0 < columns <= MOST_COLUMNS else 0,
            prefix=text(appearance.get("prefixAdorner")),
            suffix=text(appearance.get("suffixAdorner")),
            step=self.number(component, "increment", at),
            picture=self._picture(component, at),
            columns_of=tuple(
                (text(c.get("key")), text(c.get("label")) or text(c.get("key")), text(c.get("label_en")))
                for c in listed(component.get("columns"))
            ),
            can_add=component.get("allowAddRemove") is not False,
            repetitions=int(repeated) if repeated is not None else 1,
            is_multiple=component.get("multiple") is True,
            accept=text(component.get("accept")),
        )

    def _picture(self, component: Json, at: str) -> Wording | None:
        if component.get("type") != "image":
            return None
        source = text(component.get("source")).strip()
        if wording.is_fixed(source) and not prose.is_picture(source):
            self.wrong(
                "form.picture",
                f"{at}/source",
                "Pages load no pictures from other sites; give the picture as data:image/… or as a path of this site.",
                "页面不加载其他网站的图片；请以 data:image/… 内嵌图片，或填写本站路径。",
            )
        return self._wording(source, f"{at}/source")

    def feel(self, given: object, at: str) -> Expression | None:
        """A compiled expression, with or without its `=`; None for nothing."""
        if not isinstance(given, str) or not given.strip():
            return None
        try:
            return compile_expression(given.strip().removeprefix("="))
        except Invalid as error:
            self.wrong("form.feel", at, error.sentence("en"), error.sentence("zh"))
            return None
