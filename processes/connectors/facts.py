"""`facts.fetch`: asks one shared base for facts about one subject, for a service task."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC

from engine.ports import AttributeSource, Check, ConnectorRefused, ConnectorUnavailable, Fact

OPERATION = "facts.fetch"


@dataclass(frozen=True, slots=True)
class FactsConnector:
    """sources: by name, as in `population.birth_date`."""

    sources: Mapping[str, AttributeSource]

    def call(self, payload: Mapping[str, object], *, idempotency_key: str, timeout_seconds: float) -> Mapping[str, object]:
        """{source, names[], subject, purpose} → {facts: {name: {value, source, trust, at}}}; asking twice changes nothing."""
        name, subject = str(payload.get("source")), str(payload.get("subject") or "")
        source = self.sources.get(name)
        if source is None:
            raise ConnectorRefused("facts.source", f"There is no source {name} / 没有数据源 {name}")
        wanted = payload.get("names")
        names = [str(n) for n in wanted] if isinstance(wanted, (list, tuple)) else []
        purpose = str(payload.get("purpose") or idempotency_key)
        found = source.fetch(subject, names, purpose=purpose, timeout_seconds=timeout_seconds)
        return {"facts": {fact.name: _table(fact) for fact in found}}

    def check(self) -> Check:
        """The worst of its sources."""
        found = [source.check() for source in self.sources.values()]
        return next((check for check in found if not check.ok), Check(True, "All sources answer.", "数据源均正常。"))


def _table(fact: Fact) -> Mapping[str, object]:
    """A fact as variables keep it. Raises ConnectorUnavailable for nonsense, which is asked for again."""
    if isinstance(fact.value, (Mapping, list)):
        raise ConnectorUnavailable(f"{fact.source} answered nonsense for {fact.name}")
    return {"value": fact.value, "source": fact.source, "trust": str(fact.trust), "at": fact.at.astimezone(UTC)}
