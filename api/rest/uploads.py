"""Files for a form, handed in before the form: stored, named by an id that the answers carry."""

from flask import request
from marshmallow import Schema, fields

from api import current
from api.rest import problems
from api.rest.room import Room
from engine.casework import uploads

rest = Room("rest_uploads", __name__, description="上传文件 · Files for forms")
_FILE = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
_BODY = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FILE}}}}


class UploadShown(Schema):
    """A file that waits for its form; id: what the answer to a file field holds, in a list."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)


@rest.post("/uploads")
@rest.doc(**_BODY)
@rest.response(201, UploadShown)
def upload() -> uploads.Upload:
    """上传 · Stores one file for a form that is not handed in yet; only its owner can name it"""
    actor, file = current.required(), request.files.get("file")
    if file is None:
        said = ("Send one file as multipart field `file`.", "请以 multipart 字段 file 上传一个文件。")
        raise problems.one("upload.empty", "/file", *said)
    return uploads.add(current.engine(), actor, file.filename or "unnamed", file.read())
