"""Rolls out stub stacks in a process of its own, for tests that kill it."""

import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from automation.console import emit_json, note
from automation.errors import PlatformError
from automation.gates import Gates
from automation.lines import Lines
from automation.reports.text import report
from automation.results import Operation
from automation.rollout import EngineCommand, Limits, Rollout, conduct
from automation.runs import Runs
from automation.scheduler import Scheduler

STUB = Path(__file__).parent / "stub_pulumi.py"


class StubTarget:
    def prepare(self, stack: str, operation: Operation) -> None:
        pass

    def command(self, stack: str, operation: Operation, events: Path) -> EngineCommand:
        words = (operation.value, "--stack", stack, "--event-log", str(events))
        return EngineCommand(
            arguments=(sys.executable, "-S", str(STUB), *words),
            environment=dict(os.environ),
            directory=Path.cwd(),
        )

    def source_of(self, stack: str, urns: list[str]) -> Mapping[str, str]:
        return dict.fromkeys(urns, "components/network/vpc.py:42")


def main() -> int:
    spec = json.loads(sys.argv[1])
    runs = Runs(Path(spec["runs"]))
    needs = {stack: frozenset(wanted) for stack, wanted in spec["needs"].items()}
    with runs.lock():
        run = runs.create()
        run.begin(Operation.UP, list(needs), sandbox=True, parallel=spec.get("parallel", 4))
        view = Lines(list(needs))
        conduct(
            lambda: Rollout(
                operation=Operation.UP,
                target=StubTarget(),
                scheduler=Scheduler(
                    needs,
                    parallel=spec.get("parallel", 4),
                    gates=spec.get("gates", ()),
                    fail_fast=spec.get("fail_fast", False),
                ),
                run=run,
                view=view,
                gates=Gates(view, approved=spec.get("approved", ())),
                limits=Limits(timeout=spec.get("timeout"), grace=spec.get("grace", 10)),
            )
        )
        record = run.record()
    emit_json(record.to_json())
    note(report(record))
    return record.exit_code or 0


if __name__ == "__main__":
    # Tests that run in the background of a shell inherit an ignored SIGINT.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.exit(main())
    except PlatformError as error:
        note(f"error: {error}")
        sys.exit(int(error.exit_code))
