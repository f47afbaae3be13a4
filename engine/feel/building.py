"""Compiled pieces for rooms that keep their own: decision models compile expressions with types and names of the model."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.feel.blocks import Types
from engine.feel.comparisons import CellTest
from engine.feel.compiler import Compiler
from engine.feel.parser import parse_expression, parse_unary_tests
from engine.feel.scopes import Compiled
from engine.feel.tree import Node, UnaryTestList


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What an expression may refer to. names: variables; members: names behind a dot; types: declared types by name."""

    names: tuple[str, ...]
    members: tuple[str, ...]
    types: Types

    def plus(self, names: Sequence[str]) -> "Vocabulary":
        """The same with further variables."""
        return Vocabulary((*self.names, *names), self.members, self.types)


def expression(text: str, vocabulary: Vocabulary) -> tuple[Compiled, Node, tuple[str, ...]]:
    """A compiled expression, its tree and its free names. Raises FeelSyntaxError."""
    tree = parse_expression(text, vocabulary.names, vocabulary.members)
    compiler = Compiler(vocabulary.names, vocabulary.types)
    return compiler.node(tree), tree, tuple(compiler.free)


def unary_tests(text: str, vocabulary: Vocabulary) -> tuple[CellTest, UnaryTestList, tuple[str, ...]]:
    """A compiled cell, its tree and its free names. Raises FeelSyntaxError."""
    tree = parse_unary_tests(text, (*vocabulary.names, "?"), vocabulary.members)
    compiler = Compiler(vocabulary.names, vocabulary.types)
    return compiler.tests(tree), tree, tuple(compiler.free)
