"""The caseworker's inbox, as pages and REST call it: lists, the task page, and what is done with a task."""

from engine.casework.handling import (
    Completed,
    SupplementRefused,
    assign,
    claim,
    claim_many,
    complete,
    dispatch,
    return_for_supplement,
    save_draft,
    unclaim,
)
from engine.casework.inbox_lists import Counts, Filters, counts, done, my_tasks, named, pool
from engine.casework.task_rows import Row, TaskTaken
from engine.casework.task_view import TaskView, view

__all__ = [
    "Completed",
    "Counts",
    "Filters",
    "Row",
    "SupplementRefused",
    "TaskTaken",
    "TaskView",
    "assign",
    "claim",
    "claim_many",
    "complete",
    "counts",
    "dispatch",
    "done",
    "my_tasks",
    "named",
    "pool",
    "return_for_supplement",
    "save_draft",
    "unclaim",
    "view",
]
