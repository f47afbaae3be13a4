"""How a simulated system behaves; set while it runs, so that a scenario can break it and mend it."""

import time
from dataclasses import dataclass, field
from random import Random

from engine.ports import Check, ConnectorUnavailable


@dataclass(slots=True)
class Behaviour:
    """seconds: how long an answer takes. failures: how many of the next calls fail; failure_rate: of the later ones, 0..1.

    is_down: nothing is answered. is_wrong: answers, but with values of the wrong kind. calls: how often it was asked."""

    seconds: float = 0.0
    failures: int = 0
    failure_rate: float = 0.0
    is_down: bool = False
    is_wrong: bool = False
    calls: int = 0
    chance: Random = field(default_factory=lambda: Random(1))  # noqa: S311 — failures of a simulation

    def meet(self, name: str, timeout_seconds: float) -> None:
        """What happens before an answer. Raises ConnectorUnavailable."""
        self.calls += 1
        if self.seconds:
            time.sleep(min(self.seconds, timeout_seconds))
        if self.seconds > timeout_seconds or self.is_down or self._fails():
            raise ConnectorUnavailable(f"{name} did not answer")

    def _fails(self) -> bool:
        if self.failures > 0:
            self.failures -= 1
            return True
        return self.failure_rate > 0 and self.chance.random() < self.failure_rate

    def check(self, name: str) -> Check:
        """Health as operators see it."""
        if self.is_down:
            return Check(False, f"{name} is down (simulated).", f"{name} 已停机（模拟）。")
        return Check(True, f"{name} answers.", f"{name} 应答正常。")
