"""What the faults are called, in both languages, with the run that leads to them."""

from collections.abc import Mapping, Sequence

from engine.errors import Finding, Severity

_SENTENCES: Mapping[str, tuple[str, str]] = {
    "deadlock": (
        "A case can get stuck at {element}: it waits for a token that can no longer come. Run: {path}.",
        "流程可能在 {element} 停滞：它等待的令牌不会再到达。路径：{path}。",
    ),
    "left-over": (
        "One branch can end while another stays stuck at {element}. Run: {path}.",
        "一个分支可以结束，而另一个分支停滞在 {element}。路径：{path}。",
    ),
    "unsynchronised": (
        "Two tokens can come along {element}: parallel branches meet without a joining gateway. Run: {path}.",
        "{element} 上可能出现两个令牌：并行分支未经汇合网关即相遇。路径：{path}。",
    ),
    "unbounded": (
        "Tokens can multiply without end at {element}. Run: {path}.",
        "{element} 处的令牌可能无限增加。路径：{path}。",
    ),
    "dead": ("No run ever reaches {element}.", "没有任何路径能到达 {element}。"),
    "endless": (
        "From {element} no run ever comes to an end. Run: {path}.",
        "从 {element} 起没有任何路径能够结束。路径：{path}。",
    ),
    "bounded": (
        "The diagram has more states than were looked at ({states}); faults beyond are possible.",
        "流程状态过多，仅检查了 {states} 个状态，可能仍有未发现的问题。",
    ),
}
_MAX_SHOWN = 60


def finding_of(kind: str, element: str, path: Sequence[str], states: int) -> Finding:
    """The finding of one fault."""
    en, zh = _SENTENCES[kind]
    shown = " → ".join(path[:_MAX_SHOWN]) + (" → …" if len(path) > _MAX_SHOWN else "")
    severity = Severity.NOTE if kind == "bounded" else Severity.WARNING
    facts = {"element": element, "path": shown, "states": states}
    return Finding(severity, f"bpmn.sound.{kind}", element, en.format(**facts), zh.format(**facts))
