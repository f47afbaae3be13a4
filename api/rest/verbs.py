"""The caseworker's verbs for machines: what the buttons of the desk and of supervision do, with the same refusals."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from api import current
from api.links import verify_url
from api.rest.room import Plain, Room
from api.rest.shapes import CaseShown, TaskShown
from api.rest.verb_shapes import (
    Bulk,
    BulkResults,
    Copies,
    Extension,
    FileShown,
    RungShown,
    Said,
    SendBack,
    Signature,
    Signers,
    SignerShown,
    SpecialAsked,
    SpecialResult,
    SpecialShown,
    SupervisionShown,
    Suspension,
    TaskMade,
    ToPerson,
    VerbReason,
    YearShown,
)
from engine.casework import accounts, bulk, calendars, case_files, cases, documents, escalation, inbox, pdf, remarks, verbs
from engine.casework.inbox import Row
from engine.casework.special import SpecialProcedure
from engine.casework.view import Case
from engine.errors import NotFound
from engine.transaction import Transaction

rest = Room("rest_verbs", __name__, description="办理动作 · Verbs")


def _row(work: Callable[[Transaction], Row]) -> Row:
    with current.engine().begin(current.required()) as tx:
        return work(tx)


def _name(tx: Transaction, account_id: str) -> tuple[str, str]:
    person = accounts.person(tx, account_id)
    return person.id, person.name


@rest.post("/tasks/<task_id>/assign")
@rest.arguments(ToPerson)
@rest.response(200, TaskShown)
def assign(given: dict[str, str], task_id: str) -> Row:
    """派单 · A supervisor gives a task to somebody"""
    return _row(lambda tx: inbox.assign(tx, task_id, *_name(tx, given["account_id"]), given["reason"]))


@rest.post("/tasks/<task_id>/dispatch")
@rest.response(200, TaskShown)
def dispatch(task_id: str) -> Row:
    """按负荷派单 · A supervisor gives a task to whoever of its groups has the least to do"""
    return _row(lambda tx: inbox.dispatch(tx, task_id))


@rest.post("/tasks/<task_id>/transfer")
@rest.arguments(ToPerson)
@rest.response(200, TaskShown)
def transfer(given: dict[str, str], task_id: str) -> Row:
    """转办 · Hands a task over for good"""
    return _row(lambda tx: verbs.transfer(tx, task_id, *_name(tx, given["account_id"]), given["reason"]))


@rest.post("/tasks/<task_id>/delegate")
@rest.arguments(ToPerson)
@rest.response(200, TaskShown)
def delegate(given: dict[str, str], task_id: str) -> Row:
    """委派 · A colleague works on it and it comes back"""
    return _row(lambda tx: verbs.delegate(tx, task_id, *_name(tx, given["account_id"]), given["reason"]))


@rest.post("/tasks/<task_id>/resolve")
@rest.arguments(VerbReason)
@rest.response(200, TaskShown)
def resolve(given: dict[str, str], task_id: str) -> Row:
    """交回 · A delegated task returns to whom it was delegated by"""
    return _row(lambda tx: verbs.hand_back(tx, task_id, given["reason"]))


@rest.post("/tasks/<task_id>/send-back")
@rest.arguments(SendBack)
@rest.response(200, TaskMade)
def send_back(given: dict[str, Any], task_id: str) -> Mapping[str, str]:
    """退回 · Opens an earlier task again, with the wrong fields marked"""
    asked = (given["target"], given["reason"], given["fields_marked"])
    return {"task_id": verbs.send_back(current.engine(), current.required(), task_id, *asked, mode=given["mode"])}


@rest.post("/tasks/<task_id>/take-back")
@rest.response(200, TaskMade)
def take_back(task_id: str) -> Mapping[str, str]:
    """撤回 · Takes a completed task back while the next step is untouched"""
    return {"task_id": verbs.take_back(current.engine(), current.required(), task_id)}


@rest.post("/tasks/<task_id>/signers")
@rest.arguments(Signers)
@rest.response(201, SignerShown(many=True))
def add_signers(given: dict[str, Any], task_id: str) -> list[verbs.Signer]:
    """加签 · Adds signers before, after or beside"""
    with current.engine().begin(current.required()) as tx:
        who = [_name(tx, account_id) for account_id in given["account_ids"]]
        return list(verbs.add_signers(tx, task_id, who, given["kind"], given["reason"]))


@rest.delete("/tasks/<task_id>/signers/<signer_id>")
@rest.response(204)
def remove_signer(task_id: str, signer_id: str) -> None:
    """减签 · Takes an added signer away who has not signed"""
    with current.engine().begin(current.required()) as tx:
        verbs.remove_signer(tx, signer_id, "")


@rest.post("/tasks/<task_id>/sign")
@rest.arguments(Signature)
@rest.response(200, TaskMade)
def sign(given: dict[str, Any], task_id: str) -> Mapping[str, str]:
    """签署 · An added signer agrees or refuses"""
    verbs.sign(current.engine(), current.required(), task_id, given["opinion"], agrees=given["agrees"])
    return {"task_id": task_id}


@rest.post("/tasks/bulk/<what>")
@rest.arguments(Bulk)
@rest.response(200, BulkResults)
def in_bulk(given: dict[str, Any], what: str) -> Mapping[str, object]:
    """批量 · claim, assign, complete or extend, with a result for each row"""
    results = _bulk(what, given)
    language = current.language()
    shown = [
        {
            "key": r.key,
            "ok": r.refused is None,
            "code": r.refused.code if r.refused else None,
            "detail": r.refused.sentence(language) if r.refused else None,
        }
        for r in results
    ]
    return {"results": shown}


def _bulk(what: str, given: dict[str, Any]) -> tuple[bulk.Result, ...]:
    engine, actor, keys = current.engine(), current.required(), given["keys"]
    if what == "claim":
        return bulk.claim(engine, actor, keys)
    if what == "dispatch":
        return bulk.dispatch(engine, actor, keys)
    if what == "complete":
        return bulk.complete(engine, actor, keys, given["values"], given["opinion"])
    if what == "extend":
        return bulk.extend(engine, actor, keys, given["extension"], given["reason"])
    if what != "assign":
        raise NotFound(thing=("批量操作", "the bulk action"), key=what)
    with engine.read(actor) as tx:
        who = _name(tx, given["account_id"])
    return bulk.assign(engine, actor, keys, *who, given["reason"])


def _case(work: Callable[[Transaction], Case]) -> Case:
    with current.engine().begin(current.required()) as tx:
        return work(tx)


@rest.post("/cases/<case_no>/suspend")
@rest.arguments(Suspension)
@rest.response(200, CaseShown)
def suspend(given: dict[str, str], case_no: str) -> Case:
    """挂起 · Process, timers and clocks stand still"""
    return _case(lambda tx: verbs.suspend(tx, case_no, given["reason"], declared=given["declared"]))


@rest.post("/cases/<case_no>/resume")
@rest.arguments(VerbReason)
@rest.response(200, CaseShown)
def resume(given: dict[str, str], case_no: str) -> Case:
    """恢复 · A suspended case goes on"""
    return _case(lambda tx: verbs.resume(tx, case_no, given["reason"]))


@rest.post("/cases/<case_no>/terminate")
@rest.arguments(Said)
@rest.response(200, CaseShown)
def terminate(given: dict[str, str], case_no: str) -> Case:
    """终止 · Ends a case before its decision, with a document"""
    return verbs.terminate(current.engine(), current.required(), case_no, given["text"])


@rest.post("/cases/<case_no>/special-procedures")
@rest.arguments(SpecialAsked)
@rest.response(201, SpecialShown)
def ask_pause(given: dict[str, str], case_no: str) -> SpecialProcedure:
    """停表申请 · A special procedure; open at once unless the item wants the head's word"""
    with current.engine().begin(current.required()) as tx:
        return verbs.ask_pause(tx, case_no, given["kind"], given["declared"], given["reason"])


@rest.get("/cases/<case_no>/special-procedures")
@rest.response(200, SpecialShown(many=True))
def pauses(case_no: str) -> list[SpecialProcedure]:
    """特别程序列表 · All special procedures of a case, the one that matters now last"""
    with current.engine().read(current.required()) as tx:
        cases.read(tx, case_no)
        found = verbs.pauses_of(tx, case_no)
    return [*found.past, *([found.current] if found.current else [])]


@rest.get("/special-procedures")
@rest.response(200, SpecialShown(many=True))
def unsettled_pauses() -> list[SpecialProcedure]:
    """停表审批 · What waits for the word of the head of the office, and what is open"""
    with current.engine().read(current.required()) as tx:
        return list(verbs.unsettled_pauses(tx))


@rest.post("/special-procedures/<procedure_id>/approve")
@rest.response(200, SpecialShown)
def approve_pause(procedure_id: str) -> SpecialProcedure:
    """同意停表 · It is open from now on and the applicant is told"""
    with current.engine().begin(current.required()) as tx:
        return verbs.approve_pause(tx, procedure_id)


@rest.post("/special-procedures/<procedure_id>/refuse")
@rest.arguments(VerbReason)
@rest.response(200, SpecialShown)
def refuse_pause(given: dict[str, str], procedure_id: str) -> SpecialProcedure:
    """不同意停表 · No clock is touched"""
    with current.engine().begin(current.required()) as tx:
        return verbs.refuse_pause(tx, procedure_id, given["reason"])


@rest.post("/special-procedures/<procedure_id>/close")
@rest.arguments(SpecialResult)
@rest.response(200, SpecialShown)
def close_pause(given: dict[str, str], procedure_id: str) -> SpecialProcedure:
    """结束特别程序 · The clocks go on"""
    with current.engine().begin(current.required()) as tx:
        return verbs.close_pause(tx, procedure_id, given["result"])


@rest.post("/cases/<case_no>/extend")
@rest.arguments(Extension)
@rest.response(204)
def extend(given: dict[str, str], case_no: str) -> None:
    """延期 · Lengthens both limits, once and in time"""
    with current.engine().begin(current.required()) as tx:
        verbs.extend(tx, case_no, given["extension"], given["reason"])


@rest.post("/cases/<case_no>/remind")
@rest.arguments(VerbReason)
@rest.response(204)
def remind(given: dict[str, str], case_no: str) -> None:
    """催办 · At most once in four hours"""
    with current.engine().begin(current.required()) as tx:
        verbs.remind(tx, case_no, given["reason"])


@rest.post("/cases/<case_no>/supervisions")
@rest.arguments(Said)
@rest.response(201, SupervisionShown)
def supervise(given: dict[str, str], case_no: str) -> verbs.Supervision:
    """督办 · Opens a supervision with a deadline for feedback"""
    with current.engine().begin(current.required()) as tx:
        return verbs.supervise(tx, case_no, given["text"])


@rest.get("/cases/<case_no>/supervisions")
@rest.response(200, SupervisionShown(many=True))
def supervisions(case_no: str) -> list[verbs.Supervision]:
    """督办列表 · All supervisions of a case"""
    with current.engine().read(current.required()) as tx:
        return list(verbs.supervisions_of(tx, case_no))


@rest.post("/supervisions/<supervision_id>/answer")
@rest.arguments(Said)
@rest.response(200, SupervisionShown)
def answer(given: dict[str, str], supervision_id: str) -> verbs.Supervision:
    """督办反馈 · The handling unit answers"""
    with current.engine().begin(current.required()) as tx:
        return verbs.answer(tx, supervision_id, given["text"])


@rest.post("/supervisions/<supervision_id>/close")
@rest.response(200, SupervisionShown)
def close_supervision(supervision_id: str) -> verbs.Supervision:
    """督办办结 · The supervisor closes an answered supervision"""
    with current.engine().begin(current.required()) as tx:
        return verbs.close_supervision(tx, supervision_id)


@rest.post("/cases/<case_no>/copies")
@rest.arguments(Copies)
@rest.response(200, Schema.from_dict({"new": fields.Integer(required=True)}, name="CopiesMade"))
def copy(given: dict[str, Any], case_no: str) -> Mapping[str, int]:
    """抄送 · A read copy for each person once"""
    with current.engine().begin(current.required()) as tx:
        return {"new": verbs.copy(tx, case_no, given["account_ids"], given["text"])}


@rest.post("/cases/<case_no>/remarks")
@rest.arguments(Said)
@rest.response(201, Schema.from_dict({"id": fields.String(required=True), "mentions": Plain(required=True)}, name="RemarkMade"))
def remark(given: dict[str, str], case_no: str) -> remarks.Remark:
    """沟通 · A remark for colleagues; @name reaches them"""
    with current.engine().begin(current.required()) as tx:
        return remarks.add(tx, case_no, given["text"])


@rest.get("/cases/<case_no>/escalation")
@rest.response(200, RungShown(many=True))
def ladder(case_no: str) -> list[escalation.Step]:
    """逐级报告预演 · Whom each rung reaches, and when"""
    with current.engine().read(current.required()) as tx:
        return list(escalation.dry_run(tx, case_no))


@rest.get("/cases/<case_no>/files")
@rest.response(200, FileShown(many=True))
def files(case_no: str) -> list[case_files.CaseFile]:
    """文件 · The files of a case"""
    with current.engine().read(current.required()) as tx:
        cases.read(tx, case_no)
        return list(case_files.of_case(tx, case_no))


@rest.get("/documents/<document_id>.pdf")
@rest.response(200, content_type="application/pdf")
def document_pdf(document_id: str) -> Response:
    """文书 PDF · A legal document, laid out for print"""
    with current.engine().begin(current.required()) as tx:
        found = documents.read(tx, document_id)
    return Response(pdf.rendered(found, verify_url(found.code)), mimetype="application/pdf")


class YearAsked(Schema):
    """office: key, empty for the city."""

    office = fields.String(load_default="")


@rest.get("/calendars/<year>")
@rest.arguments(YearAsked, location="query")
@rest.response(200, YearShown)
def calendar(asked: dict[str, str], year: str) -> Mapping[str, object]:
    """工作日历 · A year of an office, make-up days included"""
    actor, office = current.required(), asked["office"]
    if not (year.isdecimal() and year.isascii() and 2004 <= int(year) <= 2059):
        raise NotFound(thing=("年份（2004–2059）", "a year from 2004 to 2059:"), key=year)
    with current.engine().read(actor) as tx:
        days = calendars.year(tx, int(year), office=office)
        shown = {"hours": calendars.hours_of(tx, office), "is_provisional": calendars.is_provisional(tx, int(year))}
    return {"office": office, "days": days, **shown}
