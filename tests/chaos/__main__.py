"""`python -m tests.chaos --kills 1000 --db postgres --seed 1`: a storm of any length; exit code 1 when anything was violated."""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos.storm import Storm
from tests.databases import fresh


def main() -> int:
    """Prints the coverage, every violation, and the closing line."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--db", choices=("sqlite", "postgres"), default="postgres")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="tongban-chaos-") as folder:
        url = f"sqlite:///{folder}/city.db" if given.db == "sqlite" else fresh("chaos")
        storm = Storm(url, Path(folder), db=given.db, seed=given.seed, residents=max(300, given.kills * 4))
        result = storm.rage(given.kills)
    lines = [f"{count:6} {name}" for name, count in sorted(result.points.items())]
    lines.append(f"{result.requests} requests and {result.errands} errands were acknowledged")
    lines += [*map(str, result.violations), str(result)]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 1 if result.violations else 0


if __name__ == "__main__":
    sys.exit(main())
