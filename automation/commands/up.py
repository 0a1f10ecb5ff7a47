"""`platform up`: roll out stacks in dependency order."""

import typer

from automation.options import (
    ApproveOption,
    FailFastOption,
    GraceOption,
    JsonOption,
    ParallelOption,
    SandboxOption,
    SelectorArgument,
    TimeoutOption,
    YesOption,
)


def up(
    selectors: SelectorArgument = None,
    *,
    sandbox: SandboxOption = False,
    yes: YesOption = False,
    approve: ApproveOption = None,
    parallel: ParallelOption = None,
    fail_fast: FailFastOption = False,
    timeout: TimeoutOption = None,
    grace: GraceOption = 60.0,
    json: JsonOption = False,
) -> None:
    """Roll out stacks: each as soon as what it needs is good, dependents of a failure not at all.

    Ctrl-C lets every running stack end what is in flight; a second one stops at once.
    """
    from automation.operate import Wishes, operate
    from automation.results import Operation
    from automation.rollout import Limits

    code = operate(
        Operation.UP,
        Wishes(
            selectors=selectors or (),
            sandbox=sandbox,
            yes=yes,
            json=json,
            approve=approve or (),
            parallel=parallel,
            fail_fast=fail_fast,
            limits=Limits(timeout=timeout, grace=grace),
        ),
    )
    raise typer.Exit(code)
