"""`platform check`: the policy gate, offline."""

from typing import Annotated

import typer

from automation.errors import PolicyError
from automation.options import JsonOption, SelectorArgument


def check(
    selectors: SelectorArgument = None,
    output: Annotated[
        str,
        typer.Option("--format", metavar="text|json|sarif|junit|markdown", help="How to print it."),
    ] = "text",
    json: JsonOption = False,
) -> None:
    """Hold every resource of the synth against the policies; the engine holds them again."""
    from automation.console import emit_json, note, out, warn
    from automation.graph import Graph
    from automation.organization import load_project
    from automation.policy_gate import evaluate_documents
    from automation.reports.policy import TEXTUAL, as_json, chosen, sarif, summary
    from automation.reports.policy import Format as ReportFormat
    from automation.selectors import select
    from automation.synth import synthesise
    from policy.rules import RULES

    form = ReportFormat.JSON if json else chosen(output)
    project = load_project()
    graph = Graph.of(project)
    selected = select(selectors or (), graph, project)
    documents = synthesise(project, graph, selected)
    gate = evaluate_documents(project, [documents[name] for name in selected])
    if form is ReportFormat.JSON:
        emit_json(as_json(gate.reports))
    elif form is ReportFormat.SARIF:
        emit_json(sarif(gate.reports, RULES))
    elif printed := TEXTUAL[form](gate.reports, RULES):
        out(printed)
    for notice in gate.notices:
        warn(notice)
    if gate.closed:
        raise PolicyError(
            summary(gate.reports), hint="fix the resources, or waive them in policy/waivers.yaml"
        )
    note(summary(gate.reports))
