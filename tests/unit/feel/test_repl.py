from engine.feel import repl


def test_the_console_shows_values_and_remembers_assignments() -> None:
    lines = iter(["x = 2", "x * 21", 'date("2026-11-22")', ""])
    shown: list[str] = []

    repl.run(lambda prompt: next(lines), shown.append)

    assert shown[1:] == ["x = 2", "42", "2026-11-22"]


def test_the_console_says_why_a_value_is_null_and_where_a_text_is_wrong() -> None:
    assert "除以零" in repl.answers("1 / 0", {})[1]
    assert "第 4 列" in repl.answers("1 +", {})[0]
