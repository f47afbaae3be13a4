"""Whatever other tools write is read and given back: encodings, missing drawings and ids, foreign namespaces, long chains."""

import time
from itertools import pairwise

import pytest

from engine.bpmn.check import examine
from engine.bpmn.write import write

BODY = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:vendor="urn:vendor" targetNamespace="t" id="d">'
    '<process id="p" name="{name}" isExecutable="true"><startEvent id="s"/><userTask id="t" name="{name}" vendor:colour="red">'
    '<extensionElements><vendor:note>{name}</vendor:note></extensionElements></userTask><endEvent id="e"/>'
    '<sequenceFlow sourceRef="s" targetRef="t"/><sequenceFlow sourceRef="t" targetRef="e"/></process></definitions>'
)
ENCODINGS = {
    "utf-8": ("审批", "utf-8"),
    "utf-8-sig": ("审批", "utf-8"),
    "utf-16": ("审批", "UTF-16"),
    "gb18030": ("审批", "GB18030"),
    "latin-1": ("Prüfung", "ISO-8859-1"),
    "cp1252": ("Prüfung – €", "windows-1252"),
}


@pytest.mark.parametrize("codec", ENCODINGS)
def test_a_file_in_any_encoding_is_read_runs_and_is_given_back_byte_for_byte(codec: str) -> None:
    name, declared = ENCODINGS[codec]
    source = f'<?xml version="1.0" encoding="{declared}"?>{BODY.format(name=name)}'.encode(codec)

    report = examine(source)

    assert report.is_accepted
    assert report.plans["p"].nodes["t"].name == name
    assert write(report.model) == source


def test_flows_without_ids_get_the_same_one_each_time_and_a_note_says_so() -> None:
    source = BODY.format(name="x").encode()

    first, second = examine(source), examine(source)

    assert list(first.plans["p"].flows) == list(second.plans["p"].flows)
    assert len(first.plans["p"].flows) == 2
    assert [finding.code for finding in first.findings].count("bpmn.id.made-up") == 2


def test_a_chain_of_five_thousand_elements_without_a_drawing_is_read_within_seconds() -> None:
    names = ["s", *(f"t{number}" for number in range(5000)), "e"]
    tasks = "".join(f'<userTask id="{name}"/>' for name in names[1:-1])
    flows = "".join(
        f'<sequenceFlow id="f{number}" sourceRef="{one}" targetRef="{other}"/>'
        for number, (one, other) in enumerate(pairwise(names))
    )
    head = BODY.split("<process", maxsplit=1)[0]
    inner = f'<startEvent id="s"/>{tasks}<endEvent id="e"/>{flows}'
    source = f'{head}<process id="p" isExecutable="true">{inner}</process></definitions>'
    began = time.process_time()

    report = examine(source.encode())

    assert len(report.plans["p"].nodes) == 5002
    assert time.process_time() - began < 15


def test_a_model_that_cannot_run_yet_is_kept_and_each_reason_names_its_element() -> None:
    source = BODY.format(name="x").replace("<userTask", "<callChoreography").replace("</userTask", "</callChoreography").encode()

    report = examine(source)

    assert report.is_accepted
    assert "t" in {finding.pointer for finding in report.obstacles["p"]}
    assert write(report.model) == source
