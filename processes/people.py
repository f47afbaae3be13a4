"""The people of the demo city as accounts: officers from a table, citizens and enterprises from the simulated registers."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import cast

from engine.actors import ActorKind
from engine.casework.accounts import Person
from engine.errors import NotFound
from processes.simulators import registers

FILE = Path(__file__).parent / "city" / "officers.toml"
_FIRST: Mapping[str, int] = {"chenguifang": 1, "weiran": 2}
"""Who stands first among the one-click people; the other residents follow the officers."""
_RESIDENTS = 20


@cache
def everybody() -> Mapping[str, Person]:
    """All people by login, which is their id, too."""
    return {person.login: person for person in (*_officers(), *_residents(), *_enterprises())}


def person(login: str) -> Person:
    """One of them. Raises NotFound."""
    if login not in everybody():
        raise NotFound(thing=("人员", "the person"), key=login)
    return everybody()[login]


def _officers() -> list[Person]:
    table = cast(Mapping[str, Mapping[str, object]], tomllib.loads(FILE.read_text("utf-8")))
    return [_officer(login, row) for login, row in table.items()]


def _officer(login: str, row: Mapping[str, object]) -> Person:
    title = cast(Mapping[str, str], row["title"])
    return Person(
        id=login,
        login=login,
        name=str(row["name"]),
        kind=ActorKind.OFFICER,
        office=str(row["office"]),
        roles=tuple(cast(list[str], row["roles"])),
        groups=(*cast(list[str], row["groups"]), *_rectifying(row)),
        title_zh=title["zh"],
        title_en=title["en"],
        position=cast(int, row["position"]),
    )


def _rectifying(row: Mapping[str, object]) -> Iterator[str]:
    """谁办理谁负责: every caseworker may rectify what the own office was rated badly for; the city's bureau rules on appeals."""
    if "caseworker" in cast(list[str], row["roles"]):
        yield f"rectify-{row['office']}"
    if "supervisor" in cast(list[str], row["roles"]):
        yield "ratings-office"


def _residents() -> list[Person]:
    return [
        _party(nth, subject, row, "population", ActorKind.CITIZEN)
        for nth, (subject, row) in enumerate(registers.people().items())
    ]


def _enterprises() -> list[Person]:
    return [
        _party(nth + 50, subject, row, "enterprise", ActorKind.ENTERPRISE)
        for nth, (subject, row) in enumerate(registers.enterprises().items())
    ]


def _party(nth: int, subject: str, row: Mapping[str, object], source: str, kind: ActorKind) -> Person:
    login, known = str(row["login"]), cast(Mapping[str, object], row[source])
    zh, _, en = str(row.get("note") or "企业 / enterprise").partition(" / ")
    prefix = ("市民 · ", "Citizen, ") if kind is ActorKind.CITIZEN else ("", "")
    return Person(
        id=login,
        login=login,
        name=str(known["name"]),
        kind=kind,
        subject=subject,
        title_zh=prefix[0] + zh,
        title_en=prefix[1] + en,
        position=_FIRST.get(login, _RESIDENTS + nth),
    )
