"""The page that explains the interface: drawn by the server from the OpenAPI description, without a foreign script."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, render_template
from flask_smorest import Api

Spec = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One operation. inputs: (name, where, type, is required); answers: (status, meaning, fields by name)."""

    method: str
    path: str
    zh: str
    en: str
    is_public: bool
    inputs: tuple[tuple[str, str, str, bool], ...]
    answers: tuple[tuple[str, str, str], ...]


def register(app: Flask, described: Api, prefix: str) -> None:
    """Adds `<prefix>/docs`."""

    def docs() -> str:
        spec = described.spec.to_dict()
        return render_template("rest/docs.html", groups=_groups(spec), spec_url=f"{prefix}/openapi.json")

    app.add_url_rule(f"{prefix}/docs", "rest_docs", docs)


def _groups(spec: Spec) -> list[tuple[str, list[Call]]]:
    """Operations by their tag's description, in the order of the description."""
    titles = {tag["name"]: tag.get("description", tag["name"]) for tag in spec.get("tags", [])}
    found: dict[str, list[Call]] = {title: [] for title in titles.values()}
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post", "put", "delete"):
                found[titles[operation["tags"][0]]].append(_call(spec, path, method, methods, operation))
    return list(found.items())


def _call(spec: Spec, path: str, method: str, shared: Spec, operation: Spec) -> Call:
    zh, _, en = operation.get("summary", "").partition(" · ")
    parameters = [_resolved(spec, p) for p in (*shared.get("parameters", ()), *operation.get("parameters", ()))]
    inputs = [(p["name"], p["in"], _type(p["schema"]), bool(p.get("required"))) for p in parameters]
    inputs += _body(spec, operation.get("requestBody", {}))
    answers = [_answer(spec, status, _resolved(spec, r)) for status, r in operation["responses"].items() if status != "default"]
    return Call(method.upper(), path, zh, en, operation.get("security") == [], tuple(inputs), tuple(answers))


def _resolved(spec: Spec, node: Spec) -> Spec:
    """What a `$ref` stands for; anything else is itself."""
    if "$ref" not in node:
        return node
    found: Any = spec
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return _resolved(spec, found)


def _body(spec: Spec, body: Spec) -> Iterator[tuple[str, str, str, bool]]:
    for content in _resolved(spec, body).get("content", {}).values():
        schema = _resolved(spec, content.get("schema", {}))
        for name, shape in schema.get("properties", {}).items():
            yield name, "body", _type(shape), name in schema.get("required", ())


def _answer(spec: Spec, status: str, answer: Spec) -> tuple[str, str, str]:
    contents = [content.get("schema", {}) for content in answer.get("content", {}).values()]
    names = [name for schema in contents for name in _resolved(spec, schema).get("properties", {})]
    return status, answer.get("description", ""), ", ".join(names)


def _type(shape: Spec) -> str:
    if "$ref" in shape:
        return str(shape["$ref"].rsplit("/", 1)[-1])
    inner = f" of {_type(shape['items'])}" if shape.get("items") else ""
    choices = f": {' | '.join(map(str, shape['enum']))}" if "enum" in shape else ""
    return f"{shape.get('type', 'any')}{inner}{choices}"
