"""The console script: nothing but a door that a Ctrl-C can close while the rest still loads."""

import atexit
import gc
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run `platform`."""
    # What a start imports stays to the end: by default the collector walks it forty times.
    gc.set_threshold(50_000)
    # Nor is it worth a last walk when the process, and its memory with it, is about to end.
    atexit.register(gc.freeze)
    try:
        from automation.cli import main as run  # noqa: PLC0415 - what the try is about
    except KeyboardInterrupt:
        sys.stderr.write("cancelled\n")
        sys.exit(130)
    run()
