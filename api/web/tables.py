"""Lists as rows of words: what an export writes is what the screen shows."""

from collections.abc import Iterable, Mapping, Sequence

from api.web.steps import step_name
from api.web.words import light_words, of, show, state_words, t, until, when
from engine.casework.inbox_columns import Column
from engine.casework.task_rows import Row
from engine.casework.view import Case

Table = tuple[list[str], list[list[object]]]


def cases(rows: Iterable[Case]) -> Table:
    """The columns of a list of cases."""
    head = [("时限", "Limit"), ("办件编号", "Case number"), ("事项", "Service"), ("环节", "Stage"), ("申请人", "Applicant")]
    head += [("状态", "State"), ("到期", "Due"), ("到期时间", "Due at"), ("办结于", "Closed at")]
    lines = [
        [
            light_words(c.light),
            c.case_no,
            of(c.item_name),
            step_name(c.stage),
            c.applicant_name,
            state_words(c.state),
            "" if c.closed_at else until(c.due_at),
            when(c.due_at),
            when(c.closed_at),
        ]
        for c in rows
    ]
    return [t(*words) for words in head], lines


def tasks(rows: Iterable[Row], columns: Sequence[Column] = (), values: Mapping[str, Mapping[str, object]] | None = None) -> Table:
    """The columns of a list of tasks, and those of its service."""
    head = [("时限", "Limit"), ("环节", "Stage"), ("事项", "Service"), ("申请人", "Applicant"), ("办件编号", "Case number")]
    head += [("到期", "Due"), ("到期时间", "Due at"), ("办结于", "Completed at")]
    head += [(column.label, column.label_en or column.label) for column in columns]
    lines = [
        [
            light_words(r.light),
            step_name(r.name),
            of(r.item_name),
            r.applicant,
            r.case_no,
            until(r.due_at),
            when(r.due_at),
            when(r.completed_at),
            *(show((values or {}).get(r.case_no or "", {}).get(column.key)) for column in columns),
        ]
        for r in rows
    ]
    return [t(*words) for words in head], lines
