"""The variables of an instance, read from its state; for one instance at a time, never for a list."""

from collections.abc import Mapping

import sqlalchemy as sa

from engine.bpmn.kernel import step as kernel
from engine.errors import NotFound
from engine.models.instances import instances
from engine.transaction import Transaction


def of(tx: Transaction, instance_id: str) -> Mapping[str, object]:
    """FEEL-typed values of the process scope. Raises NotFound."""
    state = tx.value(sa.select(instances.c.state).where(instances.c.id == instance_id))
    if state is None:
        raise NotFound(thing=("流程实例", "instance"), key=instance_id)
    return kernel.variables(kernel.decode(state))
