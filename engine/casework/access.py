"""Who may do what: one policy table, deny by default; identity numbers masked; every read of personal data recorded.

Pages and REST call the casework functions, which call `require`; nobody decides for themselves (TRUST, access bypass)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from engine.actors import Actor, ActorKind
from engine.errors import Conflict, Forbidden
from engine.models.audit import access_log
from engine.models.base import new_id
from engine.transaction import Transaction
from forms.masking import mask as mask


class NotYours(Forbidden):
    """Expected someone who may {action}, but {who} may not; ask {remedy}."""

    zh = "{who} 无权{action}；请联系{remedy}。"


class FourEyes(Conflict):
    """Expected somebody other than {name} to complete “{task}”, because {name} already completed “{earlier}”; hand it over."""

    zh = "“{task}”须由 {name} 以外的人员办理，因为 {name} 已办理“{earlier}”；请转办。"


@dataclass(frozen=True, slots=True)
class About:
    """What an action is about, as far as access cares.

    office: that owns it. owners: account ids and subjects it belongs to. groups: candidate groups. assignee: account id.
    is_handled: whether the actor has, had or may take one of its tasks, whatever the office (two-place and joined services)."""

    office: str | None = None
    owners: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    assignee: str | None = None
    is_handled: bool = False


class Relation(StrEnum):
    """How an actor may stand to what an action is about."""

    ANY = "any"
    OWNER = "owner"
    OFFICE = "office"
    GROUP = "group"
    ASSIGNEE = "assignee"
    HANDLER = "handler"


PUBLIC = "public"
APPLICANT = "applicant"
"""Pseudo-roles: everybody, and any signed-in citizen or enterprise; the rest are officers' roles."""

CITY_OFFICE = "zwfw"
"""The government-services bureau supervises every office (DOMAIN 2.4)."""

Rules = tuple[tuple[str, Relation], ...]
_OWN: Rules = ((APPLICANT, Relation.OWNER),)
_HANDLE: Rules = (("caseworker", Relation.ASSIGNEE),)
_LEAD: Rules = (("supervisor", Relation.OFFICE),)
_COLLEAGUES: Rules = (("caseworker", Relation.OFFICE), ("caseworker", Relation.HANDLER))
_DESIGN: Rules = (("designer", Relation.ANY), ("publisher", Relation.ANY))
_OPERATE: Rules = (("operator", Relation.ANY),)
_KEEP: Rules = (("archivist", Relation.ANY), ("operator", Relation.ANY))

POLICY: Mapping[str, Rules] = {
    "catalogue.view": ((PUBLIC, Relation.ANY),),
    "catalogue.register": _DESIGN,
    "catalogue.publish": (("publisher", Relation.ANY),),
    "catalogue.suspend": (
        ("designer", Relation.ANY),
        ("publisher", Relation.ANY),
        ("supervisor", Relation.ANY),
        ("operator", Relation.ANY),
    ),
    "catalogue.set_automatic": (("designer", Relation.ANY), ("publisher", Relation.ANY), ("supervisor", Relation.ANY)),
    "item.view": (*_DESIGN, ("supervisor", Relation.ANY), ("auditor", Relation.ANY)),
    "item.edit": (*_DESIGN, ("supervisor", Relation.OFFICE)),
    "item.publish": (("publisher", Relation.ANY),),
    "application.write": _OWN,
    "authorisation.give": ((APPLICANT, Relation.ANY),),
    "case.view_own": _OWN,
    "case.withdraw": _OWN,
    "case.urge": _OWN,
    "case.supplement": _OWN,
    "case.rate": _OWN,
    "counter.take_in": (("caseworker", Relation.ANY),),
    "appointment.book": ((APPLICANT, Relation.ANY),),
    "appointment.receive": (("caseworker", Relation.OFFICE), ("supervisor", Relation.OFFICE)),
    "signature.give": ((APPLICANT, Relation.ANY),),
    "case.view": (
        *_OWN,
        ("caseworker", Relation.OFFICE),
        ("caseworker", Relation.HANDLER),
        ("supervisor", Relation.OFFICE),
        ("auditor", Relation.ANY),
    ),
    "case.list": (("caseworker", Relation.ANY), ("supervisor", Relation.ANY), ("auditor", Relation.ANY)),
    "case.extend": _LEAD,
    "case.suspend": _LEAD,
    "case.attach": (*_OWN, *_COLLEAGUES, ("supervisor", Relation.OFFICE)),
    "case.remark": (*_COLLEAGUES, ("supervisor", Relation.OFFICE), ("auditor", Relation.ANY)),
    "case.terminate": _LEAD,
    "substitution.appoint": _LEAD,
    "case.pause": (*_COLLEAGUES, ("supervisor", Relation.OFFICE)),
    "case.approve_pause": _LEAD,
    "case.remind": _LEAD,
    "case.supervise": _LEAD,
    "case.answer": (("caseworker", Relation.OFFICE), ("supervisor", Relation.OFFICE)),
    "case.copy": (("caseworker", Relation.OFFICE), ("supervisor", Relation.OFFICE)),
    "task.list": (("caseworker", Relation.ANY), ("supervisor", Relation.ANY)),
    "task.view": (
        ("caseworker", Relation.ASSIGNEE),
        ("caseworker", Relation.GROUP),
        ("supervisor", Relation.OFFICE),
        ("auditor", Relation.ANY),
    ),
    "task.claim": (("caseworker", Relation.GROUP), ("supervisor", Relation.GROUP)),
    "task.unclaim": (("caseworker", Relation.ASSIGNEE), ("supervisor", Relation.OFFICE)),
    "task.assign": _LEAD,
    "task.complete": (*_HANDLE, ("supervisor", Relation.ASSIGNEE)),
    "task.transfer": (*_HANDLE, *_LEAD),
    "licence.view": (*_OWN, ("caseworker", Relation.OFFICE), ("supervisor", Relation.OFFICE), ("auditor", Relation.ANY)),
    "licence.revoke": _LEAD,
    "licence.change": (("caseworker", Relation.OFFICE), *_LEAD),
    "licence.share": _OWN,
    "entitlement.stop": _LEAD,
    "dispute.answer": (("caseworker", Relation.OFFICE), *_LEAD),
    "offer.reply": _OPERATE,
    "offer.match": (("caseworker", Relation.ANY), ("supervisor", Relation.ANY)),
    "rating.view": (*_LEAD, ("auditor", Relation.ANY)),
    "board.view": (("supervisor", Relation.ANY), ("auditor", Relation.ANY)),
    "card.cancel": _LEAD,
    "card.confirm": _LEAD,
    "card.appeal": (("caseworker", Relation.OFFICE), ("supervisor", Relation.OFFICE)),
    "card.settle": (("supervisor", Relation.OFFICE),),
    "calendar.view": (*_DESIGN, *_OPERATE, ("supervisor", Relation.ANY), ("caseworker", Relation.ANY), ("auditor", Relation.ANY)),
    "calendar.change": (("designer", Relation.OFFICE), ("supervisor", Relation.OFFICE)),
    "definition.view": (*_DESIGN, *_OPERATE, ("auditor", Relation.ANY)),
    "definition.deploy": (("designer", Relation.ANY),),
    "definition.publish": (("publisher", Relation.ANY),),
    "instance.view": (*_OPERATE, ("auditor", Relation.ANY)),
    "instance.change": _OPERATE,
    "instance.migrate": (*_OPERATE, ("publisher", Relation.ANY)),
    "incident.view": (*_OPERATE, ("auditor", Relation.ANY)),
    "incident.retry": _OPERATE,
    "machine.view": (*_OPERATE, ("auditor", Relation.ANY)),
    "machine.drain": _OPERATE,
    "job.work": (("machine", Relation.GROUP), *_OPERATE),
    "webhook.view": (*_OPERATE, ("auditor", Relation.ANY)),
    "webhook.change": _OPERATE,
    "audit.view": (("auditor", Relation.ANY),),
    "archive.view": (*_KEEP, ("supervisor", Relation.ANY), ("auditor", Relation.ANY)),
    "archive.export": (*_KEEP, ("auditor", Relation.ANY)),
    "archive.appraise": (*_KEEP, ("supervisor", Relation.ANY)),
    "archive.destroy": _KEEP,
}
"""action → who, in which relation. What is not here is refused."""

_WORDS: Mapping[str, tuple[str, str]] = {
    "case": ("查看或办理该办件", "work on this case"),
    "task": ("办理该任务", "work on this task"),
    "catalogue": ("管理事项", "change services"),
    "offer": ("比对或答复免申即享", "match or answer offers"),
    "item": ("查看或修改实施清单", "see or change implementation lists"),
    "definition": ("管理流程", "change processes"),
    "incident": ("处理故障", "settle incidents"),
    "job": ("领取外部作业", "fetch jobs for other systems"),
    "webhook": ("管理事件订阅", "manage webhooks"),
    "machine": ("查看或调度后台进程", "see or drain the machines"),
    "archive": ("鉴定、移交或销毁档案", "appraise, hand over or destroy records"),
    "instance": ("管理流程实例", "change running instances"),
    "board": ("查看监管看板", "see the supervision board"),
    "card": ("处理监察牌", "settle cards"),
    "substitution": ("设置委托代理", "appoint deputies"),
    "calendar": ("修改工作日历", "change the calendar"),
    "authorisation": ("授权他人代办", "let somebody act for you"),
    "counter": ("在窗口代录申请", "take applications in at a window"),
    "appointment": ("办理该预约", "settle this appointment"),
    "licence": ("查看或撤销证照", "see or revoke this licence"),
}


def may(tx: Transaction, action: str, about: About | None = None) -> bool:
    """Whether the actor may do `action` (a key of POLICY); unknown actions are refused. The platform itself may."""
    if tx.actor.kind is ActorKind.SYSTEM:
        return action in POLICY
    return any(_holds(tx.actor, role, relation, about or About()) for role, relation in POLICY.get(action, ()))


def _holds(actor: Actor, role: str, relation: Relation, about: About) -> bool:
    return _has(actor, role) and _stands(actor, role, relation, about)


def _has(actor: Actor, role: str) -> bool:
    if role == PUBLIC:
        return True
    if role == APPLICANT:
        return actor.kind in (ActorKind.CITIZEN, ActorKind.ENTERPRISE)
    return actor.kind is ActorKind.OFFICER and role in actor.roles


def _stands(actor: Actor, role: str, relation: Relation, about: About) -> bool:
    match relation:
        case Relation.ANY:
            return True
        case Relation.OWNER:
            return actor.id in about.owners or (actor.subject is not None and actor.subject in about.owners)
        case Relation.OFFICE:
            is_city = role == "supervisor" and actor.office == CITY_OFFICE
            return about.office is not None and (is_city or actor.office == about.office)
        case Relation.GROUP:
            return bool(actor.groups & about.groups)
        case Relation.HANDLER:
            return about.is_handled
        case Relation.ASSIGNEE:
            return about.assignee is not None and about.assignee in (actor.id, actor.on_behalf_of)


def require(tx: Transaction, action: str, about: About | None = None) -> None:
    """Raises NotYours unless `may`."""
    if not may(tx, action, about):
        words = _WORDS.get(action.split(".")[0], ("进行此操作", "do this"))
        raise NotYours(action=words, who=tx.actor.name, remedy=("本单位管理员", "your office's administrator"))


def mask_name(name: str) -> str:
    """A name with all but its first character hidden: `王**`."""
    return name[:1] + "*" * max(1, len(name) - 1)


def record_read(tx: Transaction, what: str, *, case_no: str | None, subject: str | None, purpose: str) -> None:
    """One access row: who read whose personal data, why, when (PIPL; DESIGN 12)."""
    actor = tx.actor
    tx.connection.execute(
        access_log.insert().values(
            id=new_id(),
            at=tx.now,
            account_id=actor.id,
            name=actor.name,
            office=actor.office,
            on_behalf_of=actor.on_behalf_of,
            what=what,
            case_no=case_no,
            subject=subject,
            purpose=purpose,
        )
    )


def reads_of(tx: Transaction, subject: str, limit: int = 50) -> tuple[Mapping[str, object], ...]:
    """Who read this subject's data, newest first: {at, name, office, what, case_no, purpose}; for the person and for auditors."""
    if tx.actor.subject != subject:
        require(tx, "audit.view")
    columns = (
        access_log.c.at,
        access_log.c.name,
        access_log.c.office,
        access_log.c.what,
        access_log.c.case_no,
        access_log.c.purpose,
    )
    query = sa.select(*columns).where(access_log.c.subject == subject).order_by(access_log.c.id.desc()).limit(limit)
    return tuple(tx.rows(query))


def reads_of_case(tx: Transaction, case_no: str, limit: int = 50) -> tuple[Mapping[str, object], ...]:
    """Who read a case, newest first: {at, name, office, what, purpose}; the caller has checked who may see the case."""
    columns = (access_log.c.at, access_log.c.name, access_log.c.office, access_log.c.what, access_log.c.purpose)
    query = sa.select(*columns).where(access_log.c.case_no == case_no).order_by(access_log.c.id.desc()).limit(limit)
    return tuple(tx.rows(query))
