"""What a state backend knows of our stacks, read without starting the engine.

Layout of a DIY backend (format 1, keyed by project), as the CLI writes it:

- `.pulumi/stacks/<project>/<stack>.json`, or `.json.gz` or `.json.zst` when compression is on
- `.pulumi/locks/organization/<project>/<stack>/<id>.json`: who is changing the stack
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any, cast

from automation.backend import Object, Objects, open_objects
from automation.errors import StateError

STACKS = ".pulumi/stacks"
LOCKS = ".pulumi/locks/organization"
STACK_TYPE = "pulumi:pulumi:Stack"

SECRET_KEY = "4dabf18193072939515e22adb298388d"  # noqa: S105 - Pulumi's mark of a special value, not a secret
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - Pulumi's mark of an encrypted value
HIDDEN = "[secret]"

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_SUFFIXES = (".json", ".json.gz", ".json.zst")

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Pending:
    """An operation that was interrupted: nobody knows whether AWS did it.

    Attributes:
        urn: The resource.
        operation: What was under way: creating, updating, deleting, reading or importing.
    """

    urn: str
    operation: str


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """The last state of a stack.

    Attributes:
        resources: How many resources it has, providers and the stack itself included.
        pending: What an interrupted run left open.
        outputs: What it publishes, secrets hidden.
        modified: When it was written.
    """

    resources: int
    pending: tuple[Pending, ...]
    outputs: Json
    modified: datetime


@dataclass(frozen=True, kw_only=True)
class Lock:
    """A claim on a stack.

    Attributes:
        key: The object that is the claim.
        stack: The stack.
        user: Who holds it.
        host: On which machine.
        pid: In which process there.
        since: Since when.
    """

    key: str
    stack: str
    user: str
    host: str
    pid: int
    since: datetime


class State:
    """The state of one project.

    Args:
        objects: The store.
        project: The Pulumi project's name.
    """

    def __init__(self, objects: Objects, project: str) -> None:
        self._objects = objects
        self._project = project

    @classmethod
    def open(
        cls, url: str, environment: Mapping[str, str], *, project: str, region: str
    ) -> "State":
        """The state behind a backend URL; nothing is read yet."""
        return cls(open_objects(url, environment, region=region), project)

    def stacks(self) -> frozenset[str]:
        """The names of all stacks that exist."""
        prefix = f"{STACKS}/{self._project}/"
        names = (found.key.removeprefix(prefix) for found in self._objects.list(prefix))
        return frozenset(
            name.removesuffix(suffix)
            for name in names
            for suffix in _SUFFIXES
            if name.endswith(suffix) and "/" not in name
        )

    def exists(self, stack: str) -> bool:
        """Whether a stack has been made, with or without resources."""
        return self._newest(stack) is not None

    def checkpoint(self, stack: str) -> Checkpoint | None:
        """The last state of a stack, or None when it does not exist.

        Raises:
            StateError: It is there but cannot be read.
        """
        found = self._newest(stack)
        if found is None:
            return None
        deployment = self._deployment(found)
        resources = cast("list[Json]", deployment.get("resources") or [])
        nothing: Json = {}
        root = next((entry for entry in resources if entry.get("type") == STACK_TYPE), nothing)
        return Checkpoint(
            resources=len(resources),
            pending=tuple(
                Pending(
                    urn=str(cast("Json", entry.get("resource") or {}).get("urn", "")),
                    operation=str(entry.get("type", "")),
                )
                for entry in cast("list[Json]", deployment.get("pending_operations") or [])
            ),
            outputs=cast("Json", hide_secrets(root.get("outputs") or {})),
            modified=found.modified,
        )

    def export(self, stack: str) -> bytes:
        """The whole checkpoint as it lies in the backend, decompressed.

        Raises:
            StateError: There is none, or it cannot be read.
        """
        found = self._newest(stack)
        if found is None:
            raise StateError(
                f"got no state of stack {stack!r}, wanted one", hint=f"platform up {stack}"
            )
        return decompress(self._objects.read(found.key), found.key)

    def locks(self, stack: str | None = None) -> tuple[Lock, ...]:
        """Who holds a stack, or any stack of the project.

        Raises:
            StateError: A lock cannot be read.
        """
        prefix = f"{LOCKS}/{self._project}/" + (f"{stack}/" if stack else "")
        return tuple(
            self._lock(found) for found in self._objects.list(prefix) if found.key.endswith(".json")
        )

    def unlock(self, lock: Lock) -> None:
        """Remove one claim, and no other."""
        self._objects.delete(lock.key)

    def _newest(self, stack: str) -> Object | None:
        """The stack's object; the newest where a change of compression left two."""
        prefix = f"{STACKS}/{self._project}/{stack}.json"
        wanted = {f"{STACKS}/{self._project}/{stack}{suffix}" for suffix in _SUFFIXES}
        found = [entry for entry in self._objects.list(prefix) if entry.key in wanted]
        return max(found, key=lambda entry: entry.modified, default=None)

    def _deployment(self, found: Object) -> Json:
        document = _object(decompress(self._objects.read(found.key), found.key), found.key)
        checkpoint = document.get("checkpoint")
        if not isinstance(checkpoint, dict):
            raise _unreadable(found.key, "no `checkpoint` in it")
        return cast("Json", cast("Json", checkpoint).get("latest") or {})

    def _lock(self, found: Object) -> Lock:
        fields = _object(self._objects.read(found.key), found.key)
        try:
            return Lock(
                key=found.key,
                stack=found.key.split("/")[-2],
                user=str(fields["username"]),
                host=str(fields["hostname"]),
                pid=int(fields["pid"]),
                since=datetime.fromisoformat(str(fields["timestamp"])),
            )
        except (KeyError, ValueError) as error:
            raise _unreadable(found.key, f"not a lock: {error}") from error


def decompress(content: bytes, key: str) -> bytes:
    """The JSON of a checkpoint, whatever compression it was written with.

    Raises:
        StateError: It is damaged, or compressed with zstd and no decoder is installed.
    """
    try:
        if content.startswith(_GZIP):
            return gzip.decompress(content)
        if content.startswith(_ZSTD):
            decoder = import_module("zstandard").ZstdDecompressor().decompressobj()
            return cast("bytes", decoder.decompress(content))
    except (OSError, EOFError) as error:
        raise _unreadable(key, str(error)) from error
    except ImportError as error:
        raise StateError(
            f"state {key}: got zstd compression, wanted gzip or none",
            hint="unset PULUMI_DIY_BACKEND_ZSTD, or: uv pip install zstandard",
        ) from error
    return content


def hide_secrets(value: object) -> object:
    """The value with everything encrypted replaced by `[secret]`."""
    if isinstance(value, list):
        return [hide_secrets(item) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    mapping = cast("dict[str, object]", value)
    if mapping.get(SECRET_KEY) == SECRET_SIGNATURE:
        return HIDDEN
    return {key: hide_secrets(item) for key, item in mapping.items()}


def flattened(outputs: Json) -> dict[str, object]:
    """Outputs by `layer.name`; one that is no layer keeps its own name."""
    flat: dict[str, object] = {}
    for layer, fields in outputs.items():
        if isinstance(fields, dict):
            for name, value in cast("Json", fields).items():
                flat[f"{layer}.{name}"] = value
        else:
            flat[layer] = fields
    return flat


def _object(content: bytes, key: str) -> Json:
    try:
        document: object = json.loads(content)
    except ValueError as error:
        raise _unreadable(key, str(error)) from error
    if not isinstance(document, dict):
        raise _unreadable(key, "not an object")
    return cast("Json", document)


def _unreadable(key: str, why: str) -> StateError:
    return StateError(
        f"state {key}: got something unreadable ({why}), wanted a Pulumi checkpoint",
        hint="restore an earlier version of the object, or a file of .platform/backups",
    )
