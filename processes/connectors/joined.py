"""`case.open`: opens the case of another service for the same applicant, for a service task of a joined one.

It is outside work: a job with its own transactions, tried again after a failure, and the same key opens the same case."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.actors import Actor, ActorKind
from engine.casework import applications
from engine.errors import Invalid, TongbanError
from engine.ports import Check, ConnectorRefused
from engine.transaction import Engine

OPERATION = "case.open"


@dataclass(frozen=True, slots=True)
class JoinedConnector:
    """engine: the platform on which the child is opened."""

    engine: Engine

    def call(self, payload: Mapping[str, object], *, idempotency_key: str, timeout_seconds: float) -> Mapping[str, object]:
        """{item, form, applicant, parent} → {child_no}. Throws `child.refused` when the service refuses the application."""
        parent, item = str(payload.get("parent") or ""), str(payload.get("item") or "")
        form = payload.get("form")
        # what the child then has to do is the worker's: one job must not wait for another
        engine = replace(self.engine, settings=replace(self.engine.settings, drain_seconds=0.0))
        try:
            done = applications.apply(
                engine,
                _applicant(payload.get("applicant")),
                item,
                form if isinstance(form, Mapping) else {},
                idempotency_key=f"joined:{parent}/{item}",
                consents=["data-sharing"],
                parent_no=parent,
            )
        except Invalid as refused:
            said = "；".join(finding.zh for finding in refused.findings) or refused.sentence("zh")
            raise ConnectorRefused("child.refused", said) from refused
        except TongbanError as refused:
            raise ConnectorRefused("child.refused", refused.sentence("zh")) from refused
        return {"child_no": done.case_no}

    def check(self) -> Check:
        """It is the platform itself."""
        return Check(True, "Cases can be opened.", "可以开立办件。")


def _applicant(given: object) -> Actor:
    """Who applies, as the parent's process knows them."""
    known = given if isinstance(given, Mapping) else {}
    kind = ActorKind(str(known.get("kind") or ActorKind.CITIZEN))
    subject = known.get("subject")
    return Actor(str(known.get("id")), str(known.get("name")), kind, subject=str(subject) if subject else None)
