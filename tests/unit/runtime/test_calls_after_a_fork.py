"""A server that forks after it has made calls: the child's threads are its own."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import os, sys, threading
from types import SimpleNamespace
from engine.runtime import calls

engine = SimpleNamespace(connectors={})
job = {"id": "j", "instance_id": "i", "attempts": 1, "operation": "facts.fetch"}
gate = threading.Barrier(4)
first = [calls.submit(engine, job, lambda *_: gate.wait(5)) for _ in range(4)]
[one.result(5) for one in first]
child = os.fork()
if child == 0:
    try:
        os._exit(0 if calls.submit(engine, job, lambda *_: "done").result(5) == "done" else 1)
    except TimeoutError:
        os._exit(3)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_forked_process_makes_its_calls_with_threads_of_its_own() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=Path(__file__).parents[3], timeout=60, check=False)

    assert done.returncode == 0
