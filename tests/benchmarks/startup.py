"""`platform --help` beside an interpreter that only imports typer."""

import sys
from pathlib import Path
from statistics import median

from automation.organization import Project
from tests.benchmarks.measuring import measure
from tests.benchmarks.report import Row

LIMIT = 2.0
PAIRS = 9


def rows(project: Project, platform: Path) -> list[Row]:
    """The row of this benchmark."""
    ratios: list[float] = []
    for _ in range(PAIRS):
        ours = measure([str(platform), "--help"], directory=project.root).wall
        typer = measure([sys.executable, "-c", "import typer"], directory=project.root).wall
        ratios.append(ours / typer)
    return [Row("`platform --help` / `import typer`", median(ratios), LIMIT, "")]
