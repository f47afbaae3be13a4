"""授权代办: given, accepted, used within its scope, revoked; the case names both, notices reach whom they agreed on."""

from dataclasses import replace
from datetime import date

import pytest

from engine.actors import Actor
from engine.casework import applications, authorisations, cases, notices
from engine.errors import Invalid, NotFound
from engine.transaction import Engine
from processes import people

GUIFANG, XUWEN = (people.person(login).actor() for login in ("chenguifang", "xuwen"))
ITEM = "MZ-GLJT-001"
WANTED = authorisations.Wanted("许文", XUWEN.subject or "", date(2026, 1, 1), date(2099, 12, 31), (ITEM,))


def given(town: Engine, wanted: authorisations.Wanted = WANTED, principal: Actor = GUIFANG) -> str:
    with town.begin(principal) as tx:
        made = authorisations.give(tx, wanted)
    with town.begin(XUWEN) as tx:
        authorisations.answer(tx, made.id, is_accepted=True)
    return made.id


def applied(town: Engine, authorisation_id: str) -> str:
    made = applications.apply(town, XUWEN, ITEM, {}, idempotency_key="k", authorisation_id=authorisation_id)
    return made.case_no


def test_an_agent_opens_the_principals_case_and_both_see_who_did(town: Engine) -> None:
    case_no = applied(town, given(town))

    with town.read(GUIFANG) as tx:
        own = cases.progress(tx, case_no)
    with town.read(XUWEN) as tx:
        seen = cases.mine(tx).rows
    assert (own.case.applicant_name, own.case.agent_name, own.case.outcome) == ("陈桂芳", "许文", "grant")
    assert [(line.who, line.is_agents) for line in own.lines if line.kind == "case.opened"] == [("许文", True)]
    assert [case.case_no for case in seen] == [case_no]


def test_a_revoked_authorisation_ends_at_once(town: Engine) -> None:
    authorisation_id = given(town)
    case_no = applied(town, authorisation_id)

    with town.begin(GUIFANG) as tx:
        authorisations.revoke(tx, authorisation_id)

    with town.read(XUWEN) as tx:
        assert cases.mine(tx).rows == ()
        with pytest.raises(NotFound):
            cases.progress(tx, case_no)
    with pytest.raises(authorisations.NotAuthorised):
        applications.apply(town, XUWEN, ITEM, {}, idempotency_key="again", authorisation_id=authorisation_id)


def test_notices_reach_whom_they_agreed_on(town: Engine) -> None:
    case_no = applied(town, given(town, replace(WANTED, tells="agent")))

    with town.read(XUWEN) as tx:
        told = {notice.template for notice in notices.mine(tx).rows if notice.case_no == case_no}
    with town.read(GUIFANG) as tx:
        spared = {notice.template for notice in notices.mine(tx).rows if notice.case_no == case_no}
    assert "licence.issued" in told
    assert spared == set()


def test_nobody_authorises_themselves_or_a_wrong_number(town: Engine) -> None:
    for number in (GUIFANG.subject or "", "110"):
        with town.begin(GUIFANG) as tx, pytest.raises(Invalid):
            authorisations.give(tx, replace(WANTED, agent_no=number))


def test_nobody_but_the_agent_accepts(town: Engine) -> None:
    with town.begin(GUIFANG) as tx:
        made = authorisations.give(tx, WANTED)

    with town.begin(GUIFANG) as tx, pytest.raises(NotFound):
        authorisations.answer(tx, made.id, is_accepted=True)
