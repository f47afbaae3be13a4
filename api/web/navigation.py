"""The main navigation by role, and the sentences that say what was just done."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request, url_for

from api import current
from engine.actors import Actor, ActorKind
from engine.casework import inbox, notices, signatures

DONE: Mapping[str, tuple[str, str, str]] = {
    "saved": ("ok", "已保存。", "Saved."),
    "authorised": ("ok", "已发给受托人，待其确认后生效。", "Sent to the agent; it holds once they accept."),
    "authorisation-accept": ("ok", "已接受，您现在可以代办。", "Accepted; you may act for them now."),
    "authorisation-decline": ("ok", "已谢绝。", "Declined."),
    "authorisation-revoke": ("ok", "授权已结束。", "The authorisation has ended."),
    "authorisation-recorded": ("ok", "授权委托书已登记，立即生效。", "The power of attorney is recorded; it holds at once."),
    "claimed": ("ok", "已签收，任务在“我的待办”中。", "Claimed; it is among your tasks now."),
    "unclaimed": ("ok", "已退回待签收。", "Put back into the pool."),
    "completed": ("ok", "已提交，流程已进入下一环节。", "Done; the case has moved on."),
    "supplement": ("ok", "已一次性告知申请人补正。", "The applicant has been told everything that is missing."),
    "child-dropped": ("ok", "已取消该事项。", "It is cancelled."),
    "signed": ("ok", "已签署。", "Signed."),
    "papers": ("ok", "容缺材料已补交。", "The papers you promised have been handed in."),
    "supplemented": ("ok", "补正材料已提交。", "Your supplement has been handed in."),
    "withdrawn": ("ok", "申请已撤回。", "The application is withdrawn."),
    "urged": ("ok", "已催办，经办人已收到提醒。", "Urged; whoever has the case has been told."),
    "shared": ("ok", "出示码已生成。", "Here is your code."),
    "share_ended": ("ok", "出示码已失效。", "The code has ended."),
    "sent": ("ok", "留言已发送。", "Your message was sent."),
    "disputed": (
        "ok",
        "数据异议已提交，五个工作日内答复。",
        "Your objection was sent; an answer within five working days.",
    ),
    "rated": (
        "ok",
        "评价已提交，谢谢。差评会在一个工作日内核实。",
        "Thank you. A bad rating is looked into within a working day.",
    ),
    "uploaded": ("ok", "上传成功，已保存为草稿版本。", "Uploaded and kept as a draft version."),
    "handed-in": ("ok", "已提交审核，须由另一位人员发布。", "Handed in; somebody else reviews and publishes it."),
    "item-published": ("ok", "已发布，公众现在看到新版本。", "Published; the public reads the new version now."),
    "published": ("ok", "已发布，新申请将使用该版本。", "Published; new applications take this version."),
    "switched": ("ok", "自动办理开关已更新。", "The automatic-approval switch is changed."),
    "changed": ("ok", "已执行，流程已按新的位置继续。", "Done; the instance goes on from there."),
    "stilled": ("ok", "已挂起，计时保留剩余时间。", "Suspended; timers keep what remains."),
    "going_on": ("ok", "已恢复运行。", "It goes on."),
    "ended": ("ok", "已终止。", "Ended."),
    "draining": ("ok", "该进程将办完手头的作业，不再领取新的。", "It finishes what it has and takes nothing new."),
    "drained-not": ("ok", "该进程恢复领取作业。", "It takes work again."),
    "intake-paused": ("ok", "该事项已暂停收件，在办的不受影响。", "The service takes no new applications; running cases go on."),
    "intake-resumed": ("ok", "该事项已恢复收件。", "The service takes applications again."),
    "hook-changed": ("ok", "订阅已更新。", "The webhook is changed."),
    "hook-removed": ("ok", "订阅及其投递记录已删除。", "The webhook and its deliveries are gone."),
    "hook-tried": ("ok", "测试事件已进入投递队列。", "A test event is on its way."),
    "redelivered": ("ok", "已重新排队投递。", "It goes out again."),
    "settled-all": ("ok", "已成批处理；未能处理的仍在列表中。", "Settled; what could not be is still in the list."),
    "retried": ("ok", "已重新执行。", "Tried again."),
    "skipped": ("ok", "已跳过该步骤。", "The step was skipped."),
    "moved": ("ok", "任务已转交。", "The task has been handed over."),
    "reminded": ("ok", "已催办。", "Reminded."),
    "supervised": ("ok", "已下达督办。", "Supervision opened."),
    "extended": ("ok", "已批准延期。", "Extended."),
    "recalculating": (
        "ok",
        "日历已更新，所有在办时限正在重算。",
        "The calendar is changed; every open limit is being recomputed.",
    ),
    "confirmed": ("ok", "已确认发牌。", "The card is issued."),
    "dropped": ("ok", "该牌不予发出。", "The card will not be issued."),
    "appealed": ("ok", "申诉已提交。", "The appeal is made."),
    "settled": ("ok", "已处理。", "Settled."),
    "sent_back": ("ok", "已退回。", "Sent back."),
    "signers": ("ok", "加签已更新。", "The signers are changed."),
    "taken_back": ("ok", "已撤回，任务重新由您办理。", "Taken back; the task is yours again."),
    "removed": ("ok", "已移除。", "Removed."),
    "file_added": ("ok", "文件已上传。", "The file is uploaded."),
    "suspended": ("ok", "已挂起，时限暂停。", "Suspended; the time limit is paused."),
    "resumed": ("ok", "已恢复办理。", "The case goes on."),
    "taken_in": ("ok", "已收件，请打印凭证交给申请人。", "Taken in; print the receipt for the applicant."),
    "received": ("ok", "已到号。", "Received."),
    "booked": ("ok", "预约成功，请按时到窗口并出示预约码。", "Booked; show the code at the window."),
    "unbooked": ("ok", "预约已取消。", "Cancelled."),
    "paused": (
        "ok",
        "特别程序已开始，时限暂停，已书面告知申请人。",
        "The special procedure is open, the limit paused, the applicant told.",
    ),
    "pause_asked": ("ok", "停表申请已提交，等待负责人审批。", "Asked for; the head of the office approves or refuses."),
    "pause_refused": ("ok", "已答复不同意，时限照常计算。", "Refused; the limit runs on."),
    "unpaused": ("ok", "特别程序已结束，时限继续计算。", "The special procedure is closed; the limit runs again."),
    "terminated": ("ok", "已终止办理。", "The case is terminated."),
    "closed_supervision": ("ok", "督办已办结。", "The supervision is closed."),
    "cancelled": ("ok", "已撤牌。", "The card is cancelled."),
    "approved": ("ok", "已批准销毁，须由另一人执行。", "Approved; somebody else destroys them."),
    "kept-longer": ("ok", "已延期保管，期满后再次鉴定。", "Kept for longer; they are proposed again afterwards."),
    "destroyed": ("ok", "已销毁，并记入登记簿。", "Destroyed and entered in the register."),
    "signed_out": ("ok", "已退出登录。", "You are signed out."),
}


_ROOTS = frozenset({"/", "/ops", "/desk", "/supervise", "/design"})
"""Addresses below which other entries of the navigation live."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One link. count: a badge, 0 for none; `99+` from a hundred on."""

    url: str
    zh: str
    en: str
    is_here: bool
    count: str = ""


def navigation() -> list[Entry]:
    """The links of the actor's roles."""
    actor = current.actor()
    if actor is None or actor.kind in (ActorKind.CITIZEN, ActorKind.ENTERPRISE):
        return _public(actor)
    return [entry for role, build in _BY_ROLE.items() if role in actor.roles for entry in build(actor)]


def _entry(endpoint: str, zh: str, en: str, count: int = 0) -> Entry:
    url = url_for(endpoint)
    is_here = request.path == url or (url not in _ROOTS and request.path.startswith(f"{url}/"))
    return Entry(url, zh, en, is_here, "99+" if count >= 100 else str(count or ""))


def _public(actor: Actor | None) -> list[Entry]:
    links = [_entry("public.home", "首页", "Home"), _entry("public.services", "办事", "Services")]
    if actor is not None:
        with current.engine().read(actor) as tx:
            unread, unsigned = notices.unread(tx), len(signatures.waiting(tx))
        links += [_entry("my.cases", "我的办件", "My cases"), _entry("my.wallet", "证照", "Licences")]
        links += [_entry("signatures.waiting", "待签署", "To sign", unsigned)] if unsigned else []
        links += [_entry("my.messages", "消息", "Messages", unread)]
    return links


def _caseworker(actor: Actor) -> list[Entry]:
    with current.engine().read(actor) as tx:
        counts = inbox.counts(tx)
    return [
        _entry("desk.mine", "我的待办", "My tasks", counts.mine),
        _entry("desk.pool", "待签收", "Pool", counts.pool),
        _entry("desk.done", "已办", "Done"),
        _entry("counter.new", "窗口", "Window"),
        _entry("desk.cases", "办件查询", "Cases"),
        _entry("desk.copies", "抄送", "Copies"),
        _entry("desk.settings", "设置", "Settings"),
    ]


def _supervisor(actor: Actor) -> list[Entry]:
    links = [_entry("supervise.board", "时限监管", "Time limits"), _entry("supervise.alerts", "预警与超期", "Alerts")]
    links += [
        _entry("supervise.pauses", "停表审批", "Pauses"),
        _entry("supervise.cards", "监察牌", "Cards"),
        _entry("supervise.instant", "秒报秒批", "Instant"),
        _entry("ratings.satisfaction", "好差评", "Ratings"),
        _entry("supply.items", "事项目录", "Services"),
        _entry("calendars.sheet", "工作日历", "Calendars"),
        _entry("retention.all", "档案期限", "Retention"),
    ]
    return links if "caseworker" in actor.roles else [*links, _entry("desk.cases", "办件查询", "Cases")]


def _designer(actor: Actor) -> list[Entry]:
    links = [_entry("design.packages", "流程库", "Processes"), _entry("design.upload", "上传", "Upload")]
    links += [_entry("design_forms.every", "表单", "Forms"), _entry("supply.items", "事项目录", "Services")]
    return [*links, _entry("calendars.sheet", "工作日历", "Calendars")]


def _publisher(actor: Actor) -> list[Entry]:
    if "designer" in actor.roles:
        return []
    return [_entry("design.packages", "流程库", "Processes"), _entry("supply.items", "事项目录", "Services")]


def _operator(actor: Actor) -> list[Entry]:
    return [
        _entry("ops.room", "运行", "Running"),
        _entry("ops.incidents", "故障", "Incidents"),
        _entry("ops.instances", "实例", "Instances"),
        _entry("ops.work", "作业与定时", "Jobs and timers"),
        _entry("webhooks.all", "事件订阅", "Webhooks"),
        *_archivist(actor),
    ]


def _archivist(actor: Actor) -> list[Entry]:
    return [_entry("retention.all", "档案期限", "Retention")]


_BY_ROLE = {
    "caseworker": _caseworker,
    "supervisor": _supervisor,
    "designer": _designer,
    "publisher": _publisher,
    "operator": _operator,
    "archivist": _archivist,
}
