"""`platform bootstrap`: the state's bucket and key."""

from typing import Annotated

import typer

from automation.options import JsonOption, SandboxOption, YesOption


def bootstrap(
    sandbox: SandboxOption = False,
    yes: YesOption = False,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what would be done.")] = False,
    json: JsonOption = False,
) -> None:
    """Make the bucket and the key of the state in the management account, where missing.

    Also names the key in every Pulumi.<stack>.yaml. A second run changes nothing.
    """
    from dataclasses import asdict

    from automation.bootstrap import Action
    from automation.console import confirm, emit_json, note, table
    from automation.organization import load_project
    from automation.target import bootstrap_of, name_provider, open_target

    target = open_target(load_project(), sandbox=sandbox, progress=note)
    caller = target.verify()
    state = bootstrap_of(target, account_id=caller.account_id)
    steps = [*state.run(apply=False), *name_provider(target, apply=False)]
    open_steps = [step for step in steps if step.action is not Action.KEEP]
    if json:
        emit_json([asdict(step) for step in steps])
    else:
        rows = [(step.part, step.action, step.detail) for step in steps]
        table(("part", "action", "detail"), rows)
    if plan or not open_steps:
        note("nothing to do" if not open_steps else f"{len(open_steps)} of {len(steps)} to do")
        return
    confirm(
        f"change account {caller.account_id} and this project as listed?",
        yes=yes or target.sandbox is not None,
        json_output=json,
    )
    for step in (*state.run(apply=True), *name_provider(target, apply=True)):
        if step.action is not Action.KEEP:
            note(f"{step.part}: {step.detail}")
    note(f"{len(open_steps)} done; commit the changed files" if not target.sandbox else "done")
