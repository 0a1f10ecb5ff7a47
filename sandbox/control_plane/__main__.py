"""Find or build a control plane's binaries and say which: `python -m sandbox.control_plane`."""

import sys
import time

from sandbox.control_plane.binaries import BinariesMissingError, find_binaries
from sandbox.control_plane.build import versions


def main() -> int:
    """Make the binaries ready; the exit code."""
    began = time.monotonic()
    try:
        found = find_binaries(_say)
    except BinariesMissingError as error:
        _say(f"error: {error}")
        _say("hint: install Go 1.26 (https://go.dev/dl/), then run: make kubernetes")
        return 2
    origins = ", ".join(sorted({binary.origin for binary in found.values()}))
    took = time.monotonic() - began
    _say(f"kubernetes {versions()['kube-apiserver']}: {origins}, ready in {took:.1f} s")
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - a command speaks


if __name__ == "__main__":
    sys.exit(main())
