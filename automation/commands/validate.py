"""`platform validate`: everything that is wrong with the configuration, at once."""

from automation.options import JsonOption


def validate(json: JsonOption = False) -> None:
    """Check Pulumi.yaml and every stack's file; report all errors with file and line."""
    from dataclasses import asdict

    from automation.console import emit_json, note
    from automation.errors import ConfigError
    from automation.graph import Graph
    from automation.organization import read_project

    project, problems = read_project()
    graph = Graph.of(project) if project else None
    if json:
        emit_json(
            {
                "valid": graph is not None,
                "stacks": [node.stack for node in graph.nodes] if graph else [],
                "edges": len(graph.edges) if graph else 0,
                "problems": [asdict(problem) for problem in problems],
            }
        )
    if graph is None:
        raise ConfigError(
            [str(problem) for problem in problems],
            hint="correct what is listed, then run: platform validate",
        )
    note(f"{len(graph.nodes)} stacks, {len(graph.edges)} edges: valid")
