"""The runs that an offline command learns from, which has no target of its own."""

from pathlib import Path

from automation.places import runs_directory
from automation.runs import Runs


def history(root: Path) -> Runs:
    """The runs on AWS, or those on the sandbox while there are none."""
    real = Runs(runs_directory(root, sandbox=False))
    return real if real.ids() else Runs(runs_directory(root, sandbox=True))
