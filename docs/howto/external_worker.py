"""An external worker in one file and the standard library: fetches jobs of a topic, does them, says what came of it.

    python external_worker.py http://127.0.0.1:8000 KEY post.ship

Copy it into your own system and write your own `work`."""

import json
import logging
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

log = logging.getLogger("worker")


class Refused(Exception):
    """A business refusal: the diagram's boundary event with this error code catches it."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Client:
    """The city as a worker sees it. url: its address. key: from `tongban machine add`. worker: a name of your own."""

    url: str
    key: str
    worker: str

    def fetch(self, topic: str, *, limit: int = 10, lease_seconds: int = 30, wait_seconds: float = 20) -> list[dict[str, Any]]:
        """Jobs that are yours until `lease_until`; waits for the first one."""
        asked = {"topic": topic, "worker": self.worker, "limit": limit}
        found: list[dict[str, Any]] = self._post("fetch", {**asked, "lease_seconds": lease_seconds, "wait_seconds": wait_seconds})
        return found

    def complete(self, job: Mapping[str, Any], variables: Mapping[str, object]) -> None:
        """The work is done; the process goes on with these variables."""
        self._answer(job, "complete", variables=variables)

    def fail(self, job: Mapping[str, Any], reason: str, **how: int) -> None:
        """It could not be done now. how: `retries` left and `retry_seconds` until the next try, if the diagram's do not fit."""
        self._answer(job, "fail", reason=reason, **how)

    def error(self, job: Mapping[str, Any], code: str, message: str) -> None:
        """A business refusal."""
        self._answer(job, "error", code=code, message=message)

    def extend(self, job: Mapping[str, Any], lease_seconds: int) -> None:
        """It takes longer."""
        self._answer(job, "extend", lease_seconds=lease_seconds)

    def _answer(self, job: Mapping[str, Any], verb: str, **body: object) -> None:
        """404 and 409 mean that the job is no longer yours: somebody else has it, or your answer came through the first time."""
        try:
            self._post(f"{job['id']}/{verb}", {"fence": job["fence"], **body})
        except urllib.error.HTTPError as refused:
            if refused.code not in (404, 409):
                raise
            log.warning("job %s is not ours any more", job["id"])

    def _post(self, path: str, body: Mapping[str, object]) -> Any:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", "Accept": "application/json"}
        request = urllib.request.Request(f"{self.url}/api/v1/jobs/{path}", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=40) as answer:
            return json.loads(answer.read() or b"null")


def run(client: Client, topic: str, work: Callable[[dict[str, Any]], Mapping[str, object]]) -> Iterator[dict[str, Any]]:
    """Works for ever, one job after the other; gives each job that it has answered."""
    pause = 1.0
    while True:
        try:
            jobs = client.fetch(topic)
            pause = 1.0
        except (urllib.error.URLError, TimeoutError) as silent:
            log.warning("the city does not answer (%s); again in %.0f s", silent, pause)
            time.sleep(pause)
            pause = min(pause * 2, 60)
            continue
        for job in jobs:
            do(client, job, work)
            yield job


def do(client: Client, job: dict[str, Any], work: Callable[[dict[str, Any]], Mapping[str, object]]) -> None:
    """One job. `work` may run twice for one job: hand its `idempotency_key` on to whatever must happen only once."""
    try:
        client.complete(job, work(job))
    except Refused as refused:
        client.error(job, refused.code, str(refused))
    except urllib.error.URLError:
        raise
    except Exception as failure:
        client.fail(job, f"{type(failure).__name__}: {failure}")


def ship(job: dict[str, Any]) -> Mapping[str, object]:
    """The example's work: a parcel of more than twenty kilograms is refused, the others get a number."""
    if job["variables"].get("weight", 0) > 20:
        raise Refused("parcel.heavy", "more than 20 kg")
    return {"number": f"SF-{job['idempotency_key'][-8:]}"}


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    for each in run(Client(sys.argv[1], sys.argv[2], "example"), sys.argv[3], ship):
        log.info("answered %s", each["id"])
