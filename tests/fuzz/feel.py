"""Coverage-guided fuzzing of FEEL and DMN with atheris: `pip install atheris && python tests/fuzz/feel.py -max_total_time=600`.

Not collected by pytest: the suite has property tests of its own. A finding is a crash, a value that is no FEEL value, or an
evaluation that takes longer than its budget allows."""

import sys
import time
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["engine.feel", "engine.dmn"]):
    from engine import dmn
    from engine.errors import TongbanError
    from engine.feel import FeelSyntaxError, compile_expression, compile_script, compile_unary_tests, from_json, to_json
    from engine.feel.kinds import kind
    from engine.feel.values import Function

SCOPE = {"a": [1, 2, {"b": None}], "b": "text 文", "n": 3, "?": 3, "c": {"d e": 1}}
WORDS = Path(__file__).with_suffix(".words").read_text("utf-8").split("\n")
SLOWEST = 6.0
"""Seconds; an evaluation stops itself after two, and reading a text is bounded by its length."""


def evaluate(text: str) -> None:
    """Everything that may be done with a text."""
    for compile_text in (compile_expression, compile_script, compile_unary_tests):
        try:
            compiled = compile_text(text)
        except FeelSyntaxError:
            continue
        if hasattr(compiled, "evaluate"):
            _check(compiled.evaluate(SCOPE))
        elif hasattr(compiled, "matches"):
            _check(compiled.matches(3, SCOPE))
        else:
            _check(compiled.run(SCOPE))


def _check(value: object) -> None:
    stored = to_json(value)
    _is_feel(value)
    assert to_json(from_json(stored)) == stored


def _is_feel(value: object) -> None:
    if isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            _is_feel(item)
    else:
        assert isinstance(value, Function) or kind(value) != "context", type(value)


def read_table(text: str) -> None:
    """A table whose cells are the lines of the text."""
    cells = [line.replace("&", "&amp;").replace("<", "&lt;") for line in text.replace("]]>", "").split("\n")[:20]]
    rules = "".join(
        f"<rule><inputEntry><text>{cell}</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>" for cell in cells
    )
    head = '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="m" name="m" namespace="m">'
    needs = '<informationRequirement><requiredInput href="#n"/></informationRequirement>'
    columns = '<input><inputExpression><text>n</text></inputExpression></input><output name="o"/>'
    table = f'<decision id="d" name="d">{needs}<decisionTable>{columns}{rules}</decisionTable></decision>'
    source = f'{head}<inputData id="n" name="n"/>{table}</definitions>'
    try:
        model = dmn.read(source.encode("utf-8", "replace"), lenient=True)
    except TongbanError:
        return
    dmn.check(model)
    for given in (3, "x", None, [1]):
        decided = model.decision("d").decide({"n": given})
        assert dmn.replay(model.decision("d"), decided.to_json())
        dmn.sentences(decided)


def one_input(data: bytes) -> None:
    """One round: words of the language, or any text."""
    provider = atheris.FuzzedDataProvider(data)
    if provider.ConsumeBool():
        count = provider.ConsumeIntInRange(1, 40)
        text = " ".join(WORDS[provider.ConsumeIntInRange(0, len(WORDS) - 1)] for _ in range(count))
    else:
        text = provider.ConsumeUnicodeNoSurrogates(400)
    started = time.monotonic()
    if provider.ConsumeBool():
        evaluate(text)
    else:
        read_table(text.replace(" ; ", "\n"))
    taken = time.monotonic() - started
    assert taken < SLOWEST, f"{taken:.1f} s"


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
