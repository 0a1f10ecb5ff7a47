"""`platform shell`: plain `pulumi` where we act."""

from typing import Annotated

import typer

from automation.options import SandboxOption, StackArgument


def shell(
    stack: StackArgument,
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="[COMMAND]...", help="Run this instead of a shell (after --)."),
    ] = None,
    sandbox: SandboxOption = False,
) -> None:
    """Open a shell in which plain `pulumi` acts on this stack's state with our engine."""
    from automation.console import note
    from automation.errors import UsageError
    from automation.organization import load_project
    from automation.shells import run_shell, shell_environment
    from automation.target import open_target

    project = load_project()
    if stack not in project.stacks:
        known = ", ".join(project.stacks)
        raise UsageError(f"got stack {stack!r}, wanted one of {known}", hint="platform graph")
    target = open_target(project, sandbox=sandbox, progress=note)
    target.verify()
    target.workspace.prepare(stack)
    environment = shell_environment(target, stack)
    if not command:
        note(f"for example: pulumi preview -s {stack} · pulumi stack -s {stack} · exit")
    raise typer.Exit(run_shell(target, environment, command))
