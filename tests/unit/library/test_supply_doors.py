"""The item library through its doors: pages without scripts, REST, and the command."""

import pytest
from click.testing import CliRunner

from api.app import create_app
from engine.actors import SYSTEM
from engine.casework import accounts, catalogue
from engine.casework.supply import drafting, files
from engine.transaction import Engine
from processes import people
from processes.library import generate
from tests.unit.api.conftest import Machine
from tests.unit.api.pages import sit
from tests.unit.citizen.conftest import wired

DENG, QIAN, GUIFANG, WUXIAO = (people.person(login).actor() for login in ("denggong", "qianyu", "chenguifang", "wuxiao"))
ITEM = "MZ-GLJT-001"


@pytest.fixture
def library(engine: Engine, clock: object) -> Engine:
    made = wired(engine, clock, "elder-allowance")  # type: ignore[arg-type]
    generate.load(made, 40)
    return made


def machine(engine: Engine, login: str) -> Machine:
    with engine.begin(SYSTEM) as tx:
        token = accounts.issue_token(tx, login, "test")
    return Machine(create_app(engine).test_client(), token)


def test_a_list_is_changed_reviewed_and_published_on_the_pages(library: Engine) -> None:
    app = create_app(library)
    deng, qian = sit(app, DENG), sit(app, QIAN)

    deng.post(f"/design/services/{ITEM}", {"what": "start"})
    deng.post(f"/design/services/{ITEM}", {"what": "hand_in", "visits": "1", "links": "人工核实 | Check | 5WD"})
    page = qian.get(f"/design/services/{ITEM}")
    qian.post(f"/design/services/{ITEM}", {"what": "publish"})

    assert "清单 5 个工作日，流程图 3 个工作日" in page
    assert "版本 2" in deng.get(f"/design/services/{ITEM}")
    with library.read(DENG) as tx:
        assert [(v.version, v.edited_name) for v in drafting.versions(tx, ITEM)] == [(2, "邓工"), (1, "")]
    with library.read(SYSTEM) as tx:
        assert catalogue.item(tx, ITEM).visits == 1


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(library: Engine) -> None:
    deng = sit(create_app(library), DENG)
    deng.post(f"/design/services/{ITEM}", {"what": "start"})

    answer = deng.post(f"/design/services/{ITEM}", {"what": "save", "visits": "许多", "summary.zh": "新简介"}, status=422)

    assert "到现场次数：“许多”无法识别。" in answer.text
    assert "新简介" in answer.text
    assert 'value="许多"' in answer.text


def test_a_file_goes_out_by_rest_and_its_changed_rows_come_back_as_drafts(library: Engine) -> None:
    deng, qian = machine(library, "denggong"), machine(library, "qianyu")
    rows = deng("GET", "/implementation-lists/export").json
    rows[0]["visits"], rows[1]["visits"] = "2", "oops"

    taken = deng("POST", "/implementation-lists/import", data=files.written(rows, "xlsx")).json
    draft = taken["drafts"][0]
    handed = deng("POST", f"/implementation-lists/drafts/{draft['id']}/hand-in").json
    published = qian("POST", f"/implementation-lists/drafts/{draft['id']}/publish").json

    assert len(rows) == 40
    assert (len(taken["drafts"]), taken["unchanged"]) == (1, 38)
    assert [(p["line"], p["finding"]["pointer"]) for p in taken["problems"]] == [(3, "/visits")]
    assert (handed["state"], published["state"]) == ("review", "published")


def test_whoever_is_no_keeper_of_lists_is_refused(library: Engine) -> None:
    assert machine(library, GUIFANG.id)("GET", "/implementation-lists/export").status_code == 403
    assert machine(library, "qianyu")("GET", "/implementation-lists/none").status_code == 404


def test_an_offer_is_made_by_rest_and_taken_by_message(library: Engine) -> None:
    subjects = [str(GUIFANG.subject)]

    matched = machine(library, WUXIAO.id)("POST", "/offers/batches", json={"service": ITEM, "batch": "b", "subjects": subjects})
    [waiting] = machine(library, GUIFANG.id)("GET", "/offers").json["items"]
    answered = machine(library, GUIFANG.id)("POST", f"/offers/{waiting['id']}/answer", json={"is_wanted": True}).json
    wrong = machine(library, "hewei")("POST", "/offers/replies", json={"code": "NONE", "text": "同意"})

    assert matched.json == {"compared": 1, "offered": 1}
    assert (answered["state"], bool(answered["case_no"])) == ("accepted", True)
    assert wrong.status_code == 404


def test_the_command_says_what_is_wrong_with_a_file(library: Engine, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from processes import platform
    from tongban.main import cli

    monkeypatch.setattr(platform, "build", lambda settings: library)
    path = f"{tmp_path}/lists.csv"

    out = CliRunner().invoke(cli, ["catalogue", "export", path])
    taken = CliRunner().invoke(cli, ["catalogue", "import", path])
    checked = CliRunner().invoke(cli, ["catalogue", "check"])

    assert "40" in out.output
    assert (taken.exit_code, checked.exit_code) == (0, 0), taken.output + checked.output
