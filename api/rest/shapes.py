"""How cases and what belongs to them look in JSON."""

from marshmallow import Schema, fields

from api.rest.room import Plain, Words


class Outcome(Schema):
    """What came of an application so far; decision: grant | refuse | null while somebody still works on it."""

    case_no = fields.String(required=True)
    state = fields.String(required=True)
    decision = fields.String(required=True, allow_none=True)
    reasons = Plain(required=True)
    hand_over_reasons = fields.List(fields.String(), required=True)
    licence_no = fields.String(required=True, allow_none=True)
    licence_code = fields.String(required=True, allow_none=True)
    promised_at = fields.DateTime(required=True, allow_none=True)
    query_code = fields.String(required=True)
    documents = fields.List(fields.String(), required=True)


class CaseShown(Schema):
    """A case. applicant_no is masked; light: colour of the clock that matters now, due_at its end."""

    case_no = fields.String(required=True)
    item_code = fields.String(required=True)
    item_name = fields.Nested(Words, required=True)
    office = fields.String(required=True)
    root_id = fields.String(required=True)
    state = fields.String(required=True)
    stage = fields.String(required=True)
    applicant_name = fields.String(required=True)
    applicant_no = fields.String(required=True)
    applicant_kind = fields.String(required=True)
    agent_name = fields.String(required=True)
    submitted_at = fields.DateTime(required=True)
    accepted_at = fields.DateTime(required=True, allow_none=True)
    decided_at = fields.DateTime(required=True, allow_none=True)
    closed_at = fields.DateTime(required=True, allow_none=True)
    due_at = fields.DateTime(required=True, allow_none=True)
    promised_at = fields.DateTime(required=True, allow_none=True)
    statutory_at = fields.DateTime(required=True, allow_none=True)
    light = fields.String(required=True)
    outcome = fields.String(required=True, allow_none=True)
    result = fields.String(required=True)
    is_automatic = fields.Boolean(required=True)
    hand_over_reasons = fields.List(fields.String(), required=True)
    version = fields.Integer(required=True)


class LineShown(Schema):
    """One line of a case's timeline."""

    at = fields.DateTime(required=True)
    kind = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    who = fields.String(required=True)


class ClockShown(Schema):
    """One of a case's clocks. remaining: units left, negative when over; unit: WD | ND | WH | NH."""

    kind = fields.String(required=True)
    stage = fields.String(required=True)
    limit = fields.String(required=True)
    statutory_limit = fields.String(required=True)
    started_at = fields.DateTime(required=True)
    stopped_at = fields.DateTime(required=True, allow_none=True)
    due_at = fields.DateTime(required=True, allow_none=True)
    colour = fields.String(required=True)
    remaining = fields.Float(required=True, allow_none=True)
    unit = fields.String(required=True)
    is_paused = fields.Boolean(required=True)


class PaperShown(Schema):
    """A legal document; code: for its verification."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)
    number = fields.String(required=True)
    code = fields.String(required=True)
    issued_at = fields.DateTime(required=True)


class LicenceShown(Schema):
    """A licence of a case."""

    number = fields.String(required=True)
    code = fields.String(required=True)
    type = fields.String(required=True)
    name = fields.Nested(Words, required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True)
    status = fields.String(required=True)


class SupplementShown(Schema):
    """What the applicant must still hand in."""

    items = Plain(required=True)
    reason = fields.String(required=True)
    due_at = fields.DateTime(required=True, allow_none=True)
    form_id = fields.String(required=True, allow_none=True)


class CaseFull(Schema):
    """A case as its reader may see it: `supplement`, `owed`, `holder`, `can_*` for the applicant, `facts` for officers."""

    case = fields.Nested(CaseShown, required=True)
    answers = Plain(required=True)
    reasons = Plain(required=True)
    clocks = fields.List(fields.Nested(ClockShown), required=True)
    lines = fields.List(fields.Nested(LineShown), required=True)
    documents = fields.List(fields.Nested(PaperShown), required=True)
    licences = fields.List(fields.Nested(LicenceShown), required=True)
    supplement = fields.Nested(SupplementShown, allow_none=True)
    owed = fields.Nested(SupplementShown, allow_none=True)
    holder = Plain()
    can_withdraw = fields.Boolean()
    can_urge = fields.Boolean()
    query_code = fields.String()
    facts = Plain()


class TaskShown(Schema):
    """A task in a list; version is also its ETag."""

    task_id = fields.String(required=True)
    name = fields.String(required=True)
    element_id = fields.String(required=True)
    case_no = fields.String(required=True, allow_none=True)
    item_code = fields.String(required=True)
    item_name = fields.Nested(Words, required=True)
    office = fields.String(required=True)
    applicant = fields.String(required=True)
    light = fields.String(required=True)
    due_at = fields.DateTime(required=True, allow_none=True)
    created_at = fields.DateTime(required=True)
    completed_at = fields.DateTime(required=True, allow_none=True)
    assignee = fields.String(required=True, allow_none=True)
    groups = fields.List(fields.String(), required=True)
    version = fields.Integer(required=True)


class TaskFull(Schema):
    """A task with its values, its case and what its reader may do."""

    task = fields.Nested(TaskShown, attribute="row", required=True)
    form_id = fields.String(required=True, allow_none=True)
    values = Plain(required=True)
    draft_opinion = fields.String(required=True)
    draft_saved_by = fields.String(required=True)
    draft_saved_at = fields.DateTime(required=True, allow_none=True)
    case = fields.Nested(CaseShown, required=True, allow_none=True)
    answers = Plain(required=True)
    facts = Plain(required=True)
    clocks = fields.List(fields.Nested(ClockShown), required=True)
    is_mine = fields.Boolean(required=True)
    can_claim = fields.Boolean(required=True)
    can_complete = fields.Boolean(required=True)
    can_supplement = fields.Boolean(required=True)
    needs_opinion = fields.Boolean(required=True)
    blocked_zh = fields.String(required=True)
    blocked_en = fields.String(required=True)
