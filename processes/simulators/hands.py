"""A simulated courier and a simulated signature service: they do what the real ones do, and can be told to fail."""

import hmac
from dataclasses import dataclass, field
from hashlib import sha256

from engine.ports import Check
from processes.simulators.behaviour import Behaviour


@dataclass(slots=True)
class SimulatedCourier:
    """Gives each parcel a number that follows from its key, so that handing it over twice changes nothing."""

    behaviour: Behaviour = field(default_factory=Behaviour)

    def post(self, recipient: str, phone: str, address: str, *, idempotency_key: str) -> str:
        """A tracking number. Raises ConnectorUnavailable."""
        self.behaviour.meet("courier", 5.0)
        return "SF" + str(int(sha256(idempotency_key.encode()).hexdigest()[:12], 16))[:12].zfill(12)

    def check(self) -> Check:
        """Health for operators."""
        return self.behaviour.check("courier")


@dataclass(slots=True)
class SimulatedSigner:
    """Signs with a key of its own; in a city an SM2 service of a licensed authority stands here."""

    behaviour: Behaviour = field(default_factory=Behaviour)
    name: str = "simulated"

    def sign(self, subject: str, digest: str, *, idempotency_key: str) -> str:
        """A signature over the digest. Raises ConnectorUnavailable."""
        self.behaviour.meet("signer", 5.0)
        return hmac.new(f"simulated:{subject}".encode(), digest.encode(), sha256).hexdigest()

    def check(self) -> Check:
        """Health for operators."""
        return self.behaviour.check("signer")
