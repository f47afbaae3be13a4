"""A case's history as sentences: what happened, when, by whom; a plain list for its applicant, everything for officers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from engine.actors import SYSTEM
from engine.calendar.limits import in_words
from engine.casework import special
from engine.casework.view import Line
from engine.runtime import history, outbox
from engine.transaction import Transaction

SENTENCES: Mapping[str, tuple[str, str]] = {
    "case.opened": ("提交申请", "Application submitted"),
    "case.taken_in": ("窗口收件（{by}）", "Taken in at the window by {by}"),
    "case.tolerated": ("容缺受理，限期补交材料", "Accepted conditionally; papers to follow by a date"),
    "case.promise_kept": ("已补交容缺材料", "The tolerated papers have come"),
    "case.accepted": ("予以受理", "Accepted"),
    "case.supplement_required": ("一次性告知补正：{reason}", "Supplement asked for in one notice: {reason}"),
    "case.supplemented": ("申请人提交补正", "Supplement handed in"),
    "case.acceptance_refused": ("不予受理：{reason}", "Acceptance refused: {reason}"),
    "case.review_started": ("进入审查", "Review started"),
    "case.special_opened": ("进入特别程序：{kind}，{days}", "Special procedure: {kind}, {days}"),
    "case.special_asked": ("申请特别程序：{kind}，{days}（{reason}）", "Special procedure asked for: {kind}, {days} ({reason})"),
    "case.special_refused": ("不同意特别程序：{kind}（{reason}）", "Special procedure not agreed to: {kind} ({reason})"),
    "case.special_closed": ("特别程序结束：{kind} {result}", "Special procedure ended: {kind} {result}"),
    "case.handed_over": ("转人工办理", "Handed over to a person"),
    "case.facts_recorded": ("记录核验信息", "Facts recorded"),
    "case.granted": ("作出准予决定", "Granted"),
    "case.refused": ("作出不予决定", "Refused"),
    "case.issuing": ("制证", "Being issued"),
    "case.delivered": ("结果送达", "Delivered"),
    "case.closed": ("办结：{result}", "Closed: {result}"),
    "case.terminated": ("终止办理：{result}", "Terminated: {result}"),
    "case.withdrawn": ("申请人撤回：{reason}", "Withdrawn by the applicant: {reason}"),
    "case.urged": ("申请人催办", "Urged by the applicant"),
    "case.reminded": ("上级催办", "Reminded by a superior"),
    "case.supervised": ("督办：{text}", "Supervision opened: {text}"),
    "case.supervision_answered": ("督办反馈", "Supervision answered"),
    "case.rated": ("申请人评价", "Rated by the applicant"),
    "case.message": ("留言", "Message"),
    "case.post_wanted": ("申请邮寄结果", "Result wished by post"),
    "case.posted": ("已交寄，运单号 {tracking_no}", "Posted, tracking number {tracking_no}"),
    "rating.answered": ("反馈整改结果", "Rectification answered"),
    "case.copied": ("抄送", "Copied to colleagues"),
    "case.read_by_colleague": ("阅知", "Read"),
    "document.issued": ("出具文书 {number}", "Document {number} issued"),
    "licence.issued": ("签发证照 {number}", "Licence {number} issued"),
    "licence.renewed": ("证照延续为 {number}", "Licence renewed as {number}"),
    "licence.changed": ("证照变更为 {number}", "Licence changed to {number}"),
    "licence.revoked": ("撤销证照 {number}：{reason}", "Licence {number} revoked: {reason}"),
    "entitlement.granted": ("发放待遇", "Entitlement granted"),
    "entitlement.tier": ("待遇标准调整，自 {from} 起", "Entitlement changes tier from {from}"),
    "entitlement.recover": ("已发放部分待追回", "What was paid too much is to be recovered"),
    "entitlement.stopped": ("停发待遇：{reason}", "Entitlement stopped: {reason}"),
    "sla.light_changed": ("时限灯变化：{from} → {to}", "Light changed: {from} → {to}"),
    "sla.extended": ("批准延期 {extension}：{reason}", "Extended by {extension}: {reason}"),
    "sla.paused": ("停表：{reason}", "Clock paused: {reason}"),
    "sla.resumed": ("恢复计时", "Clock resumed"),
    "sla.card_confirmed": ("确认发牌", "Card confirmed"),
    "sla.card_dropped": ("不予发牌：{reason}", "Card dropped before issue: {reason}"),
    "sla.card_appealed": ("监察牌申诉：{text}", "Card appealed: {text}"),
    "sla.card_settled": ("申诉处理：{answer}", "Appeal settled: {answer}"),
    "sla.escalated": ("逐级报告：{zh}", "Escalated: {en}"),
    "sla.card_cancelled": ("撤销监察牌：{reason}", "Card cancelled: {reason}"),
    "task.claimed": ("签收“{task}”", "Claimed “{task}”"),
    "task.unclaimed": ("退签“{task}”", "Put “{task}” back"),
    "task.assigned": ("派单“{task}”给 {to}", "“{task}” assigned to {to}"),
    "task.completed": ("完成“{task}”", "Completed “{task}”"),
    "task.transferred": ("转办“{task}”给 {to}：{reason}", "“{task}” transferred to {to}: {reason}"),
    "task.delegated": ("委派“{task}”给 {to}：{reason}", "“{task}” delegated to {to}: {reason}"),
    "task.handed_back": ("委派办结，交回“{task}”", "Delegated “{task}” handed back"),
    "file.added": ("上传文件 {name}", "File {name} added"),
    "file.removed": ("移除文件 {name}", "File {name} removed"),
    "task.materials_checked": ("逐项审核材料", "Materials checked one by one"),
    "case.remarked": ("沟通：{text}", "Remark: {text}"),
    "task.superseded": ("“{task}”（{who}）因 {by} 已办结而撤下", "“{task}” of {who} withdrawn, because {by} decided"),
    "task.signers_added": ("{kind} {to}：{reason}", "Signers added to “{task}”: {to}, {reason}"),
    "task.signer_removed": ("减签 {who}：{reason}", "Signer {who} removed: {reason}"),
    "task.signed": ("签署“{task}”", "Signed “{task}”"),
    "task.submitted_for_signing": ("“{task}”提交加签人员签署", "“{task}” submitted to its added signers"),
    "task.taken_back": ("撤回“{task}”", "“{task}” taken back"),
    "task.timed_out": ("“{task}”超时：{zh}", "“{task}” timed out: {en}"),
    "task.passed_automatically": ("“{task}”自动通过：{zh}", "“{task}” passed by itself: {en}"),
    "case.supervision_closed": ("督办办结", "Supervision closed"),
    "case.suspended": ("挂起：{reason}", "Suspended: {reason}"),
    "case.resumed": ("恢复办理", "Resumed"),
    "task.sent_back": ("退回到“{target}”：{reason}", "Sent back to “{target}”: {reason}"),
}
"""Kind of a history line → (zh, en); a kind that is not here belongs to the process, not to the case."""

KINDS: Sequence[str] = sorted({*SENTENCES, *outbox.KINDS})
"""Every kind of event that other systems may ask to be told of."""

FOR_APPLICANT = frozenset(
    kind
    for kind in SENTENCES
    if kind.startswith(("case.", "licence.", "entitlement.", "document."))
    and kind
    not in {
        "case.facts_recorded",
        "case.copied",
        "case.read_by_colleague",
        "case.reminded",
        "case.special_asked",
        "case.special_refused",
    }
) | {"sla.extended", "sla.paused", "sla.resumed", "task.completed"}
"""An applicant does not read who handed what to whom inside the office."""


BY_APPLICANT = frozenset({"case.opened", "case.supplemented", "case.withdrawn", "case.urged"})
_LIGHTS: Mapping[str, tuple[str, str]] = {
    "green": ("正常", "on time"),
    "warning": ("预警", "warning"),
    "yellow": ("黄牌", "yellow"),
    "red": ("红牌", "red"),
    "paused": ("停表", "paused"),
    "no_limit": ("无时限", "no limit"),
    "stopped": ("已停止", "stopped"),
}


_RESULTS: Mapping[str, tuple[str, str]] = {
    "granted": ("准予", "granted"),
    "refused": ("不予", "refused"),
    "filed": ("已备案", "filed"),
    "partly": ("部分事项未办成", "partly done"),
}


def _facts(data: Mapping[str, object], place: int) -> Mapping[str, object]:
    """The facts of a line; lights, usual results, special procedures and limits in words."""
    known, language = {**_LIGHTS, **_RESULTS, **special.KINDS}, ("zh", "en")[place]
    return _Facts({n: known[str(v)][place] if str(v) in known else in_words(v, language) for n, v in data.items()})


class _Facts(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return ""


def of_case(tx: Transaction, root_id: str, *, is_for_applicant: bool) -> tuple[Line, ...]:
    """The lines of a case, oldest first; the opening comes first although it is written with the first step."""
    rows = [row for row in history.of(tx, root_id) if _is_shown(row.kind, is_for_applicant)]
    applicant = next((row.actor_id for row in rows if row.kind == "case.opened"), "")
    lines = [_line(row, is_for_applicant, applicant) for row in rows]
    return tuple(sorted(lines, key=lambda line: (line.kind != "case.opened", line.at)))


def _is_shown(kind: str, is_for_applicant: bool) -> bool:
    return kind in (FOR_APPLICANT if is_for_applicant else SENTENCES)


def _line(row: history.Event, is_for_applicant: bool, applicant: str) -> Line:
    """What the platform did while the applicant waited is not signed with the applicant's name."""
    zh, en = SENTENCES[row.kind]
    is_inside = is_for_applicant and row.kind == "task.completed"
    is_machines = row.actor_id in (applicant, SYSTEM.id) and row.kind not in BY_APPLICANT
    return Line(
        at=row.at,
        kind=row.kind,
        zh=zh.format_map(_facts(row.data, 0)),
        en=en.format_map(_facts(row.data, 1)),
        who="" if is_inside or is_machines else row.actor_name,
        is_agents=row.kind in BY_APPLICANT and bool(row.on_behalf_of),
        data={} if is_for_applicant else row.data,
    )


def for_strangers(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The same without people's names and without what somebody wrote: for whoever holds a number and a code."""
    return tuple(replace(line, who="", zh=line.zh.split("：")[0], en=line.en.split(": ")[0]) for line in lines)


def latest(lines: Iterable[Line], kind: str) -> Line | None:
    """The newest line of a kind."""
    return next((line for line in reversed(tuple(lines)) if line.kind == kind), None)
