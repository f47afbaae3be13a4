"""What the verbs take and answer in JSON."""

from marshmallow import Schema, fields, validate

from engine.casework import bulk

TEXT = validate.Length(max=4000)


class VerbReason(Schema):
    """VerbReason."""

    reason = fields.String(load_default="", validate=TEXT)


class ToPerson(VerbReason):
    """account_id: of a colleague."""

    account_id = fields.String(required=True, validate=validate.Length(1, 100))


class SendBack(Schema):
    """target: element id of an earlier task. fields: keys of the form that are wrong. mode: walk the path again, or straight."""

    target = fields.String(required=True, validate=validate.Length(1, 200))
    reason = fields.String(required=True, validate=validate.Length(1, 4000))
    fields_marked = fields.List(fields.String(), data_key="fields", load_default=list, validate=validate.Length(max=100))
    mode = fields.String(load_default="walk", validate=validate.OneOf(["walk", "straight"]))


class Signers(VerbReason):
    """account_ids: in the order of signing. kind: before or after the holder, or beside the others of a countersigned task."""

    account_ids = fields.List(fields.String(), required=True, validate=validate.Length(1, 20))
    kind = fields.String(load_default="before", validate=validate.OneOf(["before", "after", "beside"]))


class Signature(Schema):
    """An added signer's word."""

    agrees = fields.Boolean(required=True)
    opinion = fields.String(load_default="", validate=TEXT)


class Suspension(Schema):
    """declared: the time told to the applicant, as 5WD; an overrun counts again."""

    reason = fields.String(required=True, validate=validate.Length(1, 4000))
    declared = fields.String(load_default="", validate=validate.Length(max=10))


class SpecialAsked(Schema):
    """kind: one the item allows, such as testing. declared: the time told to the applicant, as 10WD."""

    kind = fields.String(required=True, validate=validate.Length(1, 40))
    declared = fields.String(required=True, validate=validate.Length(1, 10))
    reason = fields.String(required=True, validate=validate.Length(1, 4000))


class SpecialResult(Schema):
    """result: what came of it."""

    result = fields.String(required=True, validate=validate.Length(1, 4000))


class SpecialShown(Schema):
    """A special procedure; state: asked | refused | open | closed | lapsed. asked_name: empty when the process opened it."""

    id = fields.String(required=True)
    case_no = fields.String(required=True)
    kind = fields.String(required=True)
    declared = fields.String(required=True)
    reason = fields.String(required=True)
    asked_name = fields.String(required=True)
    asked_at = fields.DateTime(required=True)
    state = fields.String(required=True)
    settled_name = fields.String(required=True)
    settled_at = fields.DateTime(required=True, allow_none=True)
    note = fields.String(required=True)
    opened_at = fields.DateTime(required=True, allow_none=True)
    closed_at = fields.DateTime(required=True, allow_none=True)
    closed_name = fields.String(required=True)
    result = fields.String(required=True)


class Extension(Schema):
    """extension: as 5WD; empty takes what the item allows."""

    reason = fields.String(required=True, validate=validate.Length(1, 4000))
    extension = fields.String(load_default="", validate=validate.Length(max=10))


class Said(Schema):
    """A text."""

    text = fields.String(required=True, validate=validate.Length(1, 4000))


class Copies(Schema):
    """Who shall read it."""

    account_ids = fields.List(fields.String(), required=True, validate=validate.Length(1, 100))
    text = fields.String(load_default="", validate=TEXT)


class TaskMade(Schema):
    """The task that is open now."""

    task_id = fields.String(required=True)


class SignerShown(Schema):
    """An added signer; state: waiting | active | signed | rejected | removed."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    account_id = fields.String(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True)


class SupervisionShown(Schema):
    """A supervision; state: open | answered | closed."""

    id = fields.String(required=True)
    case_no = fields.String(required=True)
    text = fields.String(required=True)
    feedback_due_at = fields.DateTime(required=True)
    feedback = fields.String(required=True)
    state = fields.String(required=True)
    is_late = fields.Boolean(required=True)


class RungShown(Schema):
    """One rung of the ladder and whom it reaches."""

    clock_kind = fields.String(required=True)
    name = fields.String(required=True)
    at = fields.DateTime(required=True, allow_none=True)
    reached = fields.List(fields.String(), required=True)
    names = fields.List(fields.String(), required=True)
    is_done = fields.Boolean(required=True)


class FileShown(Schema):
    """A file of a case."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    by_name = fields.String(required=True)
    at = fields.DateTime(required=True)


class Bulk(Schema):
    """keys: task ids, for `extend` case numbers. account_id: for assign; values, opinion: for complete; extension: for extend."""

    keys = fields.List(fields.String(), required=True, validate=validate.Length(1, bulk.MOST))
    account_id = fields.String(load_default="")
    values = fields.Dict(keys=fields.String(), load_default=dict)
    opinion = fields.String(load_default="", validate=TEXT)
    extension = fields.String(load_default="")
    reason = fields.String(load_default="", validate=TEXT)


class BulkResult(Schema):
    """What came of one row; code and detail say why not."""

    key = fields.String(required=True)
    ok = fields.Boolean(required=True)
    code = fields.String(required=True, allow_none=True)
    detail = fields.String(required=True, allow_none=True)


class BulkResults(Schema):
    """A result for each row, in order."""

    results = fields.List(fields.Nested(BulkResult), required=True)


class DayShown(Schema):
    """One day of a calendar."""

    day = fields.Date(required=True)
    is_workday = fields.Boolean(required=True)
    is_own = fields.Boolean(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class YearShown(Schema):
    """A year of an office."""

    office = fields.String(required=True)
    hours = fields.String(required=True)
    is_provisional = fields.Boolean(required=True)
    days = fields.List(fields.Nested(DayShown), required=True)
