"""`platform synth`: the synth document of every stack, offline."""

from typing import Annotated

import typer

from automation.options import OutOption, SelectorArgument


def synth(
    selectors: SelectorArgument = None,
    out: OutOption = None,
    json: Annotated[bool, typer.Option("--json", help="Accepted; the answer is JSON.")] = True,  # noqa: ARG001 - every command that answers takes it
) -> None:
    """Print what each stack would register, with no cloud, no credentials, no Pulumi CLI."""
    import sys
    from time import perf_counter

    from automation import console
    from automation.graph import Graph
    from automation.organization import load_project
    from automation.selectors import select
    from automation.synth import render, synthesise, write

    started = perf_counter()
    project = load_project()
    graph = Graph.of(project)
    selected = select(selectors or (), graph, project)
    documents = synthesise(project, graph, selected, progress=_tell)
    _tell(None)
    if out is not None:
        write(documents, out)
    else:
        answer = documents if len(documents) > 1 else next(iter(documents.values()))
        sys.stdout.write(render(answer))
    count = sum(len(document["resources"]) for document in documents.values())
    stacks = "1 stack" if len(documents) == 1 else f"{len(documents)} stacks"
    console.note(f"{stacks}, {count} resources in {perf_counter() - started:.1f} s")


def _tell(stack: str | None) -> None:
    """Name the stack at work on a terminal's last line, or clear the line."""
    import sys

    from automation.console import is_terminal

    if is_terminal(sys.stderr):
        sys.stderr.write(f"\r\x1b[K{f'synthesising {stack}' if stack else ''}")
        sys.stderr.flush()
