"""会签, 票签, 或签, 依次: how many must agree, who says no, what happens to the others; 加签 and 减签 beside them."""

import pytest

from engine.casework import cases, inbox, verbs
from engine.casework.inbox import TaskTaken
from engine.errors import Conflict
from engine.transaction import Engine
from tests.unit.casework.city import HEAD_OF_OFFICE
from tests.unit.casework.signing_city import (
    ALL,
    ANY,
    LI,
    RATIO,
    WANG,
    ZHANG,
    ZHAO,
    open_board,
    open_task,
    vote,
    waiting,
)


def said(city: Engine, case_no: str) -> list[tuple[object, object, object]]:
    with city.begin(HEAD_OF_OFFICE) as tx:
        return [(o["name"], o["type"], o["text"]) for o in verbs.opinions(tx, case_no) if o["task_name"] == "会签"]


def history(city: Engine, case_no: str, kind: str) -> list[str]:
    with city.begin(HEAD_OF_OFFICE) as tx:
        return [line.zh for line in cases.archive(tx, case_no).lines if line.kind == kind]


def test_all_sign_each_with_an_opinion_and_the_case_goes_on_after_the_last(city: Engine) -> None:
    case_no = open_board(city, condition=ALL)
    assert waiting(city, case_no) == ["board:li", "board:wang", "board:zhang"]

    vote(city, case_no, ZHANG, "agree", "同意")
    vote(city, case_no, LI, "agree", "无意见")
    assert waiting(city, case_no) == ["board:wang"]
    vote(city, case_no, WANG, "agree")

    assert waiting(city, case_no) == ["finish_up:"]
    assert said(city, case_no) == [("张一", "pass", "同意"), ("李二", "pass", "无意见"), ("王三", "pass", "")]


def test_one_veto_ends_an_all_sign_and_the_others_are_withdrawn_with_a_reason(city: Engine) -> None:
    case_no = open_board(city, condition=ALL)

    vote(city, case_no, LI, "reject", "不符合规划")

    assert waiting(city, case_no) == ["finish_up:"]
    assert said(city, case_no) == [("李二", "reject", "不符合规划")]
    assert sorted(history(city, case_no, "task.superseded")) == [
        "“会签”（张一）因 李二 已办结而撤下",
        "“会签”（王三）因 李二 已办结而撤下",
    ]


def test_a_ratio_passes_as_soon_as_enough_agree(city: Engine) -> None:
    case_no = open_board(city, condition=RATIO)

    vote(city, case_no, ZHANG, "agree")
    assert waiting(city, case_no) == ["board:li", "board:wang"]
    vote(city, case_no, WANG, "agree")

    assert waiting(city, case_no) == ["finish_up:"]


def test_a_ratio_fails_as_soon_as_it_can_no_longer_be_reached(city: Engine) -> None:
    case_no = open_board(city, condition=RATIO)

    vote(city, case_no, ZHANG, "reject")
    assert len(waiting(city, case_no)) == 2
    vote(city, case_no, LI, "reject")

    assert waiting(city, case_no) == ["finish_up:"]


def test_the_first_to_decide_decides_for_all(city: Engine) -> None:
    case_no = open_board(city, condition=ANY)
    late = str(open_task(city, case_no, "board", "wang")["id"])

    vote(city, case_no, ZHANG, "agree")

    assert waiting(city, case_no) == ["finish_up:"]
    with pytest.raises(TaskTaken, match="withdrew"):
        inbox.complete(city, WANG, late, {"verdict": "agree"})


def test_in_order_means_one_after_the_other(city: Engine) -> None:
    case_no = open_board(city, mode="sequential", condition="verdict = &quot;reject&quot;")

    assert waiting(city, case_no) == ["board:zhang"]
    vote(city, case_no, ZHANG, "agree")
    assert waiting(city, case_no) == ["board:li"]
    vote(city, case_no, LI, "agree")
    vote(city, case_no, WANG, "agree")

    assert waiting(city, case_no) == ["finish_up:"]


def test_a_refusal_in_order_asks_nobody_further(city: Engine) -> None:
    case_no = open_board(city, mode="sequential", condition="verdict = &quot;reject&quot;")

    vote(city, case_no, ZHANG, "reject")

    assert waiting(city, case_no) == ["finish_up:"]


def add(city: Engine, case_no: str, who: tuple[str, str] = ("zhao", "赵四")) -> str:
    mine = str(open_task(city, case_no, "board", "zhang")["id"])
    with city.begin(ZHANG) as tx:
        added = verbs.add_signers(tx, mine, [who], "beside", "专业意见")
    return added[-1].id


def test_a_signer_added_beside_the_others_counts_in_the_denominator(city: Engine) -> None:
    case_no = open_board(city, condition=RATIO)
    add(city, case_no)
    assert waiting(city, case_no) == ["board:li", "board:wang", "board:zhang", "board:zhao"]

    vote(city, case_no, ZHANG, "agree")
    vote(city, case_no, LI, "agree")
    assert len(waiting(city, case_no)) == 2  # two of four are not yet six in ten
    vote(city, case_no, ZHAO, "agree")

    assert waiting(city, case_no) == ["finish_up:"]


def test_an_added_signer_who_refuses_counts_as_any_other(city: Engine) -> None:
    case_no = open_board(city, condition=ALL)
    add(city, case_no)

    vote(city, case_no, ZHAO, "reject", "不同意")

    assert waiting(city, case_no) == ["finish_up:"]
    assert said(city, case_no) == [("赵四", "reject", "不同意")]


def test_only_added_signers_are_removed_and_the_condition_is_looked_at_again(city: Engine) -> None:
    case_no = open_board(city, condition=RATIO)
    signer_id = add(city, case_no)
    vote(city, case_no, ZHANG, "agree")
    vote(city, case_no, LI, "agree")
    assert len(waiting(city, case_no)) == 2

    with city.begin(ZHANG) as tx:
        verbs.remove_signer(tx, signer_id, "不需要")

    assert waiting(city, case_no) == ["finish_up:"]  # two of three are six in ten
    with city.begin(ZHANG) as tx, pytest.raises(verbs.NotAddedSigner):
        verbs.remove_signer(tx, signer_id, "再减")


def test_somebody_who_signs_already_is_not_added_twice(city: Engine) -> None:
    case_no = open_board(city, condition=ALL)

    with pytest.raises(Conflict, match="李二"):
        add(city, case_no, ("li", "李二"))


def test_a_task_for_several_can_be_sent_back_to_and_opens_for_all_of_them_anew(city: Engine) -> None:
    case_no = open_board(city, condition=ALL)
    for who in (ZHANG, LI, WANG):
        vote(city, case_no, who, "agree")
    last = str(open_task(city, case_no, "finish_up")["id"])
    from tests.unit.casework.signing_city import CLERK

    with city.begin(CLERK) as tx:
        inbox.claim(tx, last)
    verbs.send_back(city, CLERK, last, "board", "请重新会签")

    assert waiting(city, case_no) == ["board:li", "board:wang", "board:zhang"]
    for who in (ZHANG, LI, WANG):
        vote(city, case_no, who, "agree")
    assert waiting(city, case_no) == ["finish_up:"]


def test_one_signer_of_several_sends_the_whole_round_back(city: Engine) -> None:
    case_no = open_board(city, condition=ALL)
    vote(city, case_no, ZHANG, "agree")

    verbs.send_back(city, LI, str(open_task(city, case_no, "board", "li")["id"]), "collect", "材料有误", ["name"])

    assert waiting(city, case_no) == ["collect:"]
    again = str(open_task(city, case_no, "collect")["id"])
    with city.begin(HEAD_OF_OFFICE) as tx:
        why = verbs.returned(tx, again)
    assert why is not None
    assert (why.from_name, why.reason, why.fields, why.mode) == ("会签", "材料有误", ("name",), "walk")
