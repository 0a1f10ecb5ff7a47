"""Synthesis of the organisation: every program in rollout order, in one process, offline."""

import gc
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from google.protobuf.struct_pb2 import Struct

from automation.errors import ConfigError, UsageError
from automation.synth import configuration, program
from automation.synth.document import Document, assemble
from automation.synth.monitor import RecordingMonitor
from automation.synth.placement import Accounts, Placement
from automation.synth.references import References
from automation.synth.sources import Sources
from automation.synth.values import plain
from components.contracts import AccountKind

if TYPE_CHECKING:
    from automation.graph import Graph
    from automation.organization import Project, Stack

PROJECT_FILE: Final = "Pulumi.yaml"
_DISABLED: Final = "pulumi:disable-default-providers"


def synthesise(
    project: "Project",
    graph: "Graph",
    selection: Collection[str],
    *,
    progress: Callable[[str], None] | None = None,
    published: dict[str, Struct] | None = None,
) -> dict[str, Document]:
    """The documents of the selected stacks, in rollout order.

    The stacks they need are synthesised too, unless what they publish is known. Call it from one
    thread, with no event loop running: while a program runs, the process's directory, environment
    and modules are the program's.

    Args:
        project: The project.
        graph: What is rolled out before what.
        selection: Names of stacks.
        progress: Told the name of each stack before its program runs.
        published: What stacks publish, known from an earlier synthesis; this one adds its own.

    Raises:
        ProgramError: A program failed.
        UsageError: The project has no such stack.
    """
    unknown = sorted(set(selection) - set(project.stacks))
    if unknown:
        known = ", ".join(project.stacks)
        raise UsageError(f"got stack {unknown[0]!r}, wanted one of {known}", hint="platform graph")
    needed = set(selection).union(*(graph.closure_upstream(stack) for stack in selection))
    synthesis = _Synthesis.of(project, graph, published)
    documents: dict[str, Document] = {}
    with _collector_paused():
        for stack in graph.order():
            if stack in selection or (stack in needed and stack not in synthesis.exports):
                if progress is not None:
                    progress(stack)
                documents[stack] = synthesis.stack(stack)
    return {stack: document for stack, document in documents.items() if stack in selection}


@contextmanager
def _collector_paused() -> Generator[None]:
    """Programs make tens of thousands of futures and keep them: little to collect."""
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()


@dataclass
class _Synthesis:
    """What one synthesis knows as it goes from stack to stack."""

    project: "Project"
    graph: "Graph"
    root: Path
    accounts: Accounts
    exports: dict[str, Struct] = field(default_factory=dict[str, Struct])

    @classmethod
    def of(
        cls, project: "Project", graph: "Graph", published: dict[str, Struct] | None
    ) -> "_Synthesis":
        """The start of a synthesis."""
        root = project.root.resolve()
        if not (root / program.ENTRY).is_file():
            raise ConfigError(
                [f"{program.ENTRY}: got no such file in {root}, wanted the project's program"]
            )
        exports = {} if published is None else published
        synthesis = cls(project, graph, root, Accounts(project.organization), exports)
        for name in exports:
            synthesis.learn(name)
        return synthesis

    def stack(self, name: str) -> Document:
        """Run the program of a stack whose upstream stacks have run."""
        stack = self.project.stacks[name]
        sources = Sources(self.root)
        upstream = self.graph.closure_upstream(name) - {name}
        earlier = {found: self.exports[found] for found in sorted(upstream)}
        references = References(self.project.name, name, earlier)
        config = configuration.of_stack(self.root / PROJECT_FILE, self.project.name, stack.file)
        monitor = RecordingMonitor(
            f"urn:pulumi:{name}::{self.project.name}",
            Placement(self.accounts, name),
            references,
            sources,
            disabled_providers=_disabled(config.values),
        )
        program.run(
            program.Program(
                root=self.root,
                project=self.project.name,
                stack=name,
                configuration=config,
                sources=sources,
            ),
            monitor,
            references,
        )
        self.exports[name] = monitor.stack_outputs
        self.learn(name)
        return assemble(name, self._account(stack), monitor, references.reads(), self.root)

    def learn(self, name: str) -> None:
        """Take the account ids from what a stack publishes, if it is the one that makes them."""
        if self.project.stacks[name].account.kind is AccountKind.MANAGEMENT:
            self.accounts.learn(_published_ids(self.exports[name], self.root))

    def _account(self, stack: "Stack") -> dict[str, object]:
        return {
            "name": stack.name,
            "kind": stack.account.kind.value,
            "environment": stack.account.environment,
            "id": self.accounts.id_of(stack.name),
        }


def _disabled(config: Mapping[str, str]) -> frozenset[str]:
    found = configuration.decoded(config.get(_DISABLED, "[]"))
    return (
        frozenset(map(str, cast("list[object]", found))) if isinstance(found, list) else frozenset()
    )


def _published_ids(outputs: Struct, root: Path) -> Mapping[str, object]:
    accounts = plain(outputs, root).get("accounts")
    ids = cast("dict[str, object]", accounts).get("ids") if isinstance(accounts, dict) else None
    return cast("dict[str, object]", ids) if isinstance(ids, dict) else {}
