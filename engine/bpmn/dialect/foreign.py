"""Foreign expressions to FEEL text: a small grammar that covers what JUEL, JavaScript, Groovy and Python share.

Comparisons, logic, arithmetic, property access and a short list of harmless methods. Everything else is refused, never guessed:
an unknown function of a foreign language is code that we do not run."""

from engine.bpmn.dialect.methods import EMPTY, METHODS, call_function, call_method
from engine.bpmn.dialect.text import quoted
from engine.bpmn.dialect.tokens import Token, Untranslatable, tokenize

_OR, _AND, _COMPARE, _ADD, _MULTIPLY, _UNARY, _PRIMARY = range(1, 8)
_COMPARISONS = {"==": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_CONSTANTS = {
    "true": "true",
    "True": "true",
    "false": "false",
    "False": "false",
    "null": "null",
    "None": "null",
    "undefined": "null",
}
_MAX_DEPTH = 50


class Piece:
    """FEEL text with how tightly it binds. is_text: whether it is known to be a string."""

    __slots__ = ("is_text", "level", "text")

    def __init__(self, text: str, level: int, *, is_text: bool = False) -> None:
        self.text = text
        self.level = level
        self.is_text = is_text

    def at(self, level: int) -> str:
        """The text, in brackets where it binds less tightly than asked."""
        return self.text if self.level >= level else f"({self.text})"


def to_feel(source: str) -> str:
    """FEEL for a foreign expression. Raises Untranslatable."""
    parser = _Parser(tokenize(source))
    piece = parser.choice()
    if parser.now.kind != "end":
        raise Untranslatable(parser.now.value)
    return piece.text


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.at]

    def takes(self, *signs: str) -> str | None:
        """The sign, if it is next; moves past it."""
        if self.now.kind == "sign" and self.now.value in signs:
            self.at += 1
            return self.tokens[self.at - 1].value
        return None

    def expect(self, sign: str) -> None:
        if self.takes(sign) is None:
            raise Untranslatable(f"expected {sign}")

    def choice(self) -> Piece:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise Untranslatable("nested too deep")
        piece = self.either()
        if self.takes("?"):
            yes = self.choice()
            self.expect(":")
            piece = Piece(f"if {piece.text} then {yes.at(_OR)} else {self.choice().at(_OR)}", 0)
        elif self.takes("if"):
            condition = self.either()
            self.expect("else")
            piece = Piece(f"if {condition.text} then {piece.at(_OR)} else {self.choice().at(_OR)}", 0)
        self.depth -= 1
        return piece

    def either(self) -> Piece:
        piece = self.both()
        while self.takes("||"):
            piece = Piece(f"{piece.at(_OR)} or {self.both().at(_AND)}", _OR)
        return piece

    def both(self) -> Piece:
        piece = self.negation()
        while self.takes("&&"):
            piece = Piece(f"{piece.at(_AND)} and {self.negation().at(_COMPARE)}", _AND)
        return piece

    def negation(self) -> Piece:
        """Python's `not`, which binds more loosely than a comparison; `!` is read in `unary`."""
        if self.takes("not"):
            return Piece(f"not({self.negation().text})", _PRIMARY)
        return self.comparison()

    def comparison(self) -> Piece:
        piece = self.sum()
        while True:
            if sign := self.takes(*_COMPARISONS):
                piece = Piece(f"{piece.at(_ADD)} {_COMPARISONS[sign]} {self.sum().at(_ADD)}", _COMPARE)
            elif self.takes("is"):
                negated = self.takes("not")
                piece = Piece(f"{piece.at(_ADD)} {'!=' if negated else '='} {self.sum().at(_ADD)}", _COMPARE)
            elif self.takes("in"):
                piece = Piece(f"list contains({self.sum().text}, {piece.text})", _PRIMARY)
            elif self.now == Token("sign", "not") and self.tokens[self.at + 1] == Token("sign", "in"):
                self.at += 2
                piece = Piece(f"not(list contains({self.sum().text}, {piece.text}))", _PRIMARY)
            else:
                return piece

    def sum(self) -> Piece:
        piece = self.product()
        while sign := self.takes("+", "-"):
            right = self.product()
            if sign == "+" and piece.is_text != right.is_text:
                left_text = piece.text if piece.is_text else f"string({piece.text})"
                right_text = right.text if right.is_text else f"string({right.text})"
                piece = Piece(f"{left_text} + {right_text}", _ADD, is_text=True)
            else:
                piece = Piece(f"{piece.at(_ADD)} {sign} {right.at(_MULTIPLY)}", _ADD, is_text=piece.is_text)
        return piece

    def product(self) -> Piece:
        piece = self.unary()
        while sign := self.takes("*", "/", "%", "//"):
            right = self.unary()
            if sign == "%":
                piece = Piece(f"modulo({piece.text}, {right.text})", _PRIMARY)
            elif sign == "//":
                piece = Piece(f"floor({piece.at(_MULTIPLY)} / {right.at(_UNARY)})", _PRIMARY)
            else:
                piece = Piece(f"{piece.at(_MULTIPLY)} {sign} {right.at(_UNARY)}", _MULTIPLY)
        return piece

    def unary(self) -> Piece:
        if self.takes("!"):
            return Piece(f"not({self.unary().text})", _PRIMARY)
        if self.takes("-"):
            return Piece(f"-{self.unary().at(_PRIMARY)}", _UNARY)
        if self.takes("empty"):
            return Piece(EMPTY.format(self.unary().text), _PRIMARY)
        return self.postfix(self.primary())

    def postfix(self, piece: Piece) -> Piece:
        while True:
            if self.takes("."):
                piece = self._member(piece)
            elif self.takes("["):
                piece = self._index(piece)
            else:
                return piece

    def _member(self, piece: Piece) -> Piece:
        name = self._name()
        if not self.takes("("):
            if name in METHODS:
                raise Untranslatable(name)
            return Piece(f"{piece.at(_PRIMARY)}.{name}", _PRIMARY)
        text, is_text = call_method(piece.at(_PRIMARY), name, self.arguments())
        return Piece(text, _PRIMARY, is_text=is_text)

    def _index(self, piece: Piece) -> Piece:
        if self.now.kind == "text":
            key = self.now.value
            self.at += 1
            text = f"{piece.at(_PRIMARY)}.{key}" if key.isidentifier() else f"get value({piece.text}, {quoted(key)})"
        elif self.now.kind == "number" and self.now.value.isdigit():
            text = f"{piece.at(_PRIMARY)}[{int(self.now.value) + 1}]"
            self.at += 1
        else:
            text = f"{piece.at(_PRIMARY)}[{self.choice().at(_ADD)} + 1]"
        self.expect("]")
        return Piece(text, _PRIMARY)

    def arguments(self) -> list[str]:
        found: list[str] = []
        while not self.takes(")"):
            if found:
                self.expect(",")
            found.append(self.choice().text)
        return found

    def _name(self) -> str:
        if self.now.kind != "name":
            raise Untranslatable(self.now.value)
        self.at += 1
        return self.tokens[self.at - 1].value

    def primary(self) -> Piece:
        token = self.now
        if self.takes("("):
            inner = self.choice()
            self.expect(")")
            return Piece(f"({inner.text})" if inner.level < _PRIMARY else inner.text, _PRIMARY, is_text=inner.is_text)
        if self.takes("["):
            return self._list()
        if token.kind in ("number", "text"):
            self.at += 1
            return Piece(quoted(token.value) if token.kind == "text" else token.value, _PRIMARY, is_text=token.kind == "text")
        name = self._name()
        if name in _CONSTANTS:
            return Piece(_CONSTANTS[name], _PRIMARY)
        if self.takes("("):
            return Piece(call_function(name, self.arguments()), _PRIMARY)
        if name.startswith("__"):
            raise Untranslatable(name)
        return Piece(name, _PRIMARY)

    def _list(self) -> Piece:
        found: list[str] = []
        while not self.takes("]"):
            if found:
                self.expect(",")
            found.append(self.choice().text)
        return Piece(f"[{', '.join(found)}]", _PRIMARY)
