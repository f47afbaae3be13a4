"""`python -m benchmarks [P1 P3 …] [--full] [--json FILE]`: runs some or all, prints a table, keeps the result as JSON."""

import argparse
import json
import platform
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
Row = Mapping[str, object]


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 when every benchmark ran, whatever its figure; 1 when one failed to run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="P1", help="which; all when none is named")
    parser.add_argument("--json", type=Path, default=None, help="where the rows go (default: benchmarks/results/latest.json)")
    parser.add_argument("--full", action="store_true", help="a million rows where the short set takes a part of them")
    options = parser.parse_args(arguments)
    wanted = {name.upper() for name in options.names}
    rows: dict[str, Row] = {}
    failed = False
    for name, module in benchmarks():
        if wanted and name not in wanted:
            continue
        try:
            found = import_module(module)
            rows |= found.run(**(getattr(found, "FULL", {}) if options.full else {}))
        except Exception as problem:
            print(f"{name}: {type(problem).__name__}: {problem}", file=sys.stderr)
            failed = True
    print(table(rows))
    keep(rows, options.json or HERE / "results" / "latest.json")
    return int(failed)


def benchmarks() -> Iterator[tuple[str, str]]:
    """(`P1`, module) in order of their numbers."""
    files = sorted(HERE.glob("p[0-9]*_*.py"), key=lambda p: (int(p.name[1:].split("_")[0]), p.name))
    for path in files:
        yield path.name.split("_")[0].upper(), f"benchmarks.{path.stem}"


def table(rows: Mapping[str, Row]) -> str:
    """Value, limit beside it, ratio, CPU and target, one line a row."""
    lines = [f"{'row':<28}{'value':>14} {'unit':<10}{'limit':>14}{'ratio':>8}{'cpu µs':>10}  target"]
    for name, row in rows.items():
        mark = "" if row.get("met") is None else "met" if row["met"] else "NOT MET"
        value, limit, ratio, cpu = (_figure(row.get(key)) for key in ("value", "limit", "ratio", "cpu_us"))
        unit, target = row.get("unit", ""), row.get("target", "")
        lines.append(f"{name:<28}{value:>14} {unit!s:<10}{limit:>14}{ratio:>8}{cpu:>10}  {target} {mark}")
    return "\n".join(lines)


def _figure(value: object) -> str:
    if isinstance(value, (int, float)):
        return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"
    return "" if value is None else str(value)


def keep(rows: Mapping[str, Row], path: Path) -> None:
    """Writes the rows with the machine's facts beside them, merged over what the file already holds."""
    kept = json.loads(path.read_text("utf-8"))["rows"] if path.exists() else {}
    machine = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": machine, "rows": {**kept, **rows}}, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
