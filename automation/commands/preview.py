"""`platform preview`: show what `platform up` would change."""

import typer

from automation.options import (
    FailFastOption,
    GraceOption,
    JsonOption,
    ParallelOption,
    SandboxOption,
    SelectorArgument,
    TimeoutOption,
)


def preview(
    selectors: SelectorArgument = None,
    *,
    sandbox: SandboxOption = False,
    parallel: ParallelOption = None,
    fail_fast: FailFastOption = False,
    timeout: TimeoutOption = None,
    grace: GraceOption = 60.0,
    json: JsonOption = False,
) -> None:
    """Show what `platform up` would change, on the outputs that are published now."""
    from automation.operate import Wishes, operate
    from automation.results import Operation
    from automation.rollout import Limits

    code = operate(
        Operation.PREVIEW,
        Wishes(
            selectors=selectors or (),
            sandbox=sandbox,
            json=json,
            parallel=parallel,
            fail_fast=fail_fast,
            limits=Limits(timeout=timeout, grace=grace),
        ),
    )
    raise typer.Exit(code)
