"""The arguments and options that commands share, each declared once."""

from pathlib import Path
from typing import Annotated

import typer


def _complete_stack(incomplete: str) -> list[str]:
    """The stacks whose name starts so, from the file names alone: completion must be instant."""
    from automation.places import project_root  # noqa: PLC0415 - only a completing shell needs it

    root = project_root(Path.cwd())
    files = sorted(root.glob("Pulumi.*.yaml")) if root else []
    names = [file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files]
    return [name for name in names if name.startswith(incomplete)]


SelectorArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SELECTOR",
        show_default=False,
        autocompletion=_complete_stack,
        help="Which stacks: NAME, kind:K, environment:E, 'changed(REF)', 'failed(last)'; "
        "NAME... adds those that need it, ...NAME those it needs, '!NAME' leaves it out. "
        "All stacks when absent.",
    ),
]
"""Any number of selectors (automation.selectors); None or empty means every stack."""

StackArgument = Annotated[
    str,
    typer.Argument(metavar="STACK", autocompletion=_complete_stack, help="The stack's name."),
]
"""Exactly one stack."""

JsonOption = Annotated[bool, typer.Option("--json", help="Print the answer as JSON; never ask.")]
SandboxOption = Annotated[
    bool,
    typer.Option("--sandbox", help="Act on the embedded AWS of the sandbox, started when needed."),
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Answer every question with yes.")]
ParallelOption = Annotated[
    int | None,
    typer.Option(
        "--parallel",
        "-p",
        min=1,
        metavar="N",
        show_default=False,
        help="Run at most N stacks at once; by default as many as the machine carries.",
    ),
]
FailFastOption = Annotated[
    bool,
    typer.Option("--fail-fast", help="Start no further stack after the first failure."),
]
TimeoutOption = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        min=0,
        metavar="SECONDS",
        show_default=False,
        help="Stop a stack that takes longer than this.",
    ),
]
GraceOption = Annotated[
    float,
    typer.Option(
        "--grace",
        min=0,
        metavar="SECONDS",
        help="How long a stack may take to end what is in flight when it is stopped.",
    ),
]
ApproveOption = Annotated[
    list[str] | None,
    typer.Option(
        "--approve",
        metavar="STACK",
        show_default=False,
        autocompletion=_complete_stack,
        help="Open the gate of this stack; may be repeated.",
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        file_okay=False,
        metavar="DIR",
        show_default=False,
        help="Write one file per stack into this directory.",
    ),
]
