"""The tables of the shipped services are read in both languages: names of decisions and heads of columns."""

from pathlib import Path

import pytest

from engine import dmn

SHIPPED = sorted((Path(__file__).parents[3] / "processes").rglob("*.dmn"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_decision_and_every_column_has_a_chinese_and_an_english_name(path: Path) -> None:
    decisions = dmn.read(path.read_bytes()).decisions

    words = [(d.label, d.label_en) for d in decisions]
    words += [(clause.label, clause.label_en) for d in decisions for shown in d.tables for clause in shown.table.inputs]

    assert words
    assert [pair for pair in words if pair[0].isascii() or not pair[1] or not pair[1].isascii()] == []
