"""`platform doctor`: what this machine has and reaches."""

from typing import Annotated

import typer

from automation.errors import ExitCode, PlatformError
from automation.options import JsonOption, SandboxOption


def doctor(
    sandbox: SandboxOption = False,
    build: Annotated[
        bool, typer.Option("--build", help="Install or build the Pulumi CLI if there is none.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Look at the engine, the tools, the credentials, the clock, the state and its locks."""
    from dataclasses import asdict

    from automation.console import emit_json, note, table
    from automation.diagnosis import Check, Verdict, engine_checks, guarded, target_checks, tools
    from automation.engine import find_engine
    from automation.organization import load_project
    from automation.target import open_target

    checks: list[Check] = []
    try:
        checks.extend(engine_checks(find_engine(progress=note, build=build)))
    except PlatformError as error:
        checks.append(
            Check(name="Pulumi CLI", verdict=Verdict.BAD, found=str(error), hint=error.hint)
        )
    checks.extend(tools())
    try:
        target = open_target(load_project(), sandbox=sandbox, progress=note)
        checks.extend(target_checks(target))
    except PlatformError as error:
        failed = error  # unbound once the handler is left

        def again() -> Check:
            raise failed

        checks.append(guarded("project", again))
    if json:
        emit_json([asdict(check) for check in checks])
    else:
        table(("check", "", "found"), [(it.name, it.verdict, it.found) for it in checks])
        for check in checks:
            if check.hint:
                note(f"{check.name.strip()}: {check.hint}")
    if any(check.verdict is Verdict.BAD for check in checks):
        raise typer.Exit(ExitCode.USAGE)
