"""What holds for every resource: described, strict, paged, refused in both languages, never a broken answer."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from engine.actors import Actor
from tests.unit.api.conftest import Machine
from tests.unit.casework.city import GRANNY, INTAKE

As = Callable[[Actor | None], Machine]
PUBLIC = {
    ("get", "/api/v1/services/{code}/situation"),
    ("post", "/api/v1/sessions"),
    ("get", "/api/v1/services"),
    ("get", "/api/v1/services/{code}"),
    ("get", "/api/v1/services/{code}/slots"),
    ("get", "/api/v1/licences/{code}/verification"),
    ("post", "/api/v1/progress"),
}
UNDESCRIBED = {"/api/v1/openapi.json", "/api/v1/docs"}


def operations(app: Flask) -> Iterator[tuple[str, str, dict[str, Any]]]:
    spec = app.test_client().get("/api/v1/openapi.json").json
    for path, methods in spec["paths"].items():
        for method in {"get", "post", "put", "delete"} & set(methods):
            yield method, path, methods[method]


def test_every_route_is_described(lone_app: Flask) -> None:
    routes = {str(rule) for rule in lone_app.url_map.iter_rules() if str(rule).startswith("/api/v1/")} - UNDESCRIBED

    described = {path.replace("{", "<").replace("}", ">") for _, path, _ in operations(lone_app)}

    assert routes == described


def test_every_operation_says_what_it_does_in_both_languages(lone_app: Flask) -> None:
    assert [path for _, path, operation in operations(lone_app) if " · " not in operation.get("summary", "")] == []


def test_only_the_public_operations_answer_without_sign_in(lone_app: Flask, alone: As) -> None:
    open_ones = {(method, path) for method, path, operation in operations(lone_app) if operation.get("security") == []}

    answers = {}
    for method, path, operation in operations(lone_app):
        body = {"json": _least(lone_app, operation)} if method in ("post", "put") and "deployments" not in path else {}
        found = path.removeprefix("/api/v1").replace("{", "").replace("}", "")
        headers = {"Idempotency-Key": "x", "If-Match": '"1"'}
        answers[method, path] = alone(None)(method.upper(), found, headers=headers, **body).status_code

    assert open_ones == PUBLIC
    assert {call for call, status in answers.items() if status != 401} <= PUBLIC
    assert all(status < 500 for status in answers.values())


def _least(app: Flask, operation: dict[str, Any]) -> dict[str, object]:
    """A body with only what is required."""
    spec = app.test_client().get("/api/v1/openapi.json").json
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return {}
    return _least_of(spec["components"]["schemas"], content["schema"])


def _least_of(schemas: dict[str, Any], asked: dict[str, Any]) -> dict[str, object]:
    schema = schemas[asked["$ref"].rsplit("/", 1)[-1]]
    return {name: _least_value(schemas, schema["properties"][name]) for name in schema.get("required", ())}


def _least_value(schemas: dict[str, Any], shape: dict[str, Any]) -> object:
    if "$ref" in shape:
        return _least_of(schemas, shape)
    if "enum" in shape:
        return shape["enum"][0]
    if shape.get("format") == "date-time":
        return "2026-11-24T09:00:00+08:00"
    if shape.get("type") == "array":
        return [_least_value(schemas, shape.get("items") or {"type": "string"})]
    least: dict[str, object] = {"object": {}, "integer": 1, "boolean": True}
    return least.get(shape.get("type", ""), "x")


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", ""])
def test_a_page_that_cannot_be_is_refused_by_its_parameter(alone: As, limit: str) -> None:
    answer = alone(None)("GET", f"/services?limit={limit}")

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/query/limit"


@pytest.mark.parametrize("after", ["rubbish", "W10", "bnVsbA", "WzEsMl0", "%00"])
@pytest.mark.parametrize("path", ["/services", "/cases", "/tasks", "/tasks?list=pool", "/tasks?list=done"])
def test_a_cursor_that_the_list_never_gave_is_refused(alone: As, path: str, after: str) -> None:
    who = GRANNY if path == "/cases" else INTAKE

    answer = alone(who)("GET", f"{path}{'&' if '?' in path else '?'}after={after}")

    assert answer.status_code == 422


def test_a_field_nobody_knows_is_refused_by_its_place(alone: As) -> None:
    body = {"service": "MZ-001", "applicant_id": "somebody-else"}

    answer = alone(GRANNY)("POST", "/cases", json=body, headers={"Idempotency-Key": "k"})

    assert answer.status_code == 422
    assert [(e["pointer"], e["detail_zh"]) for e in answer.json["errors"]] == [("/applicant_id", "没有这个字段。")]
    assert alone(None)("GET", "/services?nothing=1").status_code == 422


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"1", b"", b'{"service":NaN}', b'{"service":"\\ud800"}', b'{"service":"a\\u0000"}']
)
def test_a_body_that_is_no_application_is_refused(as_: As, body: bytes) -> None:
    answer = as_(GRANNY)("POST", "/cases", data=body, content_type="application/json", headers={"Idempotency-Key": "k"})

    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("path", ["/services/%00", "/licences/%00/verification", "/cases/%00", "/services?query=%00"])
def test_text_that_no_database_holds_is_refused(as_: As, path: str) -> None:
    assert as_(GRANNY)("GET", path).status_code in (404, 422)


def test_refusals_speak_both_languages_and_the_readers_first(alone: As) -> None:
    english = alone(None)("GET", "/services/XX", headers={"Accept-Language": "en"}).json
    chinese = alone(None)("GET", "/services/XX", headers={"Accept-Language": "zh-CN"}).json

    assert english["detail"] == english["detail_en"] == chinese["detail_en"]
    assert chinese["detail"] == chinese["detail_zh"] != chinese["detail_en"]
    assert (chinese["title_zh"], chinese["title_en"]) == ("没有找到", "Not found")


def test_an_unknown_address_and_method_are_problems_too(alone: As) -> None:
    assert alone(None)("GET", "/nothing").json["status"] == 404
    assert alone(None)("DELETE", "/services").json["status"] == 405


def test_the_docs_page_names_every_operation_and_asks_nobody_for_a_script(lone_app: Flask) -> None:
    page = lone_app.test_client().get("/api/v1/docs")
    text = page.get_data(as_text=True)

    assert page.status_code == 200
    assert all(f"{method.upper()} {path}" in text for method, path, _ in operations(lone_app))
    assert [word for word in ("<script", "style=", "http://") if word in text] == []
