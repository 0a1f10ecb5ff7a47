"""`platform sandbox`: the embedded AWS."""

from typing import Annotated

import typer

from automation.options import JsonOption

app = typer.Typer(
    help="Start, stop, ask and enter the embedded AWS.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def start(
    port: Annotated[
        int | None,
        typer.Option("--port", min=1, max=65535, help="Its port; any free one when left out."),
    ] = None,
) -> None:
    """Start it, and make the state's bucket and key in it."""
    from automation.console import note
    from automation.organization import load_project
    from automation.settings import Settings
    from automation.target import open_target, start_sandbox

    project = load_project()
    start_sandbox(project, Settings.of(project.root, sandbox=True), port=port, progress=note)
    target = open_target(project, sandbox=True, progress=note)
    note(f"the sandbox runs; its state is at {target.workspace.backend_url}")


@app.command()
def stop() -> None:
    """Stop it; everything it holds is gone."""
    from automation.console import note
    from automation.organization import load_project
    from automation.settings import Settings
    from automation.target import sandbox_of

    project = load_project()
    stopped = sandbox_of(Settings.of(project.root, sandbox=True)).stop()
    note("the sandbox is stopped" if stopped else "the sandbox was not running")


@app.command()
def status(json: JsonOption = False) -> None:
    """Say whether it runs, and what the last run created in it, and how."""
    from dataclasses import asdict

    from automation.console import emit_json, fields, table
    from automation.organization import load_project
    from automation.settings import Settings
    from automation.target import sandbox_errors, sandbox_of, told

    project = load_project()
    with sandbox_errors():
        state = sandbox_of(Settings.of(project.root, sandbox=True)).status()
    if json:
        emit_json(
            {
                **asdict(state),
                "started_at": state.started_at and state.started_at.isoformat(),
                "api_created": state.api_created,
                "recorded": state.recorded,
                "api_share": state.api_share,
            }
        )
        return
    fields(told(state))
    if state.recorded_types:
        table(("recorded, not created", "count"), sorted(state.recorded_types.items()))


@app.command()
def shell(
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="[COMMAND]...", help="Run this instead of a shell (after --)."),
    ] = None,
) -> None:
    """Open a shell in which plain `pulumi`, `aws` and `platform` act on the sandbox."""
    from automation.console import note
    from automation.organization import load_project
    from automation.shells import run_shell, shell_environment
    from automation.target import open_target

    target = open_target(load_project(), sandbox=True, progress=note)
    if not command:
        note("for example: pulumi preview -s staging · aws sts get-caller-identity · exit")
    raise typer.Exit(run_shell(target, shell_environment(target), command))
