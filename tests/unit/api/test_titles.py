"""Packages and processes are called by their names, not by keys, in the reader's language."""

import re
from pathlib import Path

from flask import Flask

from engine.actors import SYSTEM
from engine.runtime import deploy
from engine.transaction import Engine
from tests.unit.api.conftest import PUBLISHER
from tests.unit.api.pages import sit
from tests.unit.casework import city

BARE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="x">
<process id="branch" name="分支机构核实" isExecutable="true"><startEvent id="a"/><endEvent id="b"/>
<sequenceFlow id="f" sourceRef="a" targetRef="b"/></process></definitions>"""


def heading(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page, re.S)
    assert found is not None
    return re.sub(r"<[^>]+>", "", found[1])


def test_a_package_without_a_service_is_called_by_its_process(lone_app: Flask) -> None:
    engine: Engine = lone_app.extensions["tongban"]
    with engine.begin(SYSTEM) as tx:
        made = deploy.deploy(tx, "branch", {"branch.bpmn": BARE.encode()})
    liuli = sit(lone_app, PUBLISHER)

    page = liuli.get(f"/design/versions/{made.id}")

    assert heading(page).startswith("分支机构核实 · 第 1 版")
    assert ">分支机构核实</a>" in liuli.get("/design")


def test_a_service_is_called_by_its_name_in_the_readers_language(lone_app: Flask) -> None:
    engine: Engine = lone_app.extensions["tongban"]
    manifest = {**city.PERMIT_MANIFEST, "process": {"id": "permit"}}
    made = city.offer(engine, "food", city.PERMIT.replace('id="permit"', 'id="permit" name="许可"'), manifest)
    liuli = sit(lone_app, PUBLISHER)
    liuli.client.set_cookie("lang", "en")

    page = liuli.get(f"/design/versions/{made}")

    assert heading(page).startswith("Food business licence · version 2")
    assert "<h2>Food business licence <span" in page


def test_no_template_shows_a_bare_package_key_or_process_id() -> None:
    shown = {
        path.name: found
        for path in (Path(__file__).parents[3] / "api" / "templates").rglob("*.html")
        if (found := re.findall(r">\s*\{\{ (?:\w+\.)?process_id \}\}|<h[12][^>]*>\{\{ \w+\.key \}\}", path.read_text()))
    }

    assert shown == {}
