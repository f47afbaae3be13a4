"""Hints for the slips that people make who come from other notations or type on a Chinese keyboard.

Given where the parser stopped, the first slip that fits gives its hint, in English and Chinese."""

import re

_Hint = tuple[str, str]
_NONE: _Hint = ("", "")

_BEFORE_AND_AT: tuple[tuple[re.Pattern[str], _Hint], ...] = tuple(
    (re.compile(pattern), hint)
    for pattern, hint in (
        (r"=\s*=", ("Equality is written with one `=`.", "相等用一个“=”表示。")),
        (r"<\s*>", ("Inequality is written `!=`.", "不等于写作“!=”。")),
        (r"=\s*>", ("`at least` is written `>=`.", "大于等于写作“>=”。")),
        (r"=\s*<", ("`at most` is written `<=`.", "小于等于写作“<=”。")),
        (r"\$\s*\{|#\s*\{", ("Names stand alone, without `${…}`.", "直接写变量名，不要用“${…}”。")),
    )
)
_AT: tuple[tuple[re.Pattern[str], _Hint], ...] = tuple(
    (re.compile(pattern), hint)
    for pattern, hint in (
        (r"&", ("`and` joins conditions.", "“并且”写作 and。")),
        (r"\|", ("`or` joins alternatives.", "“或者”写作 or。")),
        (r"!(?!=)", ("Negation is written `not(…)`.", "否定写作 not(…)。")),
        (r"['‘’“”「」『』`]", ('Texts stand in straight double quotes: "…".', '文本请用英文双引号："…"。')),
        (r"[（）【】｛｝［］]", ("Use the ASCII brackets ( ) [ ] { }.", "请使用英文括号 ( ) [ ] { }。")),
        (r"[，、；]", ("Use the ASCII comma `,`.", "请使用英文逗号“,”。")),
        (r"[：]", ("Use the ASCII colon `:`.", "请使用英文冒号“:”。")),
        (r"[＝]", ("Use the ASCII sign `=`.", "请使用英文符号“=”。")),
        (r"[＞＜≥≤≠≧≦]", ("Comparisons are written `>`, `<`, `>=`, `<=`, `!=`.", "比较请写作 >、<、>=、<=、!=。")),
        (r"[×÷＋－＊／−–]", ("Arithmetic uses `+`, `-`, `*`, `/`.", "四则运算请用 +、-、*、/。")),
        (
            r"%",
            (
                "A remainder is `modulo(a, b)`; a percentage is a number such as `0.05`.",
                "取余用 modulo(a, b)；百分数写成小数，如 0.05。",
            ),
        ),
        (r"\^", ("Powers are written `**`.", "乘方写作“**”。")),
        (r"\?", ("A choice is written `if … then … else …`.", "条件取值写作 if … then … else …。")),
        (r";", ("An expression is one value; a script has one assignment a line.", "表达式只有一个值；脚本每行一个赋值。")),
        (r"\.\.", ("A range stands in brackets: `[1..5]`.", "区间要加括号：[1..5]。")),
        (
            r":",
            (
                "A choice is written `if … then … else …`; entries stand in `{ }`.",
                "条件取值写作 if … then … else …；键值放在 { } 中。",
            ),
        ),
        (r"(?:then|else)(?!\w)", ("A choice is written `if … then … else …`.", "条件取值写作 if … then … else …。")),
    )
)


def hint_for(text: str, position: int) -> _Hint:
    """The hint for a text that stops making sense at `position`; two empty strings without one."""
    for pattern, hint in _BEFORE_AND_AT:
        if any(pattern.match(text, start) for start in (position, position - 1, position - 2) if start >= 0):
            return hint
    for pattern, hint in _AT:
        if pattern.match(text, position):
            return hint
    return _unit(text, position) or _unclosed(text, position) or _NONE


_SHAPES: dict[str, _Hint] = {
    "then": ("A choice has three parts: `if … then … else …`.", "条件取值要写全三部分：if … then … else …。"),
    "else": ("A choice has three parts: `if … then … else …`.", "条件取值要写全三部分：if … then … else …。"),
    "return": ("A loop is written `for x in list return …`.", "循环写作 for x in 列表 return …。"),
    "satisfies": ("A quantifier is written `some x in list satisfies …`.", "量词写作 some x in 列表 satisfies …。"),
    "in": ("A loop is written `for x in list return …`.", "循环写作 for x in 列表 return …。"),
    "and": ("A span is written `x between a and b`.", "区间判断写作 x between a and b。"),
    "of": ("A type test is written `x instance of number`.", "类型判断写作 x instance of number。"),
}


def shape_of(word: str) -> _Hint:
    """How the construct is written that this word belongs to."""
    return _SHAPES.get(word, _NONE)


def full_width(word: str) -> int | None:
    """Where a word that nobody declared holds a full-width sign; FEEL's grammar takes those for letters."""
    found = _FULL_WIDTH.search(word)
    return None if found is None else found.start()


_FULL_WIDTH = re.compile("[（）【】｛｝［］，、；：＝＞＜＋－＊／。]")


def _unit(text: str, position: int) -> _Hint | None:
    """`80岁`, `100元`: a number with its unit."""
    if re.search(r"\d\s*$", text[:position]) and re.match(r"[^\W\d_]", text[position:]):
        return "Numbers stand without a unit.", "数值后不要写单位。"
    if re.search(r"(?<!\w)not\s+$", text[:position]):
        return "Negation is written `not(…)`.", "否定写作 not(…)。"
    if not text[position:].strip() and re.search(r"[-+*/<>=]\s*$", text[:position]):
        return "The last operator has nothing behind it.", "最后一个运算符后面缺少内容。"
    if re.search(r"\w\s+$", text[:position]) and text.startswith('"', position):
        return "Something joins a name and a text: `=`, `+` or a comma is missing.", "名称与文本之间缺少“=”“+”或逗号。"
    return None


def _unclosed(text: str, position: int) -> _Hint | None:
    """A bracket that was opened and never closed, when the text ends."""
    if text[position:].strip():
        return None
    opened: list[int] = []
    in_string = False
    for at, sign in enumerate(text[:position]):
        if sign == '"' and text[at - 1 : at] != "\\":
            in_string = not in_string
        elif not in_string and sign in "([{":
            opened.append(at)
        elif not in_string and sign in ")]}" and opened:
            opened.pop()
    if not opened:
        return None
    column = opened[-1] - (text.rfind("\n", 0, opened[-1]) + 1) + 1
    return (
        f"The `{text[opened[-1]]}` at column {column} is never closed.",
        f"第 {column} 列的“{text[opened[-1]]}”没有对应的结尾括号。",
    )
