"""`tongban clock due`: the due moment first, the computation below."""

import pytest
from click.testing import CliRunner

from engine.errors import NotFound
from tongban.commands.clock import clock


def lines(*arguments: str) -> list[str]:
    result = CliRunner().invoke(clock, ["due", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output.splitlines()


def test_the_first_line_is_the_due_moment_with_its_offset() -> None:
    assert lines("2026-02-13", "5WD")[0] == "2026-02-27T18:00:00+08:00"


def test_the_steps_below_are_in_both_languages() -> None:
    assert any("调休上班" in line and "make-up workday" in line for line in lines("2026-02-13", "5WD"))


def test_the_time_of_day_counts_in_elapsed_mode() -> None:
    assert lines("2018-10-15", "7WD", "--at", "10:00", "--mode", "elapsed")[0] == "2018-10-24T10:00:00+08:00"


def test_pauses_may_be_repeated_and_an_extension_given() -> None:
    paused = lines("2026-03-02", "5WD", "--pause", "2026-03-03/2026-03-04", "--pause", "2026-03-05/2026-03-06")

    assert paused[0] == "2026-03-11T18:00:00+08:00"
    assert lines("2026-03-02", "5WD", "--extend", "5WD")[0] == "2026-03-16T18:00:00+08:00"


def test_an_office_counts_by_its_own_hours() -> None:
    assert lines("2026-02-13", "5WD", "--office", "hall")[0] == "2026-02-27T17:45:00+08:00"


def test_an_unknown_office_is_named() -> None:
    with pytest.raises(NotFound, match="nowhere"):
        CliRunner().invoke(clock, ["due", "2026-02-13", "5WD", "--office", "nowhere"], catch_exceptions=False)
