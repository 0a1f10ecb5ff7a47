"""`platform account`: the accounts of the organisation."""

from typing import TYPE_CHECKING, Annotated

import typer

from automation.options import JsonOption

if TYPE_CHECKING:
    from automation.new_account import Addition

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def account() -> None:
    """Add an account to the organisation."""


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new account's name.")],
    like: Annotated[
        str, typer.Option("--like", metavar="STACK", help="The workload account to model it on.")
    ],
    *,
    environment: Annotated[
        str | None,
        typer.Option("--environment", metavar="E", help="Its environment; NAME when left out."),
    ] = None,
    after: Annotated[
        list[str] | None,
        typer.Option(
            "--after", metavar="STACK", help="Roll it out after this one; may be repeated."
        ),
    ] = None,
    cidr: Annotated[
        str | None,
        typer.Option("--cidr", help="Its network; a free range of the model's size otherwise."),
    ] = None,
    account_id: Annotated[
        str | None, typer.Option("--id", help="Adopt the AWS account with this id.")
    ] = None,
    gate: Annotated[
        bool | None,
        typer.Option("--gate/--no-gate", help="Whether a person opens the way to it."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it and write nothing.")] = False,
    json: JsonOption = False,
) -> None:
    """Write a new workload account into Pulumi.yaml and a file of its own; print the change."""
    from automation.console import emit_json, out
    from automation.file_sets import write_together
    from automation.new_account import Request, plan
    from automation.organization import load_project

    project = load_project()
    request = Request(
        name=name,
        like=like,
        environment=environment,
        after=tuple(after) if after else None,
        gate=gate,
        cidr=cidr,
        id=account_id,
    )
    addition = plan(project, request)
    if not dry_run:
        write_together(project.root, addition.before, addition.after)
    if json:
        emit_json(_data(addition, written=not dry_run))
    else:
        out(addition.difference())
    _tell(addition, written=not dry_run)


def _next(name: str) -> list[str]:
    return [
        "platform validate",
        f"platform check '...{name}'",
        f"platform up --sandbox '...{name}'",
        f"platform up '...{name}'",
    ]


def _data(addition: "Addition", *, written: bool) -> dict[str, object]:
    return {
        "account": addition.request.name,
        "like": addition.request.like,
        "cidr": addition.cidr,
        "written": written,
        "files": list(addition.after),
        "secrets": list(addition.secrets),
        "mentions": list(addition.mentions),
        "next": _next(addition.request.name),
    }


def _tell(addition: "Addition", *, written: bool) -> None:
    from automation.console import note, warn

    name, like = addition.request.name, addition.request.like
    files = " and ".join(addition.after)
    note(f"{files}: written" if written else f"{files}: nothing was written (--dry-run)")
    for path in addition.secrets:
        warn(f"{path} is left out: it is encrypted for {like}")
        command = f"pulumi config set --secret --path '{path}'"
        note(f"  give {name} its own: platform shell {name}, then: {command}")
    if addition.mentions:
        note(f"places that name {like}; whether {name} belongs there is for you to decide:")
        for place in addition.mentions:
            note(f"  {place}")
    if written:
        note("next:")
        for command in _next(name):
            note(f"  {command}")
