"""`platform audit`: every rule of the playbook and what proves it."""

from typing import Annotated

import typer

from automation.errors import PolicyError, UsageError
from automation.options import JsonOption


def audit(
    rules: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RULE]...",
            show_default=False,
            help="Ids such as NET-06, or families such as NET; the whole playbook when absent.",
        ),
    ] = None,
    output: Annotated[
        str, typer.Option("--format", metavar="text|json|markdown", help="How to print it.")
    ] = "text",
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 3 when a rule is not met.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Trace each rule of the playbook to resources, policies, tests and pages, offline.

    Policies are evaluated over the synth, other choices are synthesised from docs/variants; of a
    test, a page or a command it is said that it exists.
    """
    import sys

    from automation.audit.assessment import Grounds, State, assess, chosen
    from automation.audit.playbook import load_playbook, names_of
    from automation.audit.report import Format, as_json, markdown, summary, text
    from automation.console import emit_json, note, out, paint
    from automation.organization import load_project

    if output not in set(Format):
        wanted = ", ".join(Format)
        raise UsageError(
            f"--format: got {output!r}, wanted one of {wanted}", hint="platform audit --format json"
        )
    project = load_project()
    playbook = load_playbook(project.root, names_of(project.organization))
    ids = chosen(playbook, rules or ())
    grounds = Grounds.of(project, [playbook.rules[id_] for id_ in ids])
    assessed = assess(grounds, playbook, ids)
    if json or output == Format.JSON:
        emit_json(as_json(assessed))
    elif output == Format.MARKDOWN:
        out(markdown(assessed))
    else:
        styles = {State.MET: "green", State.NOT_MET: "red", State.BY_PEOPLE: "yellow"}
        out(text(assessed, lambda state: paint(state, styles[state], sys.stdout)))
    if strict and any(rule.state is State.NOT_MET for rule in assessed):
        raise PolicyError(summary(assessed), hint="platform audit --json | less")
    note(summary(assessed))
