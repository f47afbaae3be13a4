"""FEEL, the one expression language of the house: conditions, scripts, mappings, timers, forms and decision tables.

Text is parsed once, compiled to Python closures over typed values, and cached by text. Nothing here imports, reads an attribute
of an object or evaluates Python; every loop, list, string and recursion is bounded. Errors in data are null with a reason."""

from engine.feel.errors import FeelSyntaxError
from engine.feel.expression import Expression, Script, UnaryTests, compile_expression, compile_script, compile_unary_tests
from engine.feel.stored import from_json, to_json, to_plain, to_python

__all__ = [
    "Expression",
    "FeelSyntaxError",
    "Script",
    "UnaryTests",
    "compile_expression",
    "compile_script",
    "compile_unary_tests",
    "from_json",
    "to_json",
    "to_plain",
    "to_python",
]
