"""The accounts as a rollout sees them: each made ready, and proved to be itself, in its turn."""

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from automation.errors import ConfigError, PlatformError, UsageError
from automation.results import Operation
from automation.rollout import EngineCommand
from components.contracts import AccountKind

if TYPE_CHECKING:
    from collections.abc import Collection

    from automation.graph import Graph
    from automation.organization import Project
    from automation.target import Target


class Accounts:
    """Every stack's account, on AWS or on the sandbox."""

    def __init__(self, project: "Project", graph: "Graph", target: "Target") -> None:
        self._project = project
        self._graph = graph
        self._target = target
        self._ids: dict[str, str] = {}
        self._turn = threading.Lock()  # a botocore session must not make clients in two threads

    def prepare(self, stack: str, operation: Operation) -> None:
        """Prove that the credentials lead into the stack's own account, and make the stack.

        Raises:
            CredentialsError: They lead elsewhere or nowhere.
            PlatformError: The account is not there yet, or the stack cannot be made.
        """
        del operation  # every one needs the same
        account = self._project.stacks[stack].account
        if account.kind is not AccountKind.MANAGEMENT:
            with self._turn:
                identifier = account.id or self._published_id(stack)
                self._target.access.verify_account(
                    identifier, self._project.organization.access_role
                )
        self._target.workspace.prepare(stack)

    def command(self, stack: str, operation: Operation, events: Path) -> EngineCommand:
        """The engine's command line for a stack."""
        workspace = self._target.workspace
        arguments = workspace.arguments(operation.value, stack, event_log=events)
        return EngineCommand(
            arguments=tuple(arguments),
            environment=workspace.environment(),
            directory=workspace.directory,
        )

    def source_of(self, stack: str, urns: list[str]) -> Mapping[str, str]:
        """The lines of the program that make these resources; nothing when it cannot be told."""
        from automation.synth import sources_of  # noqa: PLC0415 - only after a failure

        try:
            found = sources_of(self._project, self._graph, stack)
        except (PlatformError, ConfigError):
            return {}
        return {urn: found[urn] for urn in urns if urn in found}

    def check_upstream(self, selection: "Collection[str]") -> None:
        """Refuse stacks that read outputs of others which are neither selected nor rolled out.

        Raises:
            UsageError: Some are missing; every one is named.
        """
        missing: list[str] = []
        stacks: dict[str, None] = {}
        for edge in self._graph.edges:
            if edge.target not in selection or edge.source in selection or not edge.outputs:
                continue
            published = self._target.workspace.outputs(edge.source) or {}
            if absent := [name for name in edge.outputs if not _holds(published, name)]:
                missing.append(f"{edge.target} reads {', '.join(absent)} of {edge.source}")
                stacks[f"...{edge.target}"] = None
        if missing:
            raise UsageError(
                f"got outputs that nobody has published, wanted them rolled out before: "
                f"{'; '.join(missing)}",
                hint=f"platform up {' '.join(stacks)}{self._flag()}",
            )

    def check_downstream(self, selection: "Collection[str]") -> None:
        """Refuse to take down stacks while others that still stand need them.

        Raises:
            UsageError: Some do; every one is named.
        """
        standing: dict[str, list[str]] = {}
        for stack in selection:
            for dependent in self._graph.dependents(stack) - set(selection):
                checkpoint = self._target.state().checkpoint(dependent)
                if checkpoint is not None and checkpoint.resources:
                    standing.setdefault(stack, []).append(dependent)
        if standing:
            needed = "; ".join(
                f"{', '.join(sorted(who))} need {it}" for it, who in standing.items()
            )
            wanted = " ".join(f"{stack}..." for stack in standing)
            raise UsageError(
                f"got stacks that others stand on, wanted those taken down first: {needed}",
                hint=f"platform destroy {wanted}{self._flag()}",
            )

    def check_unprotected(self, selection: "Collection[str]") -> None:
        """Refuse to take down a stack that holds protected resources, before the rest of it goes.

        The engine would delete everything else first and stop at them.

        Raises:
            UsageError: Some do; every stack is named with what it protects.
        """
        state = self._target.state()
        held = {
            stack: names
            for stack in selection
            if state.exists(stack) and (names := protected(state.export(stack)))
        }
        if held:
            listed = "; ".join(f"{stack} holds {', '.join(names)}" for stack, names in held.items())
            first = next(iter(held))
            raise UsageError(
                f"got protected resources, wanted none: {listed}",
                hint=f"platform shell {first}{self._flag()}, then pulumi state unprotect --all",
            )

    def _published_id(self, stack: str) -> str:
        """The id of an account we made; it never changes, so the state is read for it once."""
        if stack not in self._ids:
            self._ids |= self._read_ids(stack)
        return self._ids[stack]

    def _read_ids(self, stack: str) -> dict[str, str]:
        management = self._project.organization.account_of_kind(AccountKind.MANAGEMENT)
        published = self._target.workspace.outputs(management) or {}
        ids = _at(published, "accounts.ids")
        if not isinstance(ids, dict) or stack not in ids:
            raise PlatformError(
                f"got no id of account {stack} from {management}, wanted it rolled out before",
                hint=f"platform up {management}{self._flag()}",
            )
        return {name: str(found) for name, found in cast("dict[str, object]", ids).items()}

    def _flag(self) -> str:
        return " --sandbox" if self._target.sandbox is not None else ""


def protected(checkpoint: bytes) -> list[str]:
    """The protected resources in a checkpoint, as ``type name``."""
    latest: dict[str, Any] = json.loads(checkpoint)["checkpoint"].get("latest") or {}
    resources: list[dict[str, Any]] = latest.get("resources") or []
    return sorted(
        f"{resource['type']} {resource['urn'].rpartition('::')[2]}"
        for resource in resources
        if resource.get("protect")
    )


def _at(published: Mapping[str, Any], path: str) -> object:
    layer, _, output = path.partition(".")
    values: object = published.get(layer)
    return cast("dict[str, object]", values).get(output) if isinstance(values, dict) else None


def _holds(published: Mapping[str, Any], path: str) -> bool:
    return _at(published, path) is not None
