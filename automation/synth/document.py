"""The synth document: one stack as plain data, the same bytes for the same project."""

import json
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from automation.errors import StateError
from automation.synth import values
from automation.synth.monitor import STACK_TYPE, Recorded, RecordingMonitor

SCHEMA = 1
"""Version of the form; a change that a reader could notice makes it 2."""

SCHEMA_FILE = Path(__file__).with_name("schema.json")
"""The JSON Schema of the form."""

Document = dict[str, Any]


def assemble(
    stack: str,
    account: Mapping[str, object],
    monitor: RecordingMonitor,
    reads: Sequence[Mapping[str, str]],
    root: Path,
) -> Document:
    """The document of one stack.

    Args:
        stack: Its name.
        account: Name, kind, environment and id of its account.
        monitor: What its program registered.
        reads: What it read from earlier stacks.
        root: The project's directory.
    """
    return {
        "schema": SCHEMA,
        "stack": stack,
        "account": dict(account),
        "resources": [_resource(recorded) for recorded in _tree(monitor.resources)],
        "outputs": values.plain(monitor.stack_outputs, root),
        "reads": [dict(read) for read in reads],
    }


def _tree(resources: Mapping[str, Recorded]) -> Iterator[Recorded]:
    """Every resource after its parent, siblings by type and name: stable and read like a tree."""
    children: defaultdict[str, list[Recorded]] = defaultdict(list)
    for recorded in resources.values():
        children[recorded.request.parent].append(recorded)
    pending = _sorted(children[""])
    while pending:
        recorded = pending.pop()
        yield recorded
        pending.extend(_sorted(children[recorded.urn]))


def _sorted(siblings: Sequence[Recorded]) -> list[Recorded]:
    """Siblings in reverse order, to be taken from the end."""
    return sorted(
        siblings, key=lambda found: (found.request.type, found.request.name), reverse=True
    )


def _resource(recorded: Recorded) -> dict[str, object]:
    request = recorded.request
    joins = {
        name: sorted(dependencies.urns)
        for name, dependencies in sorted(request.propertyDependencies.items())
        if dependencies.urns
    }
    provider = request.provider.rpartition("::")[0]
    return {
        "urn": recorded.urn,
        "type": request.type,
        "name": request.name,
        "parent": request.parent or None,
        "custom": request.custom,
        "remote": request.remote,
        "provider": provider or None,
        "account": recorded.account,
        "region": recorded.region,
        "inputs": recorded.inputs,
        # The stack's outputs are the document's.
        "outputs": {} if request.type == STACK_TYPE else recorded.outputs,
        "depends_on": sorted(request.dependencies),
        "property_dependencies": joins,
        "protect": request.protect,
        "retain_on_delete": request.retainOnDelete,
        "source": recorded.source,
    }


def render(data: object) -> str:
    """A document, or several, as the text that is written."""
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write(documents: Mapping[str, Document], out_dir: Path) -> list[Path]:
    """Write `<stack>.json` for each document; a reader sees the old file or the new one, whole.

    Raises:
        StateError: The directory cannot be written.
    """
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        return [
            _replace(out_dir / f"{stack}.json", render(documents[stack])) for stack in documents
        ]
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StateError(
            f"got {out_dir}: {reason.lower()}, wanted a directory to write the documents to",
            hint="platform synth --out DIR",
        ) from error


def _replace(file: Path, text: str) -> Path:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return file
