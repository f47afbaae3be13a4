"""A big city in one statement a table: open tasks with their cases and candidate lists, made by the database itself."""

import sqlalchemy as sa

from engine.models.base import metadata

GROUPS, ITEMS, ELEMENTS = 400, 200, 6
LIGHTS = ("green",) * 90 + ("warning",) * 5 + ("yellow",) * 3 + ("red",) * 1 + ("paused",) * 1


def open_tasks(database: sa.Engine, number: int) -> None:
    """So many open tasks, each of a case of its own, spread evenly over groups, services and elements; one in ten is held.

    Everything comes from the number of a row, so that two runs are the same."""
    with database.begin() as connection:
        if database.dialect.name == "postgresql":
            _run(connection, "set local statement_timeout = 0")
        _numbers(connection, number)
        for table, columns in (("cases", _case()), ("human_tasks", _task()), ("task_candidates", _candidate())):
            wanted = {**_defaults(table), **columns}
            names = ", ".join(f'"{name}"' for name in wanted)
            _run(connection, f"insert into {table} ({names}) select {', '.join(wanted.values())} from bench_numbers")
        _run(connection, "drop table bench_numbers")
    _analyse(database)


def _numbers(connection: sa.Connection, number: int) -> None:
    """n, and a moment that differs for each row within the next 90 days."""
    if connection.dialect.name == "sqlite":
        rows = f"with recursive c(n) as (select 0 union all select n + 1 from c where n < {number - 1}) select n, "
        moment = "strftime('%Y-%m-%d %H:%M:%S.000000', '2026-12-01', '+' || ((n * 7919) % 7776000) || ' seconds') as at from c"
    else:
        rows = "select n, timestamptz '2026-12-01 00:00:00+00' + ((n::bigint * 7919) % 7776000) * interval '1 second' as at "
        moment = f"from generate_series(0, {number - 1}) n"
    _run(connection, "create temporary table bench_numbers as " + rows + moment)


def _run(connection: sa.Connection, text: str) -> None:
    connection.execute(sa.text(text.replace(":", "\\:")))


def _case() -> dict[str, str]:
    text = {"query_code": "'x'", "item_zh": "'事项'", "item_en": "'Item'", "deployment_id": "'d'", "state": "'handling'"}
    return {
        **text,
        "case_no": _no(),
        "root_id": "'r' || n",
        **_filtered(),
        "account_id": "'a'",
        "applicant_name": "'申请人' || n",
        "applicant_no": "'n' || n",
        "due_at": "at",
        "submitted_at": "at",
    }


def _filtered() -> dict[str, str]:
    lights = (f"when (n / {GROUPS}) % 100 = {n} then '{light}'" for n, light in enumerate(LIGHTS) if light != "green")
    return {
        "item_code": f"'I-' || ((n / {GROUPS}) % {ITEMS})",
        "office": "'o' || (n % 50)",
        "light": f"case {' '.join(lights)} else 'green' end",
    }


def _no() -> str:
    return "'C-' || (10000000 + n)"


def _task() -> dict[str, str]:
    return {
        "id": "'t' || (10000000 + n)",
        "root_id": "'r' || n",
        "instance_id": "'r' || n",
        "wait_id": "'1'",
        **_filtered(),
        **_drawn(),
        "candidate_groups": f"""'["g' || (n % {GROUPS}) || '"]'""",
        "assignee": f"case when n % 10 = 9 then 'p' || (n % {GROUPS}) end",
        "sort_due_at": "at",
        "created_at": "at",
    }


def _drawn() -> dict[str, str]:
    return {"element_id": f"'e' || ((n / {GROUPS}) % {ELEMENTS})", "business_key": _no()}


def _candidate() -> dict[str, str]:
    return {
        **_filtered(),
        **_drawn(),
        "kind": "'group'",
        "key": f"'g' || (n % {GROUPS})",
        "task_id": "'t' || (10000000 + n)",
        "sort_due_at": "at",
        "is_waiting": "n % 10 <> 9",
    }


def _defaults(table: str) -> dict[str, str]:
    """A plain value for every column that must have one."""
    plain = {sa.Text: "''", sa.Integer: "1", sa.Boolean: "true"}
    found = {}
    for column in metadata.tables[table].columns:
        if not column.nullable:
            kind = next((value for kind, value in plain.items() if isinstance(column.type, kind)), "'{}'")
            found[column.name] = "'open'" if column.name == "state" else kind
    return found


def clone(database: sa.Engine, root_id: str, number: int, *, begin: int = 0) -> None:
    """So many instances more that stand where one stands, with its history and its timers; their ids are numbers in order.

    begin: the first of these numbers."""
    with database.begin() as connection:
        if connection.dialect.name == "postgresql":
            _run(connection, "set local statement_timeout = 0")
        _numbers(connection, number)
        for name in ("instances", "history", "timers"):
            table = metadata.tables[name]
            mine = table.c["id" if name == "instances" else "root_id"] == root_id
            columns = [f'"{column.name}"' for column in table.columns]
            own = f"'i' || ({100_000_000 + begin} + n)"
            copied = [own if each.strip('"') in _IDS[name] else f"{name}.{each}" for each in columns]
            wanted = f"select {', '.join(copied)} from {name}, bench_numbers where {mine.compile(compile_kwargs=_WRITTEN)}"
            _run(connection, f"insert into {name} ({', '.join(columns)}) {wanted}")
        _run(connection, "drop table bench_numbers")
    _analyse(database)


_IDS = {"instances": ("id", "root_id"), "history": ("root_id", "instance_id"), "timers": ("instance_id", "root_id")}
_WRITTEN = {"literal_binds": True}


def _analyse(database: sa.Engine) -> None:
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("analyze" if database.dialect.name == "sqlite" else "vacuum analyze")
