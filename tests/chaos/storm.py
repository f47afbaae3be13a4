"""A storm over a city: processes are killed, frozen and replaced under load; afterwards an invariant checker reads the database.

`python -m tests.chaos --kills N --db sqlite|postgres --seed S`, or `make chaos`; closes with one line:
`kills n zombies n points n violations n`."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import sqlalchemy as sa

from engine.actors import SYSTEM, ActorKind
from engine.casework import accounts, invariants
from engine.casework.accounts import Person
from engine.models.instances import idempotency, instances
from engine.models.migrations import upgrade
from engine.models.work import jobs, messages, timers
from engine.runtime import deploy
from engine.runtime.invariants import Violation
from engine.settings import Settings
from engine.transaction import Engine
from processes import demo
from processes.platform import build
from processes.simulators import crowd
from tests.chaos import ledger, roles
from tests.chaos.points import Points
from tests.running import SERVICE, answers, ask, free_port, until

SILENCE = 0.8
"""Seconds after which a process that gives no sign of life loses its leases, so that a zombie is made in little time."""
POSTS = ("post", "post_again", "post_echo")
ROLES = {"postgres": ("web", "worker", "worker", "clerk"), "sqlite": ("everything",)}


@dataclass
class Result:
    """What a storm did and what the checker found. points: crash points at which at least one process died."""

    kills: int = 0
    zombies: int = 0
    points: Counter[str] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)
    requests: int = 0
    errands: int = 0

    def __str__(self) -> str:
        return f"kills {self.kills} zombies {self.zombies} points {len(self.points)} violations {len(self.violations)}"


class Storm:
    """One run. Its process has no threads and no open connection while it forks."""

    def __init__(self, url: str, folder: Path, *, db: str, seed: int, residents: int = 300) -> None:
        self.settings = Settings(url, folder, secret_key="chaos", silence_seconds=SILENCE, drain_seconds=0.3)
        self.folder, self.chance, self.db = folder, Random(seed), db
        self.result = Result()
        self.port, self.ledger = free_port(), folder / "ledger.socket"
        self.alive: dict[int, tuple[str, float]] = {}
        self.tokens = _settle(self.settings, residents)
        self.helpers = [roles.fork(lambda: ledger.serve(self.ledger, seed), self._log("ledger"))]
        self.helpers.append(roles.fork(self._crowd, self._log("crowd")))

    def rage(self, kills: int) -> Result:
        """Kills so many processes, freezes some for longer than their leases, then lets everything come to rest and checks."""
        frozen: dict[int, float] = {}
        while self.result.kills < kills:
            self._bury()
            self._replace()
            self._thaw(frozen)
            time.sleep(0.02)
            now = time.monotonic()
            for pid, (_, dies_at) in list(self.alive.items()):
                if now >= dies_at and pid not in frozen:
                    self._strike(pid, frozen)
        self._thaw(frozen, now=float("inf"))
        self._finish()
        return self.result

    def _strike(self, pid: int, frozen: dict[int, float]) -> None:
        """A process whose time has come is killed, or frozen for longer than its leases last and woken again."""
        if self.db == "postgres" and self.chance.random() < 0.15 and len(frozen) < 1:
            os.kill(pid, signal.SIGSTOP)
            frozen[pid] = time.monotonic() + SILENCE * 1.8
            self.result.zombies += 1
        else:
            os.kill(pid, signal.SIGKILL)

    def _thaw(self, frozen: dict[int, float], now: float | None = None) -> None:
        for pid, at in list(frozen.items()):
            if (now or time.monotonic()) >= at:
                del frozen[pid]
                if pid not in self.alive:
                    continue
                self.alive[pid] = (self.alive[pid][0], time.monotonic() + 1.0)
                os.kill(pid, signal.SIGCONT)

    def _bury(self) -> None:
        for pid in list(self.alive):
            gone, status = os.waitpid(pid, os.WNOHANG)
            if gone:
                role, _ = self.alive.pop(pid)
                if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
                    raise AssertionError(f"{role} ended by itself: {self._log(role).read_text('utf-8')[-3000:]}")
                self.result.kills += 1

    def _replace(self) -> None:
        missing = Counter(ROLES[self.db]) - Counter(role for role, _ in self.alive.values())
        for role in missing.elements():
            points = Points(self.folder / f"seen-{role}", self.folder / "hits", self._target(role), self.chance.randint(1, 3))
            pid = roles.fork(self._part(role, points), self._log(role))
            least = 2.0 if role in ("web", "everything") else 0.7  # an application takes a while to be built
            self.alive[pid] = (role, time.monotonic() + self.chance.uniform(least, least + 5))

    def _target(self, role: str) -> str:
        """Mostly a point of this role at which few have died yet."""
        seen, hits = _lines(self.folder / f"seen-{role}"), Counter(_lines(self.folder / "hits"))
        if not seen or self.chance.random() < 0.2:
            return ""
        fewest = sorted(set(seen), key=lambda name: (hits[name], self.chance.random()))
        return self.chance.choice(fewest[: max(3, len(fewest) // 2)])

    def _part(self, role: str, points: Points | None) -> Callable[[], None]:
        def play() -> None:
            engine = roles.engine_of(self.settings, self.ledger, points)
            acknowledged = self.folder / "errands"
            match role:
                case "web":
                    roles.web(engine, self.port)
                case "worker":
                    roles.worker(engine)
                case "clerk":
                    roles.clerk(engine, acknowledged)
                case _:
                    roles.everything(engine, self.port, acknowledged)

        return play

    def _crowd(self) -> None:
        """Applies for the allowance, resident after resident, each under one key until the answer is there."""
        with (self.folder / "cases").open("a", encoding="ascii") as acknowledged:
            for nth, token in enumerate(self.tokens):
                body = {"service": SERVICE, "answers": answers(nth), "consents": []}
                while True:
                    try:
                        reply = ask(self.port, "POST", "/api/v1/cases", token=token, key=f"key-{nth}", body=body, seconds=5)
                    except OSError:
                        time.sleep(0.05)
                        continue
                    if reply.status in (201, 202):
                        acknowledged.write(f"{reply.body['case_no']}\n")
                        acknowledged.flush()
                        break
                    time.sleep(0.05)
        threading.Event().wait()

    def _finish(self) -> None:
        """The storm is over: who is left is killed, one healthy crew finishes, and the checker reads."""
        os.kill(self.helpers[1], signal.SIGKILL)
        os.waitpid(self.helpers[1], 0)
        for pid in self.alive:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        crew = [roles.fork(self._part(role, None), self._log(role)) for role in ("worker",)]
        engine = build(self.settings)
        try:
            until(lambda: self._is_at_rest(engine), seconds=120, every=0.2)
        except TimeoutError:
            self.result.violations.append(Violation("rest", "-", "it did not come to rest within two minutes"))
        for pid in crew:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        self.result.violations += list(self._check(engine))
        self.result.points = Counter(_lines(self.folder / "hits"))
        os.kill(self.helpers[0], signal.SIGKILL)
        os.waitpid(self.helpers[0], 0)
        engine.database.dispose()

    def _is_at_rest(self, engine: Engine) -> bool:
        """Nothing is left that moves by itself; signatures are given here, a case that was handed over waits for its officer."""
        roles.sign(engine)
        with engine.read(SYSTEM) as tx:
            left = [sa.select(jobs.c.id), sa.select(timers.c.wait_id)]
            left.append(sa.select(messages.c.id).where(messages.c.state == "waiting"))
            left.append(sa.select(instances.c.id).where(instances.c.process_id == "errand", instances.c.status == "active"))
            return all(tx.value(query.limit(1)) is None for query in left)

    def _check(self, engine: Engine) -> Iterator[Violation]:
        entries = ledger.ask(self.ledger, "dump")
        assert isinstance(entries, dict)
        received = {key: len(kinds) for key, kinds in entries.items()}
        acknowledged = _lines(self.folder / "cases")
        with engine.read(SYSTEM) as tx:
            yield from invariants.check(tx)
            yield from invariants.accounted(tx, acknowledged)
            yield from invariants.effects(tx, received, POSTS)
            started = set(tx.connection.execute(sa.select(idempotency.c.key)).scalars())
            running = Counter(tx.connection.execute(sa.select(instances.c.process_id)).scalars())
        errands = _lines(self.folder / "errands")
        self.result.requests, self.result.errands = len(acknowledged), len(errands)
        for nth in errands:
            if f"start:errand-{nth}" not in started:
                yield Violation("request.lost", nth, "an errand was acknowledged and is not there")
        if not running["errand"] == running["echo"] == len(started):
            yield Violation("message.count", "errand.told", f"{running['errand']} errands, {running['echo']} echoes")
        if len(received) != 2 * running["errand"] + running["echo"]:
            yield Violation("effect.count", "ledger", f"{len(received)} entries for {running['errand']} errands")

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"


def _settle(settings: Settings, residents: int) -> list[str]:
    upgrade(settings.database_url)
    engine = build(settings)
    demo.load(engine, with_cases=False)
    tokens = []
    with engine.begin(SYSTEM) as tx:
        made = deploy.deploy(tx, "errands", {"errand.bpmn": (Path(__file__).parent / "errand.bpmn").read_bytes()})
        deploy.publish(tx, made.id)
        for nth in range(residents):
            subject = crowd.number(nth)
            name = str(crowd.resident(subject)["population"]["name"])
            accounts.register(tx, Person(f"r{nth}", f"r{nth}", name, ActorKind.CITIZEN, subject))
            tokens.append(accounts.issue_token(tx, f"r{nth}", "chaos"))
    engine.database.dispose()
    return tokens


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.exists() else []
