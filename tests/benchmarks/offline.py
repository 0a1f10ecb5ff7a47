"""`platform synth` of every stack beside `pulumi preview` of the same, one after another."""

from pathlib import Path
from statistics import median

from automation.organization import Project
from automation.target import Target
from tests.benchmarks.measuring import measure
from tests.benchmarks.report import Row

LIMIT = 0.35
PAIRS = 3


def rows(project: Project, target: Target, platform: Path, scratch: Path) -> list[Row]:
    """The rows of this benchmark; the organisation is rolled out already."""
    ratios: list[float] = []
    shown = ""
    for _ in range(PAIRS):
        command = [str(platform), "synth", "--out", str(scratch / "synth")]
        synth = measure(command, directory=project.root).wall
        previews = 0.0
        for stack in project.stacks:
            log = scratch / f"{stack}.preview"
            log.unlink(missing_ok=True)
            previews += measure(
                target.workspace.arguments("preview", stack, event_log=log, policy=False),
                directory=target.workspace.directory,
                environment=target.workspace.environment(),
            ).wall
        ratios.append(synth / previews)
        shown = f"{synth:.1f} s beside {previews:.1f} s"
    return [Row("`platform synth` / `pulumi preview`s", median(ratios), LIMIT, shown)]
