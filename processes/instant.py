"""What makes an item instant 秒批: the eight conditions of DOMAIN 1.2, as a checklist in the manifest and against the package."""

from collections.abc import Iterator, Mapping

from engine.errors import Finding, Severity

CHECKLIST: Mapping[str, tuple[str, str]] = {
    "closed_tests": ("每个条件都是对事实的封闭判断，没有裁量", "every condition is a closed test on a fact, without discretion"),
    "authoritative_facts": (
        "每个事实来自权威数据源或法律允许的承诺",
        "every fact is authoritative or lawfully declared",
    ),
    "no_hearing_or_visit": (
        "不需要听证、现场核查、专家评审，不涉及第三人权利",
        "no hearing, visit, expert or third-party right",
    ),
    "no_quota": ("没有数量限制或竞争", "no limit of number and no competition"),
    "identity_proven": ("申请人身份已核实", "the applicant's identity is proven"),
    "reversible": ("错误准予可以撤销、追回，事后核查", "a wrong grant can be taken back and is checked later"),
    "electronic_result": ("结果可以电子签发", "the result can be issued electronically"),
    "no_fee_at_counter": ("不收费或在线缴费", "no fee, or paid on line"),
}
"""Condition → words. If only `authoritative_facts` fails the item is 秒报 without 秒批; if `no_hearing_or_visit` fails it is
accepted automatically and decided by a person."""


def check(manifest: Mapping[str, object]) -> Iterator[Finding]:
    """Findings for an item of kind `instant`: a condition that does not hold is an error, a missing checklist a note."""
    item, instant = _table(manifest, "item"), _table(manifest, "instant")
    if item.get("kind") != "instant":
        return
    given = instant.get("eligibility")
    if not isinstance(given, Mapping):
        said = ("The manifest has no [instant.eligibility] checklist.", "清单没有 [instant.eligibility] 秒批条件核对表。")
        yield Finding(Severity.NOTE, "instant.unchecked", "instant.eligibility", *said)
        return
    for key, (zh, en) in CHECKLIST.items():
        if given.get(key) is not True:
            said = (f"An instant item needs: {en}.", f"秒批事项必须满足：{zh}。")
            yield Finding(Severity.ERROR, "instant.condition", f"instant.eligibility.{key}", *said)
    if instant.get("automatic_refusal") is True and not instant.get("refusal_basis"):
        said = (
            "An automatic refusal needs its legal basis (instant.refusal_basis).",
            "自动不予须写明依据（instant.refusal_basis）。",
        )
        yield Finding(Severity.ERROR, "instant.refusal", "instant.automatic_refusal", *said)


def _table(manifest: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = manifest.get(name)
    return found if isinstance(found, Mapping) else {}
