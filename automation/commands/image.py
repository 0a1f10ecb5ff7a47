"""`platform image`: what an image is made from, and what it is called."""

from pathlib import Path
from typing import Annotated

import typer

from automation.options import JsonOption

app = typer.Typer(
    help="Hold a Dockerfile to what the cluster relies on; name its image.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

DockerfileArgument = Annotated[
    Path, typer.Argument(metavar="DOCKERFILE", show_default=False, help="The Dockerfile.")
]
CheckoutArgument = Annotated[
    Path, typer.Argument(metavar="[DIR]", show_default=False, help="A checkout; here if left out.")
]
AllowDirtyOption = Annotated[
    bool,
    typer.Option(
        "--allow-dirty", help="Name what is not committed too, by a tag no cluster accepts."
    ),
]


@app.command()
def lint(dockerfile: DockerfileArgument, *, json: JsonOption = False) -> None:
    """Check a Dockerfile: stages, bases, user, ports, start, layers, secrets.

    Exits with 2 if it is not a Dockerfile, with 3 if its image must not be built.
    """
    from automation.console import emit_json, note, out
    from automation.errors import PolicyError
    from automation.images import report as reports

    report = reports.inspect(dockerfile)
    if json:
        emit_json(reports.as_json(report))
    else:
        for line in reports.lines(report):
            out(line)
    if report.errors:
        raise PolicyError(reports.summary(report), hint="platform image lint --help")
    note(reports.summary(report))


@app.command()
def tag(
    checkout: CheckoutArgument = Path(),
    *,
    allow_dirty: AllowDirtyOption = False,
    json: JsonOption = False,
) -> None:
    """Print the tag and the labels of an image built from a checkout.

    The tag is the release before the commit and the commit, as in 1.4.2-0a1b2c3; the first line
    is the tag, each other one a label.
    """
    from automation.console import emit_json, out
    from automation.images import tags

    named = tags.image_tag(checkout, allow_dirty=allow_dirty)
    if json:
        emit_json(tags.as_json(named))
    else:
        out(named.tag)
        for label, value in named.labels().items():
            out(f"{label}={value}")
