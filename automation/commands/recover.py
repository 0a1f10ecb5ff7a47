"""`platform recover`: a stack whose last run did not end well."""

from typing import TYPE_CHECKING, Annotated

import typer

from automation.errors import ExitCode
from automation.options import JsonOption, SandboxOption, StackArgument, YesOption

if TYPE_CHECKING:
    from automation.recovery import Holder
    from automation.state import Checkpoint
    from automation.target import Target


def recover(
    stack: StackArgument,
    sandbox: SandboxOption = False,
    yes: YesOption = False,
    force: Annotated[
        bool, typer.Option("--force", help="Remove locks whose holder may still live.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Remove the lock of a dead run and clear what it left unfinished, after a backup."""
    from automation.console import confirm, emit_json, note
    from automation.organization import load_project
    from automation.recovery import back_up, holder_of
    from automation.target import open_target

    target = open_target(load_project(), sandbox=sandbox, progress=note)
    target.verify()
    state = target.state()
    checkpoint = state.checkpoint(stack)
    holders = [holder_of(lock) for lock in state.locks(stack)]
    if json:
        emit_json(_data(stack, holders, checkpoint))
    else:
        _show(stack, holders, checkpoint)
    pending = bool(checkpoint and checkpoint.pending)
    removable = [holder for holder in holders if holder.dead or force]
    stuck = [holder for holder in holders if holder not in removable]
    if stuck:
        from automation.errors import LockedError

        held = stuck[0].lock
        raise LockedError(
            f"{stack}: locked by {held.user}@{held.host} (pid {held.pid}); {stuck[0].why}",
            hint=f"when you know that it has ended: platform recover {stack} --force",
        )
    if not removable and not pending:
        note(f"{stack}: nothing to recover")
        return
    confirm(f"recover {stack}?", yes=yes, json_output=json)
    if checkpoint is not None:
        path = back_up(target.settings.backups, stack, state.export(stack))
        note(f"backup: {path}")
    for holder in removable:
        state.unlock(holder.lock)
        note(f"removed the lock of {holder.lock.user}@{holder.lock.host}: {holder.why}")
    if pending:
        _clear(target, stack)
    raise typer.Exit(ExitCode.OK)


def _clear(target: "Target", stack: str) -> None:
    """Drop creates nobody knows the end of, and read everything else anew."""
    from automation.console import note

    config = target.workspace.config_file(stack)
    target.workspace.run(
        [
            "refresh",
            f"--stack={stack}",
            "--clear-pending-creates",
            "--yes",
            "--skip-preview",
            *([f"--config-file={config}"] if config else []),
        ],
        seconds=3600,
    )
    note(f"{stack}: refreshed; unfinished creates are dropped from the state")
    note("look for what they may have left in the account: platform preview shows it as new")


def _data(
    stack: str, holders: "list[Holder]", checkpoint: "Checkpoint | None"
) -> dict[str, object]:
    return {
        "stack": stack,
        "resources": checkpoint.resources if checkpoint else 0,
        "locks": [
            {
                "user": holder.lock.user,
                "host": holder.lock.host,
                "pid": holder.lock.pid,
                "since": holder.lock.since.isoformat(),
                "dead": holder.dead,
                "why": holder.why,
            }
            for holder in holders
        ],
        "pending": [
            {"urn": entry.urn, "operation": entry.operation}
            for entry in (checkpoint.pending if checkpoint else ())
        ],
    }


def _show(stack: str, holders: "list[Holder]", checkpoint: "Checkpoint | None") -> None:
    from automation.console import out

    out(f"{stack}: {checkpoint.resources if checkpoint else 'no'} resources in the state")
    for holder in holders:
        lock = holder.lock
        since = f"{lock.since:%Y-%m-%d %H:%M:%S %Z}"
        out(f"lock: {lock.user}@{lock.host} (pid {lock.pid}) since {since}; {holder.why}")
    for entry in checkpoint.pending if checkpoint else ():
        out(f"unfinished: {entry.operation} {entry.urn}")
