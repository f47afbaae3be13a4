"""Service packages: uploaded and checked, listed, published; their definitions as XML and as drawings."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Response, request, url_for
from marshmallow import Schema, fields

from api import current
from api.rest import problems
from api.rest.room import PageAsked, Room, page_of, sliced
from api.web import diagrams
from engine.casework import access
from engine.casework.pages import Page
from engine.errors import NotFound
from engine.runtime import deploy, listing, plans
from engine.runtime.deploy import Deployment
from processes import package, publish

rest = Room("rest_deployments", __name__, description="流程部署 · Deployments")
_UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "array", "items": {"type": "string", "format": "binary"}},
                        "key": {"type": "string", "description": "the package's key, where no manifest names one"},
                    },
                }
            }
        },
    }
}


class VersionsAsked(PageAsked):
    """Which versions."""

    key = fields.String(load_default=None)


class Noticed(Schema):
    """What was noticed and did not stop the upload."""

    severity = fields.String(required=True)
    code = fields.String(required=True)
    pointer = fields.String(required=True, allow_none=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class DeploymentShown(Schema):
    """A version of a package. definitions: ids by process id."""

    id = fields.String(required=True)
    key = fields.String(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True, metadata={"description": "draft | published | retired"})
    definitions = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    findings = fields.List(fields.Nested(Noticed), required=True)


class Version(Schema):
    """A version in a list."""

    id = fields.String(required=True)
    key = fields.String(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True)
    created_by = fields.String(required=True)
    created_at = fields.DateTime(required=True)
    published_by = fields.String(required=True, allow_none=True)
    published_at = fields.DateTime(required=True, allow_none=True)


@rest.post("/deployments")
@rest.response(201, DeploymentShown)
@rest.doc(**_UPLOAD)
def upload() -> tuple[dict[str, Any], int, dict[str, str]]:
    """上传 · Stores `.bpmn`, `.dmn`, forms or a `.zip` as a draft; with any error located findings and nothing stored"""
    actor = current.required()
    with current.engine().read(actor) as tx:
        access.require(tx, "definition.deploy")
    made = publish.publish(current.engine(), actor, package.uploaded(_files(), key=request.form.get("key", "")), is_draft=True)
    return _shown(made), 201, {"Location": url_for("rest_deployments.deployment", deployment_id=made.id)}


def _files() -> Mapping[str, bytes]:
    given = request.files.getlist("file")
    if not given:
        said = ("Send at least one file as multipart field `file`.", "请以 multipart 字段 file 至少上传一个文件。")
        raise problems.one("upload.empty", "/file", *said)
    return {file.filename or "unnamed": file.read() for file in given}


def _shown(made: Deployment) -> dict[str, Any]:
    return {**{name: getattr(made, name) for name in DeploymentShown().fields}, "findings": [asdict(f) for f in made.findings]}


@rest.get("/deployments", endpoint="all")
@rest.arguments(VersionsAsked, location="query")
@rest.response(200, page_of(Version))
def versions(asked: dict[str, Any]) -> Page[Any]:
    """版本列表 · Versions by key, newest first"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "definition.view")
        rows = listing.versions(tx, asked["key"])
    return sliced(rows, lambda row: row["id"], asked["after"], asked["limit"])


@rest.get("/deployments/<deployment_id>")
@rest.response(200, DeploymentShown)
def deployment(deployment_id: str) -> dict[str, Any]:
    """版本 · One version with its definitions"""
    with current.engine().read(current.required()) as tx:
        access.require(tx, "definition.view")
        return _shown(deploy.get(tx, deployment_id))


@rest.post("/deployments/<deployment_id>/publish")
@rest.response(200, DeploymentShown)
def release(deployment_id: str) -> dict[str, Any]:
    """发布 · New applications take this version; not by whoever uploaded it"""
    return _shown(publish.release(current.engine(), current.required(), deployment_id))


@rest.get("/deployments/<deployment_id>/definitions/<process_id>/xml")
@rest.response(200, content_type="application/xml", description="The diagram, byte for byte as uploaded")
def xml(deployment_id: str, process_id: str) -> Response:
    """定义 XML · The file that holds a process"""
    return Response(_source(deployment_id, process_id), mimetype="application/xml")


@rest.get("/deployments/<deployment_id>/definitions/<process_id>/svg")
@rest.response(200, content_type="image/svg+xml", description="The drawing")
def svg(deployment_id: str, process_id: str) -> Response:
    """流程图 · A process drawn"""
    drawn = diagrams.of_source(_source(deployment_id, process_id), process_id)
    return Response(str(drawn.svg), mimetype="image/svg+xml")


def _source(deployment_id: str, process_id: str) -> bytes:
    with current.engine().read(current.required()) as tx:
        access.require(tx, "definition.view")
        resource = listing.resource_of(tx, deployment_id, process_id)
        if resource is None:
            raise NotFound(thing=("流程定义", "the definition"), key=process_id)
        return plans.files_of(tx, deployment_id)[resource]
