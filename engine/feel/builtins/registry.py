"""How built-in functions are declared and called: parameters by name and kind, given by position or by name.

A declaration such as `text: string, start position: whole, length?: whole` states names, kinds and what may be left out.
An argument of the wrong kind is null with a reason; a list of one item stands for its item where one value is asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from engine.feel import limits
from engine.feel.kinds import kind, kind_zh
from engine.feel.numbers import is_number, truncated
from engine.feel.reasons import Value, null
from engine.feel.temporal import Date, DateTime, Duration, Time, YearMonth
from engine.feel.values import Function, Range

Implementation = TypeVar("Implementation", bound=Callable[..., object])
_REFUSED = object()
_CLASSES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, Decimal),
    "boolean": (bool,),
    "context": (dict,),
    "date": (Date,),
    "day": (Date, DateTime),
    "time": (Time,),
    "duration": (Duration,),
    "length": (Duration, YearMonth),
    "function": (Function,),
    "range": (Range,),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. kind: a name of the table above, `whole`, `list` or `any`; nullable kinds end with `?`."""

    name: str
    kind: str
    is_optional: bool
    is_nullable: bool


@dataclass(frozen=True, slots=True)
class Overload:
    """One way to call a function. is_variadic: the last parameter takes all further arguments."""

    parameters: tuple[Parameter, ...]
    required: int
    is_variadic: bool
    apply: Callable[..., object]

    def takes(self, count: int) -> bool:
        """Whether so many arguments fit."""
        return self.required <= count and (self.is_variadic or count <= len(self.parameters))

    def accepts(self, arguments: Sequence[object]) -> bool:
        """Whether every argument is of a fitting kind."""
        last = len(self.parameters) - 1
        return not any(_coerce(value, self.parameters[min(index, last)]) is _REFUSED for index, value in enumerate(arguments))

    def call(self, arguments: Sequence[object]) -> object:
        """The function's value for arguments by position; a left out optional argument between others is null."""
        values = []
        last = len(self.parameters) - 1
        for index, argument in enumerate(arguments):
            parameter = self.parameters[min(index, last)]
            value = _coerce(argument, parameter)
            if value is _REFUSED:
                return _refuse(parameter, argument)
            values.append(value)
        result = self.apply(*values)
        return limits.check_string(result) if type(result) is str else result


@dataclass(frozen=True, slots=True)
class Builtin:
    """A built-in function with its overloads."""

    name: str
    overloads: list[Overload]

    def for_count(self, count: int) -> Callable[[Sequence[object]], object] | None:
        """The call for so many arguments by position; between overloads the kinds of the arguments decide."""
        fitting = [overload for overload in self.overloads if overload.takes(count)]
        if len(fitting) < 2:
            return fitting[0].call if fitting else None

        def call(arguments: Sequence[object]) -> object:
            return next((overload for overload in fitting if overload.accepts(arguments)), fitting[0]).call(arguments)

        return call

    def for_names(self, names: Sequence[str]) -> list[tuple[Overload, tuple[int | None, ...]]]:
        """The overloads with these parameter names, and for each of their parameters the index of the argument."""
        fitting: list[tuple[Overload, tuple[int | None, ...]]] = []
        for overload in self.overloads:
            known = [parameter.name for parameter in overload.parameters]
            missing = [p.name for p in overload.parameters[: overload.required] if p.name not in names and not p.is_nullable]
            if set(names) <= set(known) and not missing and len(set(names)) == len(names):
                order = [names.index(name) if name in names else None for name in known]
                while order and order[-1] is None and len(order) > overload.required:
                    order.pop()
                fitting.append((overload, tuple(order)))
        return fitting


LIBRARY: dict[str, Builtin] = {}


def builtin(name: str, declaration: str = "") -> Callable[[Implementation], Implementation]:
    """Registers a function under a FEEL name; several declarations under one name are overloads."""

    def register(apply: Implementation) -> Implementation:
        is_variadic = declaration.endswith("...")
        parameters = tuple(_parameter(part) for part in declaration.removesuffix("...").split(", ") if part)
        required = sum(not parameter.is_optional for parameter in parameters)
        overload = Overload(parameters, required, is_variadic, apply)
        LIBRARY.setdefault(name, Builtin(name, [])).overloads.append(overload)
        return apply

    return register


def _parameter(text: str) -> Parameter:
    name, _, kind_name = text.partition(": ")
    return Parameter(name.removesuffix("?"), kind_name.removesuffix("?"), name.endswith("?"), kind_name.endswith("?"))


def _coerce(value: object, parameter: Parameter) -> object:
    wanted = parameter.kind
    if wanted == "any":
        return value
    if value is None:
        return None if parameter.is_nullable else _REFUSED
    if wanted == "list":
        return value if type(value) is list else [value]
    if type(value) is list and len(value) == 1:
        value = value[0]
    if wanted == "whole":
        return truncated(value) if is_number(value) else _REFUSED
    return value if type(value) in _CLASSES[wanted] else _REFUSED


def _refuse(parameter: Parameter, value: object) -> Value | None:
    return null(
        "feel.argument",
        f"`{parameter.name}` must be {parameter.kind}, but is {kind(value)}.",
        f"参数“{parameter.name}”的类型不符，实际为{kind_zh(value)}。",
    )
