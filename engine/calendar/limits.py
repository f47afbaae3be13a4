"""Time limits as the law writes them: an amount and one of four units."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.errors import Invalid


class Unit(StrEnum):
    """Natural day 自然日, working day 工作日, natural hour 自然时, working hour 工作时 (DOMAIN 2.3)."""

    ND = "ND"
    WD = "WD"
    NH = "NH"
    WH = "WH"


class Mode(StrEnum):
    """How days are counted: by the law's days, or by seconds inside office hours as e-supervision does (DOMAIN 2.3)."""

    DAY = "day"
    ELAPSED = "elapsed"


class LimitUnreadable(Invalid):
    """Expected a time limit such as 5WD, 10ND, 4WH or 24NH, but it reads {text}; write a whole number and a unit."""

    zh = "时限应写成 5WD、10ND、4WH 或 24NH 这样的整数加单位，实际为“{text}”。"


class PauseBackwards(Invalid):
    """Expected a pause that ends after it begins, but it runs from {start} to {end}; exchange the two."""

    zh = "停表的结束时刻不能早于开始时刻：{start} 至 {end}；请对调。"


_PATTERN = re.compile(r"\s*(\d{1,5})\s*(ND|WD|NH|WH)\s*", re.IGNORECASE)
_WORDS = {
    Unit.ND: ("自然日", "calendar day"),
    Unit.WD: ("工作日", "working day"),
    Unit.NH: ("小时", "hour"),
    Unit.WH: ("工作小时", "working hour"),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """amount: whole number >= 0. 0WD is the close of the same day."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    @property
    def counts_days(self) -> bool:
        """Whether it counts days rather than hours."""
        return self.unit in (Unit.ND, Unit.WD)

    def words(self, language: str = "zh") -> str:
        """`5 个工作日`, `5 working days`."""
        zh, en = _WORDS[self.unit]
        if language.startswith("zh"):
            return f"{self.amount} {'个' if self.unit is not Unit.NH else ''}{zh}"
        return f"{self.amount} {en}{'' if self.amount == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Pause:
    """An interval that is not counted. start, end: aware; end None while it is open.

    declared: the duration told to the applicant; at most this much is deducted, an overrun counts again (DOMAIN 2.3)."""

    start: datetime
    end: datetime | None = None
    declared: Limit | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise PauseBackwards(start=self.start.isoformat(), end=self.end.isoformat())


def in_words(text: object, language: str = "zh") -> object:
    """`5WD` as `5 个工作日`; whatever is no limit as it is."""
    found = _PATTERN.fullmatch(text) if isinstance(text, str) else None
    return text if found is None else parse(found[0]).words(language)


def parse(text: str) -> Limit:
    """The limit that `5WD`, `10ND`, `4WH` or `24NH` means. Raises LimitUnreadable."""
    found = _PATTERN.fullmatch(text)
    if found is None:
        raise LimitUnreadable(text=text)
    return Limit(int(found[1]), Unit(found[2].upper()))
