"""`python -m engine.conformance run|check|differential|support`: what the third-party suites call. Answers on stdout."""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module

_COMMANDS = {
    "check": "engine.conformance.check",
    "run": "engine.conformance.run",
    "support": "engine.conformance.support",
    "differential": "engine.conformance.differential",
}


def main(arguments: Sequence[str]) -> int:
    """Hands the arguments to the module of the command; 2 when there is no such command."""
    if not arguments or arguments[0] not in _COMMANDS:
        sys.stderr.write(f"Expected one of {', '.join(sorted(_COMMANDS))}.\n")
        return 2
    command: Callable[[Sequence[str]], int] = import_module(_COMMANDS[arguments[0]]).main
    return command(arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
