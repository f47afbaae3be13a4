"""The plan: one process of a model, compiled once per definition version for the kernel."""

from engine.bpmn.plan.compile import compile_plan
from engine.bpmn.plan.shapes import Plan, PlanEvent, PlanFlow, PlanNode, PlanScope, StartPoint

__all__ = ["Plan", "PlanEvent", "PlanFlow", "PlanNode", "PlanScope", "StartPoint", "compile_plan"]
