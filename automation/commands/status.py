"""`platform status`: what became of a run, or where it is."""

from typing import Annotated

import typer

from automation.options import JsonOption, SandboxOption

RunArgument = Annotated[
    str, typer.Argument(metavar="[RUN]", help="A run's id or the beginning of one; or last.")
]


def status(
    run: RunArgument = "last", sandbox: SandboxOption = False, json: JsonOption = False
) -> None:
    """Show a run as its record tells it, also while it runs."""
    from pathlib import Path

    from automation import console
    from automation.errors import UsageError
    from automation.places import project_root, runs_directory
    from automation.reports.text import command, report
    from automation.runs import Runs, is_alive, unsettled

    root = project_root(Path.cwd())
    if root is None:
        raise UsageError("got no Pulumi.yaml here, wanted a project", hint="cd to the project")
    record = Runs(runs_directory(root, sandbox=sandbox)).get(run)
    if json:
        console.emit_json(record.to_json())
        return
    console.out(report(record))
    if not record.finished_at:
        state = f"at work in pid {record.pid}" if is_alive(record) else "ended before its time"
        console.note(f"the run is {state}" if is_alive(record) else f"the run {state}")
    for stack in unsettled(record):
        console.note(f"recover: {command(record, 'recover', stack)}")
