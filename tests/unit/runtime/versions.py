"""Versions of small processes as files, for tests that change running instances."""

from itertools import pairwise

from engine.runtime import deploy
from engine.transaction import Transaction

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="t" id="d">'
    '<message id="paid" name="paid"/><signal id="go" name="go"/>'
)


def flow(*ids: str) -> str:
    """Sequence flows from each element to the next."""
    return "".join(f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairwise(ids))


def user(key: str, inner: str = "", **attributes: str) -> str:
    """A human task."""
    more = "".join(f' camunda:{name}="{value}"' for name, value in attributes.items())
    return f'<userTask id="{key}" name="{key}"{more}>{inner}</userTask>'


def signers(names: str = "signers", *, sequential: bool = False) -> str:
    """Multi-instance over a list."""
    is_sequential = ' isSequential="true"' if sequential else ""
    return f'<multiInstanceLoopCharacteristics{is_sequential} camunda:collection="{names}" camunda:elementVariable="signer"/>'


def timer(key: str, at: str, duration: str, *, interrupting: bool = False) -> str:
    """A timer on the boundary of an activity."""
    kind = str(interrupting).lower()
    definition = f"<timerEventDefinition><timeDuration>{duration}</timeDuration></timerEventDefinition>"
    return f'<boundaryEvent id="{key}" attachedToRef="{at}" cancelActivity="{kind}">{definition}</boundaryEvent>'


def publish(tx: Transaction, body: str, process_id: str = "P") -> str:
    """Publishes one process as the next version of its package; the definition's id."""
    text = f'{HEAD}<process id="{process_id}" isExecutable="true">{body}</process></definitions>'
    made = deploy.publish(tx, deploy.deploy(tx, "k", {"a.bpmn": text.encode()}).id)
    return made.definitions[process_id]
