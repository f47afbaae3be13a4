"""The built-in functions of DMN 1.5, one family a file; importing this package registers them all."""

from engine.feel.builtins import (
    contexts,
    conversions,
    instants,
    lists,
    logic,
    mathematics,
    ranges,
    sorting,
    statistics,
    strings,
)
from engine.feel.builtins.registry import LIBRARY

__all__ = [
    "LIBRARY",
    "contexts",
    "conversions",
    "instants",
    "lists",
    "logic",
    "mathematics",
    "ranges",
    "sorting",
    "statistics",
    "strings",
]
