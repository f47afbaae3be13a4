"""Versions of a decision: decisions of one name in one file, each saying from when and until when it holds."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from engine.dmn.elements import DecisionElement
from engine.errors import Finding, Severity
from engine.feel.temporal_text import parse_date


def check_versions(versions: Sequence[DecisionElement]) -> Iterator[Finding]:
    """Days that are none, days without a version between two, and days with two versions. versions: the newest first."""
    for version in versions:
        yield from _unreadable(version)
    for later, earlier in pairwise(versions):
        last, first = parse_date(earlier.valid_until), parse_date(later.valid_from)
        if last is None or first is None or last.days >= first.days:
            yield _finding(
                "dmn.version.overlap",
                later,
                f"also holds while the version from {earlier.valid_from or 'the beginning'} does; the later one counts. "
                "End the earlier one on the day before.",
                f"与较早版本（{earlier.valid_from or '最初'}起）同时有效，以较新版本为准；请把较早版本的截止日改为前一日。",
            )
        elif first.days - last.days > 1:
            yield _finding(
                "dmn.version.gap",
                later,
                f"begins after {earlier.valid_until}, when the earlier version ended: no rules hold on the days between.",
                f"生效前有空档：较早版本于 {earlier.valid_until} 截止，其间没有规则。",
            )


def _unreadable(version: DecisionElement) -> Iterator[Finding]:
    for name, written in (("validFrom", version.valid_from), ("validUntil", version.valid_until)):
        if written and parse_date(written) is None:
            yield Finding(
                Severity.ERROR,
                "dmn.version.date",
                version.id,
                f"`{name}` of “{version.label or version.name}” is `{written}`; write a day such as 2026-01-01.",
                f"“{version.label or version.name}”的 {name} 为“{written}”，应写成 2026-01-01 这样的日期。",
            )


def _finding(code: str, version: DecisionElement, en: str, zh: str) -> Finding:
    when, when_zh = (f" from {version.valid_from}", f"（{version.valid_from}起）") if version.valid_from else ("", "")
    name = version.label or version.name
    return Finding(Severity.WARNING, code, version.id, f"The version{when} of “{name}” {en}", f"“{name}”的版本{when_zh}{zh}")
