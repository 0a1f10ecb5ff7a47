"""`platform outputs`: what stacks publish."""

from automation.options import JsonOption, SandboxOption, SelectorArgument


def outputs(
    selectors: SelectorArgument = None, sandbox: SandboxOption = False, json: JsonOption = False
) -> None:
    """Print what stacks publish, read from the state; secrets stay hidden."""
    from json import dumps

    from automation.console import emit_json, note, table
    from automation.graph import Graph
    from automation.organization import load_project
    from automation.selectors import select
    from automation.state import flattened
    from automation.target import open_target

    project = load_project()
    selected = select(selectors or (), Graph.of(project), project)
    target = open_target(project, sandbox=sandbox, progress=note)
    published = {stack: target.workspace.outputs(stack) for stack in selected}
    if json:
        emit_json(published)
        return
    rows = [
        (stack, name, value if isinstance(value, str) else dumps(value))
        for stack, layers in published.items()
        for name, value in flattened(layers or {}).items()
    ]
    if rows:
        table(("stack", "output", "value"), rows)
    for stack, layers in published.items():
        if layers is None:
            note(f"{stack}: not rolled out yet")
