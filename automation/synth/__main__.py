"""`python -m automation.synth ROOT [STACK]...`: the documents as one JSON object."""

import sys
from pathlib import Path

from automation.errors import PlatformError
from automation.graph import Graph
from automation.organization import load_project
from automation.synth import render, synthesise


def main(root: str, *stacks: str) -> int:
    """Print the documents of some stacks of a project, or of all; the exit code."""
    try:
        project = load_project(Path(root))
        documents = synthesise(project, Graph.of(project), stacks or tuple(project.stacks))
    except PlatformError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    sys.stdout.write(render(documents))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
