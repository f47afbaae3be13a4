"""Where names are looked up while an expression runs: plain mappings with frames on top."""

from collections.abc import Callable, Mapping

Scope = Mapping[str, object]
Compiled = Callable[[Scope], object]
"""A compiled node: scope in, value out."""


class Frame(dict[str, object]):
    """Names bound by an iterator, a call, a context or a filter, on top of an outer scope."""

    __slots__ = ("outer",)

    def __init__(self, outer: Scope, names: Mapping[str, object] | None = None) -> None:
        super().__init__(names or ())
        self.outer = outer

    def __missing__(self, name: str) -> object:
        return self.outer[name]
