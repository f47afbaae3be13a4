"""Every operation a diagram may call inside its step, by the topic of its service task."""

from collections.abc import Mapping

from engine.casework import (
    operations,
    operations_check,
    operations_papers,
    operations_rating,
    operations_special,
    operations_time,
)
from engine.transaction import Operation

OPERATIONS: Mapping[str, Operation] = {
    **operations.OPERATIONS,
    **operations_check.OPERATIONS,
    **operations_papers.OPERATIONS,
    **operations_special.OPERATIONS,
    **operations_time.OPERATIONS,
    **operations_rating.OPERATIONS,
}
