"""Archive packages: everything of a closed case in one file that shows every change by name."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace

import orjson
import pytest

import forms
from engine.actors import SYSTEM
from engine.casework import archive_page, archives, inbox, sealed
from engine.casework.access import NotYours
from engine.casework.applications import apply
from engine.casework.archives import StillOpen
from engine.errors import NotFound, Unavailable
from engine.settings import secret_of
from engine.transaction import Engine
from processes.connectors.files import FileStore
from tests.unit.casework.city import INTAKE, REVIEWER, SHOP, open_city
from tests.unit.casework.test_retention import KEEPER, PLANTED, closed

Files = dict[str, bytes]


@pytest.fixture
def city(engine: Engine) -> Engine:
    """The small city with a document store."""
    return open_city(replace(engine, documents=FileStore(engine.settings.data_dir / "documents")))


@pytest.fixture
def alone(sqlite_engine: Engine) -> Engine:
    """The same where the database makes no difference."""
    return open_city(replace(sqlite_engine, documents=FileStore(sqlite_engine.settings.data_dir / "documents")))


def key(city: Engine) -> str:
    return sealed.public(sealed.key_of(secret_of(city.settings)))


def files(content: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(found: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in found.items():
            package.writestr(name, content)
    return out.getvalue()


def granted(city: Engine) -> str:
    case_no = closed(city, action="accept")
    with city.begin(REVIEWER) as tx:
        task = next(row for row in inbox.pool(tx).rows if row.case_no == case_no)
    inbox.complete(city, REVIEWER, task.task_id, {"outcome": "grant"}, opinion="符合条件，同意")
    return case_no


def test_a_package_has_the_documents_files_answers_reasons_and_history_of_the_case(city: Engine) -> None:
    case_no = granted(city)

    content = archives.export(city, KEEPER, case_no)

    found, verdict = files(content), sealed.verify(content, key(city))
    assert (verdict.faults, verdict.files, verdict.facts["case_no"]) == ((), len(found) - 2, case_no)
    assert orjson.loads(found["case.json"])["applicant_no"] == PLANTED.subject
    assert orjson.loads(found["answers.json"])[0]["value"] == PLANTED.name
    assert orjson.loads(found["records/opinions.json"])[-1]["text"] == "符合条件，同意"
    assert {"records/licences.json", "records/sla_clocks.json", "records/comments.json", "reasons.json"} <= found.keys()
    assert all(row["hash"] for row in orjson.loads(found["history.json"]))
    papers = [name for name in found if name.startswith("documents/")]
    assert next(name for name in papers if name.endswith(".pdf")).startswith("documents/01-")
    assert len(papers) % 2 == 0
    assert all(found[name].startswith(b"%PDF" if name.endswith(".pdf") else b"<!doctype html>") for name in papers)
    assert any(name.startswith("files/01-") and found[name].startswith(b"%PDF-1.7 planted") for name in found)
    assert PLANTED.name in found["index.html"].decode()


def _changed(found: Files) -> Files:
    return {**found, "reasons.json": found["reasons.json"] + b" "}


def _same_size(found: Files) -> Files:
    return {**found, "index.html": found["index.html"][:-1] + b"?"}


def _missing(found: Files) -> Files:
    return {name: content for name, content in found.items() if name != "history.json"}


def _added(found: Files) -> Files:
    return {**found, "extra.txt": b"more"}


def _manifest(found: Files) -> Files:
    return {**found, "manifest.json": found["manifest.json"] + b" "}


def _unsigned(found: Files) -> Files:
    return {name: content for name, content in found.items() if name != "signature.json"}


@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        (_changed, "reasons.json"),
        (_same_size, "index.html"),
        (_missing, "history.json"),
        (_added, "extra.txt"),
        (_manifest, "signature.json"),
        (_unsigned, "signature.json"),
    ],
)
def test_whatever_is_changed_is_named(alone: Engine, spoil: Callable[[Files], Files], name: str) -> None:
    whole = archives.export(alone, KEEPER, closed(alone))

    verdict = sealed.verify(packed(spoil(files(whole))), key(alone))

    assert [fault.name for fault in verdict.faults] == [name]


def test_a_package_that_somebody_else_signed_anew_is_not_ours(alone: Engine) -> None:
    found = files(archives.export(alone, KEEPER, closed(alone)))
    inner = {name: content for name, content in found.items() if name not in ("manifest.json", "signature.json")}
    forged = sealed.seal(inner, {"case_no": "X"}, sealed.key_of(b"another city"))

    assert [fault.name for fault in sealed.verify(forged, key(alone)).faults] == ["signature.json"]
    assert sealed.verify(forged, None).faults == ()


@pytest.mark.parametrize("rubbish", [b"", b"PK\x03\x04", b"rubbish" * 100])
def test_rubbish_is_said_to_be_no_package(rubbish: bytes) -> None:
    assert [fault.name for fault in sealed.verify(rubbish, None).faults] == ["package"]


def test_a_truncated_package_and_every_spoiled_byte_are_found(alone: Engine) -> None:
    whole = archives.export(alone, KEEPER, closed(alone))

    assert sealed.verify(whole[: len(whole) // 2], key(alone)).faults
    step = len(whole) // 200
    for place in range(0, len(whole), step):
        spoiled = bytearray(whole)
        spoiled[place] ^= 0x55
        verdict = sealed.verify(bytes(spoiled), key(alone))
        assert verdict.faults or files(bytes(spoiled)) == files(whole)  # a header's date may differ, no content


def test_an_open_case_is_not_exported_and_not_by_anybody(alone: Engine) -> None:
    open_case = apply(alone, SHOP, "SC-001", {}, idempotency_key="open").case_no
    done = closed(alone)

    with pytest.raises(StillOpen):
        archives.export(alone, SYSTEM, open_case)
    with pytest.raises(NotYours):
        archives.export(alone, INTAKE, done)
    with pytest.raises(NotFound):
        archives.export(alone, SYSTEM, "SCJG-20261123-0000000")


def test_a_package_without_one_of_its_files_is_not_made(alone: Engine) -> None:
    case_no = closed(alone)
    for path in (alone.settings.data_dir / "documents").rglob("*"):
        if path.is_file():
            path.unlink()

    with pytest.raises(Unavailable):
        archives.export(alone, SYSTEM, case_no)


def test_answers_on_the_page_are_read_as_on_the_form() -> None:
    option = forms.Option("hot", "热食", "Hot food")
    column = forms.Field("textfield", "name", "姓名", "Name")
    items = forms.Field("checklist", "items", "项目", "Items", options=(option,))
    staff = forms.Field("dynamiclist", "staff", "人员", "Staff", children=(column,))
    known = {"items": items, "staff": staff}

    rows = [archive_page._answer(key, value, known) for key, value in (("items", ["hot"]), ("staff", [{"name": "<周敏>"}]))]

    assert rows == [("项目 / Items", "热食 / Hot food"), ("人员 / Staff", "姓名 / Name：<周敏>")]
    assert archive_page._answer("other", None, known) == ("other", "—")
    assert "&lt;周敏&gt;" in archive_page._list("x", rows)
