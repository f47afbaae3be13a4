"""What every resource stands on: strict arguments, pages with cursors, values as plain JSON."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cache
from typing import Any, NoReturn, TypeVar

import flask
import marshmallow as ma
import orjson
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from webargs import missing
from webargs.flaskparser import FlaskParser, is_json_request

from api.rest import problems
from engine.casework.pages import CursorUnreadable, Page, cut, decode
from engine.feel import to_plain

Row = TypeVar("Row")
MOST = 100


class _Strict(FlaskParser):
    """Refuses what a schema does not name, and text that no database can hold."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": ma.RAISE}

    def handle_error(self, error: ma.ValidationError, *_: object, **__: object) -> NoReturn:
        raise problems.refuse(error.messages if isinstance(error.messages, Mapping) else {"json": error.messages}) from error

    def _raw_load_json(self, req: flask.Request) -> object:
        """orjson refuses NaN and half surrogates, which the standard reader lets through."""
        if not is_json_request(req) or not req.get_data(cache=True):
            return missing
        if b"\\u0000" in req.get_data(cache=True):
            raise problems.one("request.nul", None, "Text must not contain U+0000.", "文本中不能有空字符 U+0000。")
        return orjson.loads(req.get_data(cache=True))

    def _handle_invalid_json_error(self, error: Exception, *_: object, **__: object) -> NoReturn:
        said = (f"The body is no JSON: {error}.", f"请求正文不是 JSON：{error}。")
        raise problems.one("request.json", None, *said) from error


class Room(Blueprint):
    """A blueprint whose arguments are read strictly."""

    ARGUMENTS_PARSER = _Strict()


class Plain(fields.Raw):
    """Any value of a form or process, as plain JSON: dates as ISO texts, numbers as numbers."""

    def _serialize(self, value: object, *_: object, **__: object) -> object:
        return _shown(value)


def _shown(value: object) -> object:
    """`to_plain` knows the values of FEEL; rows may carry tuples and sets beside them."""
    if isinstance(value, Mapping):
        return {str(key): _shown(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_shown(inner) for inner in value]
    return to_plain(value)


class Words(Schema):
    """A text in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class PageAsked(Schema):
    """Which slice of a list."""

    after = fields.String(load_default=None, metadata={"description": "`next` of the page before"})
    limit = fields.Integer(load_default=50, validate=validate.Range(1, MOST))


@cache
def page_of(row: type[Schema]) -> type[Schema]:
    """The schema of a slice of a list of such rows."""
    items = fields.List(fields.Nested(row), attribute="rows", required=True)
    following = fields.String(attribute="next", required=True, allow_none=True)
    shape: dict[str, Any] = {"items": items, "next": following}
    return Schema.from_dict(shape, name=f"{row.__name__}Page")


def by_id(fetch: Callable[[str | None, int], Sequence[Mapping[str, Any]]], after: str | None, limit: int) -> Page[Any]:
    """A page of a list that goes on behind a row's id; fetch: (id of the last one seen, how many) → rows."""
    last = decode(after, 1)[0] if after else None
    return cut(fetch(last, limit + 1), limit, lambda row: (row["id"],))


def sliced(rows: Sequence[Row], key: Callable[[Row], Hashable], after: str | None, limit: int) -> Page[Row]:
    """A page of a list that is short enough to be read whole (versions of a package, one case's history)."""
    keys = [str(key(row)) for row in rows]
    if after:
        last = decode(after, 1)[0]
        if last not in keys:
            raise CursorUnreadable(text=after)
        rows = rows[keys.index(last) + 1 :]
    return cut(rows, limit, lambda row: (str(key(row)),))
