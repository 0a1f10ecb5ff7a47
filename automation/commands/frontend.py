"""`platform frontend`: what goes into the site's bucket."""

from pathlib import Path
from typing import Annotated

import typer

from automation.options import JsonOption

app = typer.Typer(
    help="Hold a built frontend to what the site's CDN relies on.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


FolderArgument = Annotated[
    Path, typer.Argument(metavar="DIR", show_default=False, help="What the build wrote.")
]
ImmutableOption = Annotated[
    list[str] | None,
    typer.Option(
        "--immutable",
        metavar="PATTERN",
        show_default=False,
        help="Paths the CDN keeps for a year: site.immutable_paths of superinc:edge. "
        "/assets/* when left out; may be repeated.",
    ),
]
AllowOption = Annotated[
    list[str] | None,
    typer.Option(
        "--allow",
        metavar="PATTERN",
        show_default=False,
        help="A file that may keep its name, besides index.html, robots.txt and the like; "
        "may be repeated.",
    ),
]
SourceMapsOption = Annotated[bool, typer.Option("--source-maps", help="Let source maps go along.")]
BucketOption = Annotated[
    str | None,
    typer.Option(
        "--bucket", metavar="NAME", show_default=False, help="The bucket, for the commands shown."
    ),
]
DistributionOption = Annotated[
    str | None,
    typer.Option(
        "--distribution", metavar="ID", show_default=False, help="The distribution, likewise."
    ),
]


@app.command()
def check(
    folder: FolderArgument,
    *,
    immutable: ImmutableOption = None,
    allow: AllowOption = None,
    source_maps: SourceMapsOption = False,
    bucket: BucketOption = None,
    distribution: DistributionOption = None,
    json: JsonOption = False,
) -> None:
    """Check a built folder, and show how each file is cached and uploaded.

    Exits with 2 if it is not a built folder, with 3 if something in it must not go up.
    """
    import shlex

    from automation.console import emit_json, note, out, table
    from automation.errors import PolicyError
    from automation.frontend import report as reports
    from automation.frontend.rules import IMMUTABLE_PATHS

    report = reports.inspect(
        folder,
        immutable_paths=tuple(immutable or IMMUTABLE_PATHS),
        allowed=tuple(allow or ()),
        source_maps=source_maps,
        bucket=shlex.quote(f"s3://{bucket}") if bucket else reports.BUCKET,
        distribution=shlex.quote(distribution) if distribution else reports.DISTRIBUTION,
    )
    if json:
        emit_json(reports.as_json(report))
    else:
        table(("file", "size", "cache-control"), reports.rows(report))
        for line in reports.lines(report.findings):
            out(line)
    if report.errors:
        raise PolicyError(reports.summary(report), hint="platform frontend check --help")
    if not json:
        out("\n".join(["", *report.commands]))
    note(reports.summary(report))
