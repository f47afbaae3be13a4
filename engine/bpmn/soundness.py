"""Soundness."""

from engine.bpmn.plan import Plan
from engine.errors import Finding


def soundness(plan: Plan) -> tuple[Finding, ...]:
    """Findings."""
    return ()
