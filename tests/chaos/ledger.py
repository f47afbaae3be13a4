"""The outside world of a crash test: a ledger that keeps what it was told by key, and sometimes hangs or forgets to answer."""

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from engine.ports import Check, ConnectorUnavailable

POST = "ledger.post"


def serve(path: Path, seed: int) -> None:
    """Answers until it is killed. Of twenty entries one is written down and not confirmed: the caller must ask again."""
    chance, entries = Random(seed), {}  # type: Random, dict[str, list[str]]
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(path))
        door.listen(64)
        while True:
            caller, _ = door.accept()
            with caller:
                _answer(caller, chance, entries)


def _answer(caller: socket.socket, chance: Random, entries: dict[str, list[str]]) -> None:
    try:
        asked = json.loads(caller.makefile("rb").readline() or b"null")
        if asked is None:
            return
        if asked == "dump":
            caller.sendall(json.dumps(entries).encode() + b"\n")
            return
        kept = entries.setdefault(asked["key"], [])
        if asked["what"] not in kept:
            kept.append(asked["what"])
        if chance.random() > 0.05:
            caller.sendall(b"{}\n")
    except OSError:
        return


def ask(path: Path, message: object, timeout: float = 5.0) -> object:
    """One question on a connection of its own. Raises OSError; None when it was not answered."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(timeout)
        line.connect(str(path))
        line.sendall(json.dumps(message).encode() + b"\n")
        text = line.makefile("rb").readline()
    return json.loads(text) if text else None


@dataclass(frozen=True)
class Ledger:
    """The connector of a service task to the ledger behind a socket. reached: called before and after each entry is written."""

    path: Path
    reached: object = None

    def call(self, payload: Mapping[str, object], *, idempotency_key: str, timeout_seconds: float) -> Mapping[str, object]:
        """{what}: written once for each key."""
        try:
            answer = ask(self.path, {"key": idempotency_key, "what": str(payload["what"])}, timeout_seconds)
        except OSError as failure:
            raise ConnectorUnavailable(str(failure)) from failure
        if answer is None:
            raise ConnectorUnavailable("the ledger did not confirm")
        return {}

    def check(self) -> Check:
        """Always well."""
        return Check(True, "The ledger answers.", "账本应答正常。")
