"""Find, install or build the Pulumi CLI and say which: `python -m automation.engine`."""

import sys
import time

from automation.cli import guarded
from automation.console import note
from automation.engine import find_engine


def main() -> int:
    """Make the engine ready; the exit code."""
    began = time.monotonic()
    engine = find_engine(progress=note)
    took = time.monotonic() - began
    note(f"pulumi {engine.version}: {engine.origin}, ready in {took:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
