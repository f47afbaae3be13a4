"""The supply side: lists go out and come in as files, are checked, reviewed by a second person, published, localised."""

import pytest

from engine.actors import Actor
from engine.casework import catalogue, guides, search
from engine.casework.supply import checks, drafting, files, localising, rows
from engine.casework.supply.drafting import ItemDraft, Overtaken, OwnDraft
from engine.casework.supply.files import FileUnreadable
from engine.errors import Forbidden, Invalid, Severity
from engine.transaction import Engine
from processes import people
from processes.library import generate
from tests.unit.citizen.conftest import wired

DENG, QIAN, LIU, XUWEN = (people.person(login).actor() for login in ("denggong", "qianyu", "liuli", "xuwen"))


@pytest.fixture
def library(engine: Engine, clock: object) -> Engine:
    made = wired(engine, clock, "elder-allowance")  # type: ignore[arg-type]
    generate.load(made, 400)
    return made


@pytest.fixture
def code(library: Engine) -> str:
    with library.read(DENG) as tx:
        found = search.find(tx, "", search.Filters(level="city", online=False))
        return found.codes[0]


def drafted(library: Engine, code: str, **changes: str) -> ItemDraft:
    with library.begin(DENG) as tx:
        draft = drafting.start(tx, code)
        return drafting.save(tx, draft.id, changes)


def reviewed(library: Engine, code: str, **changes: str) -> ItemDraft:
    draft = drafted(library, code, **changes)
    with library.begin(DENG) as tx:
        return drafting.hand_in(tx, draft.id)


def test_a_list_is_the_same_after_going_out_and_coming_in(library: Engine) -> None:
    with library.read(DENG) as tx:
        items = catalogue.items_of(tx, search.find(tx, "", search.Filters()).codes[:300])

    assert all(rows.applied(item.manifest, rows.of(item.manifest)) == item.manifest for item in items)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_every_kind_of_file_carries_the_rows_whole(library: Engine, code: str, kind: str) -> None:
    with library.read(DENG) as tx:
        row = rows.of(catalogue.item(tx, code).manifest)
    row["summary.zh"] = '第一行，"引号"\n第二行 <&> =1+1'

    assert files.read(f"items.{kind}", files.written([row], kind)) == [row]


def test_headings_may_be_chinese_and_the_encoding_that_of_old_spreadsheets() -> None:
    content = "实施编码,事项名称,到现场次数\nA-001,测试事项,2\n".encode("gb18030")

    assert files.read("a.csv", content) == [{"code": "A-001", "name.zh": "测试事项", "visits": "2"}]


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"{", b"PK\x03\x04rubbish", b'[{"name": 1}]', b"\xff\xfe\x00"])
def test_what_is_no_list_of_services_is_refused(content: bytes) -> None:
    with pytest.raises(FileUnreadable):
        files.read("a.csv", content)


def test_a_generated_list_is_complete_and_free_of_conflicts(library: Engine) -> None:
    with library.read(DENG) as tx:
        city = checks.known(tx)
        items = catalogue.items_of(tx, search.find(tx, "", search.Filters(online=False)).codes)

    wrong = {item.code: f for item in items for f in checks.examine(item.manifest, city) if f.severity is Severity.ERROR}
    assert wrong == {}


@pytest.mark.parametrize(
    ("field", "value", "finding"),
    [
        ("name.zh", "", "record.missing"),
        ("limits.committed", "90WD", "record.promise"),
        ("limits.committed", "soon", "record.limit"),
        ("office", "nowhere", "record.office"),
        ("level", "county", "record.level"),
        ("catalog_code", "4499", "record.entry"),
        ("effective_to", "2020-01-01", "record.dates"),
        ("links", "审查 | Review | 90WD", "record.total"),
        ("materials", "a | 身份证 | ID | gaj | 原件 | 1 | 是 | no-such-licence", "record.licence"),
        ("materials", "a | 身份证 | ID | gaj | 原件 | 1 | 是 | | population.shoe_size", "record.element"),
        ("materials", "a | 身份证 | ID | gaj | 原件 | 1 | 是 | | | who=nobody", "record.situation"),
    ],
)
def test_what_is_missing_or_contradicts_itself_is_found_at_its_field(
    library: Engine, code: str, field: str, value: str, finding: str
) -> None:
    draft = drafted(library, code, **{field: value})

    with pytest.raises(Invalid) as refused, library.begin(DENG) as tx:
        drafting.hand_in(tx, draft.id)

    assert (finding, f"/{field}") in [(f.code, f.pointer) for f in refused.value.findings]


def test_two_services_of_one_office_under_one_name_are_a_conflict(library: Engine, code: str) -> None:
    with library.read(DENG) as tx:
        item = catalogue.item(tx, code)
        other = next(
            i for i in catalogue.items_of(tx, search.find(tx, "", search.Filters(office=item.office)).codes) if i.code != code
        )
    draft = drafted(library, code, **{"name.zh": other.name["zh"]})

    with pytest.raises(Invalid) as refused, library.begin(DENG) as tx:
        drafting.hand_in(tx, draft.id)

    assert "record.twice" in [f.code for f in refused.value.findings]


def test_a_cell_that_cannot_be_read_is_named(library: Engine, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        drafted(library, code, visits="many", task_type="99", is_express="perhaps")

    assert {f.pointer for f in refused.value.findings} == {"/visits", "/task_type", "/is_express"}


def test_a_second_person_publishes_and_the_public_reads_the_new_version(library: Engine, code: str) -> None:
    draft = reviewed(library, code, **{"name.zh": "改名后的事项", "visits": "3"})

    with pytest.raises(Forbidden), library.begin(DENG) as tx:
        drafting.publish(tx, draft.id)
    with library.begin(QIAN) as tx:
        made = drafting.publish(tx, draft.id)
    with library.read(XUWEN) as tx:
        found = search.find(tx, "改名后的事项", search.Filters())

    assert (made.version, made.visits, found.codes[0]) == (2, 3, code)


def test_whoever_edited_it_does_not_publish_it(library: Engine, code: str) -> None:
    both = Actor(QIAN.id, QIAN.name, QIAN.kind, office=QIAN.office, roles=frozenset({"designer", "publisher"}))
    with library.begin(both) as tx:
        draft = drafting.start(tx, code)
        drafting.hand_in(tx, drafting.save(tx, draft.id, {"visits": "2"}).id)

    with pytest.raises(OwnDraft), library.begin(both) as tx:
        drafting.publish(tx, draft.id)


def test_the_reviewer_sends_it_back_with_a_word(library: Engine, code: str) -> None:
    draft = reviewed(library, code, visits="2")

    with library.begin(QIAN) as tx, pytest.raises(Invalid):
        drafting.send_back(tx, draft.id, " ")
    with library.begin(QIAN) as tx:
        back = drafting.send_back(tx, draft.id, "请核实到现场次数")

    assert (back.state, back.note) == ("returned", "请核实到现场次数")


def test_the_reviewer_sees_what_is_changed(library: Engine, code: str) -> None:
    draft = reviewed(library, code, visits="2", fee_fen="500")

    with library.read(QIAN) as tx:
        assert [(c.column.key, c.after) for c in drafting.changes(tx, draft)] == [("visits", "2"), ("fee_fen", "500")]


def test_a_service_with_a_process_gets_a_new_version_with_the_same_diagrams(library: Engine) -> None:
    with library.read(DENG) as tx:
        before = catalogue.item(tx, "MZ-GLJT-001")
    draft = reviewed(library, "MZ-GLJT-001", **{"summary.zh": "新的简介"})

    with library.begin(QIAN) as tx:
        made = drafting.publish(tx, draft.id)

    assert (made.version, made.summary["zh"], made.process_id) == (before.version + 1, "新的简介", before.process_id)
    assert made.deployment_id != before.deployment_id


def test_a_draft_that_was_overtaken_is_not_published(library: Engine, code: str) -> None:
    draft = reviewed(library, code, visits="2")
    with library.begin(DENG) as tx:
        from engine.casework import library as items

        items.store_version(tx, catalogue.item(tx, code).manifest)

    with pytest.raises(Overtaken), library.begin(QIAN) as tx:
        drafting.publish(tx, draft.id)


def test_a_district_takes_over_a_service_of_the_city(library: Engine) -> None:
    with library.begin(DENG) as tx:
        draft = localising.localise(tx, "MZ-GLJT-001", "futian")
        drafting.hand_in(tx, draft.id)
    with library.begin(QIAN) as tx:
        made = drafting.publish(tx, draft.id)
    with library.read(XUWEN) as tx:
        guide = guides.guide(tx, made.code)

    assert (made.level, made.region, made.office) == ("county", "440304", "futian")
    assert "福田" in guide.places[0]["name"]["zh"]  # type: ignore[index]
    with pytest.raises(localising.AlreadyLocal), library.begin(DENG) as tx:
        localising.localise(tx, "MZ-GLJT-001", "futian")


def test_only_whoever_keeps_lists_changes_them(library: Engine, code: str) -> None:
    for actor in (XUWEN, people.person("limin").actor()):
        with pytest.raises(Forbidden), library.begin(actor) as tx:
            drafting.start(tx, code)
    with library.begin(LIU) as tx:
        assert drafting.start(tx, code).state == "draft"


def test_rows_of_a_file_become_drafts_and_unchanged_ones_none(library: Engine, code: str) -> None:
    with library.begin(DENG) as tx:
        row = rows.of(catalogue.item(tx, code).manifest)
        assert drafting.propose(tx, row) is None
        made = drafting.propose(tx, {"code": code, "visits": "4"})

    assert made is not None
    assert rows.of(made.record)["visits"] == "4"
