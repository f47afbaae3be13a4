"""Static rules of BPMN 2.0.2: what a diagram must keep to, whoever drew it. Each rule is one function of one small file.

A broken rule is an error where the diagram then has no meaning, a warning where it has one all the same, and a note where only a
formality is missing."""

from lxml import etree

from engine.bpmn.model import Model
from engine.bpmn.rules import collaborations, data, events, expressions, flows, gateways, references, schema, scopes, vendors
from engine.bpmn.rules.document import Rule, open_document
from engine.errors import Finding

RULES: tuple[Rule, ...] = (
    *schema.RULES,
    *flows.RULES,
    *gateways.RULES,
    *events.RULES,
    *scopes.RULES,
    *references.RULES,
    *expressions.RULES,
    *collaborations.RULES,
    *data.RULES,
    *vendors.RULES,
)


def check(root: etree._Element, model: Model) -> tuple[Finding, ...]:
    """Every broken rule of a parsed file, located, each said once."""
    document = open_document(root, model)
    return tuple(dict.fromkeys(finding for rule in RULES for finding in rule(document)))
