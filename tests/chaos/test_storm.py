"""A short storm on each database, by the command that also runs long ones: it forks, and so must be a process without threads."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import postgres_url

pytestmark = pytest.mark.slow
KILLS = {"sqlite": 5, "postgres": 15}
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("db", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_whatever_is_killed_nothing_is_lost_and_nothing_is_done_twice(db: str) -> None:
    server = {"TONGBAN_TEST_POSTGRES": postgres_url()} if db == "postgres" else {}
    command = [sys.executable, "-m", "tests.chaos", "--kills", str(KILLS[db]), "--db", db, "--seed", "7"]

    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **server}, capture_output=True, text=True, check=False)

    said = done.stdout + done.stderr
    closing = re.fullmatch(r"kills (\d+) zombies \d+ points [1-9]\d* violations (\d+)", done.stdout.rstrip().splitlines()[-1])
    assert closing is not None, said
    assert (int(closing[1]) >= KILLS[db], closing[2]) == (True, "0"), said
    assert re.search(r"[1-9]\d* requests and [1-9]\d* errands were acknowledged", said), said
