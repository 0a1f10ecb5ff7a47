"""Ratios measured side by side in one run: `make bench`. They inform; they gate nothing.

The sandbox of the benchmark is its own, in a temporary directory, and ends with it.
"""

import os
import sys
import tempfile
from pathlib import Path

from automation.organization import load_project
from automation.target import open_target
from tests.benchmarks import offline, rollout, startup
from tests.benchmarks.measuring import measure
from tests.benchmarks.report import Row, table


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def main() -> None:
    """Measure and print."""
    platform = Path(sys.executable).with_name("platform")
    project = load_project()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        scratch = Path(name)
        os.environ["PLATFORM_HOME"] = str(scratch / "home")
        os.environ["PLATFORM_SANDBOX_DIR"] = str(scratch / "sandbox")
        target = open_target(project, sandbox=True, progress=_say)
        assert target.sandbox is not None
        try:
            _say("rolling out the organisation")
            measure([str(platform), "up", "--sandbox", "--yes"], directory=project.root)
            found: list[Row] = []
            _say("measuring the start of the command")
            found += startup.rows(project, platform)
            _say("measuring the synth beside previews")
            found += offline.rows(project, target, platform, scratch)
            _say("measuring a second rollout beside bare ones")
            found += rollout.rows(project, target, platform, scratch)
        finally:
            target.sandbox.stop()
    sys.stdout.write(table(found) + "\n")


if __name__ == "__main__":
    main()
