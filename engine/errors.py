"""Every refusal the platform can give, in both languages of the city.

The docstring of a leaf is its English sentence and `zh` its Chinese one; facts are keyword arguments that both templates name
(a pair is read as (Chinese, English)).
Grammar: what was expected, what was found, what to do. Only `api/errors.py` knows which status code a family has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Severity(StrEnum):
    """How much a finding matters: an error stops publication, a warning is shown, a note explains."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One located sentence about an uploaded file or a submitted form.

    code: constant such as `bpmn.flow.dangling`. pointer: element id, rule number or JSON pointer, None for the whole file.
    en, zh: full sentences that name the fact and the remedy."""

    severity: Severity
    code: str
    pointer: str | None
    en: str
    zh: str

    def sentence(self, language: str = "zh") -> str:
        """The sentence in `zh` or `en` (anything not starting with `zh` is English)."""
        return self.zh if language.startswith("zh") else self.en


class TongbanError(Exception):
    """Something was refused."""

    zh: ClassVar[str] = "操作被拒绝。"

    def __init__(self, *, findings: Sequence[Finding] = (), **facts: object) -> None:
        self.facts: Mapping[str, object] = facts
        self.findings: tuple[Finding, ...] = tuple(findings)
        super().__init__(self.sentence("en"))

    @property
    def code(self) -> str:
        """The class name in kebab case; the last segment of the problem `type`."""
        name = type(self).__name__
        return "".join("-" + c.lower() if c.isupper() else c for c in name).lstrip("-")

    def sentence(self, language: str = "zh") -> str:
        """The whole sentence with its facts, in `zh` or `en`."""
        is_chinese = language.startswith("zh")
        template = self.zh if is_chinese else (type(self).__doc__ or "").strip()
        words = {k: v[0 if is_chinese else 1] if isinstance(v, tuple) else v for k, v in self.facts.items()}
        return template.format_map(_Facts(words))


class _Facts(dict[str, object]):
    """Facts for a template; a fact that was not given reads as a question mark rather than as a crash."""

    def __missing__(self, key: str) -> str:
        return "?"


class Invalid(TongbanError):
    """Expected valid input, but it has {count} problem(s); each is listed."""

    zh = "提交的内容有 {count} 处问题，请逐条修改。"

    def __init__(self, *, findings: Sequence[Finding] = (), **facts: object) -> None:
        super().__init__(findings=findings, **{"count": len(findings), **facts})


class NotFound(TongbanError):
    """Expected to find {thing} {key}, but there is none that you may see."""

    zh = "没有找到您可以查看的{thing} {key}。"


class Forbidden(TongbanError):
    """Expected someone who may {action}, but {who} may not; ask {remedy}."""

    zh = "{who} 无权{action}；请联系{remedy}。"


class Unauthenticated(TongbanError):
    """Expected a signed-in person, but nobody is signed in; sign in first."""

    zh = "请先登录。"


class Conflict(TongbanError):
    """Expected {expected}, but {found}."""

    zh = "应为{expected}，实际为{found}。"


class Unavailable(TongbanError):
    """Expected {thing} to answer, but it did not; try again in {retry_seconds} seconds."""

    zh = "{thing} 暂时无法访问，请 {retry_seconds} 秒后重试。"


class TooMany(TongbanError):
    """Expected fewer requests of one client at once; try again in {retry_seconds} seconds."""

    zh = "同一用户同时发出的请求过多，请 {retry_seconds} 秒后重试。"


class TooLarge(TongbanError):
    """Expected {thing} of at most {limit}, but it has {found}."""

    zh = "{thing} 不得超过 {limit}，实际为 {found}。"
