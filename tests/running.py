"""Real processes of a city over a real database: started, killed, stopped, asked over HTTP."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from engine.actors import SYSTEM, ActorKind
from engine.casework import accounts
from engine.casework.accounts import Person
from engine.models.migrations import upgrade
from engine.settings import Settings
from engine.transaction import Engine
from processes import demo
from processes.platform import build
from processes.simulators import crowd

COMMAND = (sys.executable, "-X", "faulthandler", "-c", "from tongban.main import main; main()")
SERVICE = "MZ-GLJT-001"


def until(condition: Callable[[], object], *, seconds: float = 60.0, every: float = 0.05) -> None:
    """Waits for something another process does. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(every)


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Process:
    """One process of the city. port: of a web process."""

    child: subprocess.Popen[bytes]
    log: Path
    port: int = 0

    def kill(self) -> None:
        """SIGKILL: no farewell, no clean-up."""
        self.child.kill()
        self.child.wait()

    def stop(self, seconds: float = 30.0) -> int:
        """SIGTERM; gives the exit code."""
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(seconds)

    def is_ready(self) -> bool:
        """Whether it answers that it can serve. Raises AssertionError when it has ended."""
        assert self.child.poll() is None, self.log.read_text("utf-8")
        try:
            return ask(self.port, "GET", "/readyz").status == 200
        except OSError:
            return False


@dataclass(frozen=True)
class Reply:
    """What came back over HTTP."""

    status: int
    body: Mapping[str, object]
    headers: Mapping[str, str]


def ask(port: int, method: str, path: str, *, token: str = "", key: str = "", body: object = None, seconds: float = 30) -> Reply:
    """One request on a connection of its own. Raises OSError when nobody answers."""
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    headers |= {"Idempotency-Key": key} if key else {}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
    except http.client.HTTPException as broken:
        raise ConnectionError(str(broken)) from broken
    finally:
        connection.close()
    return Reply(answer.status, json.loads(text) if text.startswith(b"{") else {}, dict(answer.headers))


@dataclass
class City:
    """A seeded city on one database, its processes and the tokens of its residents."""

    engine: Engine
    folder: Path
    tokens: list[str]
    processes: list[Process] = field(default_factory=list)

    def web(self, **environment: str) -> Process:
        """Another web process, serving when this returns."""
        return self._serving("web", environment)

    def whole(self, **environment: str) -> Process:
        """Web and worker in one process."""
        return self._serving("run", environment)

    def worker(self, **environment: str) -> Process:
        """Another worker."""
        return self._start(("worker",), environment)

    def _serving(self, command: str, environment: Mapping[str, str]) -> Process:
        port = free_port()
        started = self._start((command, "--port", str(port)), environment, port)
        until(started.is_ready)
        return started

    def _start(self, arguments: tuple[str, ...], environment: Mapping[str, str], port: int = 0) -> Process:
        log = self.folder / f"{arguments[0]}-{len(self.processes)}.log"
        settings = self.engine.settings
        given = {"TONGBAN_DATABASE_URL": settings.database_url, "TONGBAN_DATA": str(self.folder)}
        with log.open("wb") as out:
            child = subprocess.Popen((*COMMAND, *arguments), env={**os.environ, **given, **environment}, stdout=out, stderr=out)
        self.processes.append(Process(child, log, port))
        return self.processes[-1]

    def apply(self, web: Process, nth: int, *, key: str = "") -> Reply:
        """Resident `nth` applies for the allowance."""
        body = {"service": SERVICE, "answers": answers(nth), "consents": []}
        return ask(web.port, "POST", "/api/v1/cases", token=self.tokens[nth], key=key or f"key-{nth}", body=body)

    def close(self) -> None:
        """Ends what is still running."""
        for process in self.processes:
            if process.child.poll() is None:
                process.kill()
        self.engine.database.dispose()


def answers(nth: int) -> Mapping[str, object]:
    """What resident `nth` fills in."""
    bank = crowd.resident(crowd.number(nth))["bank"]
    return {"account": bank["account"], "account_holder": bank["account_holder"], "phone": "13800000000"}


@contextmanager
def city(url: str, folder: Path, *, residents: int = 0) -> Iterator[City]:
    """Seeds a city without cases; its processes are ended on leaving."""
    upgrade(url)
    engine = build(Settings(url, folder, secret_key="test"))
    demo.load(engine, with_cases=False)
    with engine.begin(SYSTEM) as tx:
        tokens = []
        for nth in range(residents):
            subject = crowd.number(nth)
            name = str(crowd.resident(subject)["population"]["name"])
            accounts.register(tx, Person(f"r{nth}", f"r{nth}", name, ActorKind.CITIZEN, subject))
            tokens.append(accounts.issue_token(tx, f"r{nth}", "test"))
    made = City(engine, folder, tokens)
    try:
        yield made
    finally:
        made.close()
