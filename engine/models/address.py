"""Addresses of databases as people write them, with the driver we have."""

import re

import sqlalchemy as sa

_SEVERAL = re.compile(r"(?P<scheme>postgres(?:ql)?(?:\+psycopg)?)://(?:(?P<who>[^@/]*)@)?(?P<hosts>[^/?]*,[^/?]*)(?P<rest>.*)")


def parse(url: str) -> sa.URL:
    """`postgresql://…` and `postgres://…` mean psycopg; several hosts, as PostgreSQL's own tools take them
    (`postgresql://user@one:5432,two:5432/city?target_session_attrs=read-write`), are tried one after the other."""
    parsed = sa.make_url(_several(url))
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername in ("postgresql", "postgres") else parsed


def is_pooled(url: str) -> bool:
    """Whether a pooler stands before the server, which gives a connection to somebody else after each transaction."""
    return parse(url).query.get("pooler") == "transaction"


def _several(url: str) -> str:
    """SQLAlchemy knows several hosts only as `?host=one:5432&host=two:5432`."""
    found = _SEVERAL.fullmatch(url)
    if found is None:
        return url
    path, _, query = found["rest"].partition("?")
    hosts = [f"host={host}" for host in found["hosts"].split(",")]
    who = f"{found['who']}@" if found["who"] else ""
    return f"{found['scheme']}://{who}{path or '/'}?{'&'.join([*hosts, *filter(None, [query])])}"
