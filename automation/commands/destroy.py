"""`platform destroy`: take stacks down, dependents first."""

import typer

from automation.options import (
    FailFastOption,
    GraceOption,
    JsonOption,
    ParallelOption,
    SandboxOption,
    SelectorArgument,
    TimeoutOption,
    YesOption,
)


def destroy(
    selectors: SelectorArgument = None,
    *,
    sandbox: SandboxOption = False,
    yes: YesOption = False,
    parallel: ParallelOption = None,
    fail_fast: FailFastOption = False,
    timeout: TimeoutOption = None,
    grace: GraceOption = 60.0,
    json: JsonOption = False,
) -> None:
    """Take stacks down, dependents first; refuse while a stack outside needs one of them."""
    from automation.operate import Wishes, operate
    from automation.results import Operation
    from automation.rollout import Limits

    code = operate(
        Operation.DESTROY,
        Wishes(
            selectors=selectors or (),
            sandbox=sandbox,
            yes=yes,
            json=json,
            parallel=parallel,
            fail_fast=fail_fast,
            limits=Limits(timeout=timeout, grace=grace),
        ),
    )
    raise typer.Exit(code)
