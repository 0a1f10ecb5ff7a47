"""References to other stacks: answered from what those stacks exported, every read noted."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import pulumi
from google.protobuf.struct_pb2 import Struct

from automation.synth import values

if TYPE_CHECKING:
    from _collections_abc import dict_items, dict_values

REFERENCE_TYPE = "pulumi:pulumi:StackReference"

_DEPTH = 2
"""How deep reads are told apart: an output, and a field of an output."""

_ALL = "*"
"""In a read: whatever is there, by going through it."""


class UnknownStackError(Exception):
    """A program reads a stack that is not rolled out before its own.

    Attributes:
        source: Where in the project, when known.
    """

    def __init__(self, message: str, source: str | None) -> None:
        super().__init__(message)
        self.source = source


class References:
    """What one stack reads from earlier ones.

    Attributes:
        stack: The reading stack.
        exports: What each stack that is rolled out before it exported, as sent.
    """

    def __init__(self, project: str, stack: str, exports: Mapping[str, Struct]) -> None:
        self.stack = stack
        self.exports = exports
        self._project = project
        self._reads: set[tuple[str, ...]] = set()

    def resolve(self, name: str, source: str | None) -> Struct:
        """The properties of a reference, as the engine answers them.

        Raises:
            UnknownStackError: The stack is not one of those rolled out before this one.
        """
        stack = name.rpartition("/")[2]
        if self._other_project(name) or stack not in self.exports:
            known = ", ".join(sorted(self.exports)) or "none"
            raise UnknownStackError(
                f"got a reference to stack {name!r}, wanted one that is rolled out before"
                f" {self.stack}: {known}",
                source,
            )
        exported = self.exports[stack]
        answer = Struct()
        answer.fields["name"].string_value = name
        answer.fields["outputs"].struct_value.CopyFrom(exported)
        secret = [key for key in exported.fields if values.contains_secret(exported.fields[key])]
        answer.update({"secretOutputNames": sorted(secret)})
        return answer

    def _other_project(self, name: str) -> bool:
        parts = name.split("/")
        return len(parts) == 3 and parts[1] != self._project  # noqa: PLR2004 - organization/project/stack

    def note(self, name: str, *path: str) -> None:
        """Note that an output of a stack, or a field of one, was read."""
        self._reads.add((name.rpartition("/")[2], *path))

    def reads(self) -> list[dict[str, str]]:
        """The reads in the document's form: a field where one is known, else the whole output."""
        found = {
            (stack, name, *rest)
            for stack, first, *rest in self._reads
            for name in (sorted(self.exports[stack].fields) if first == _ALL else [first])
        }
        fields = {
            (stack, name)
            for stack, name, *rest in found
            if rest and (stack, name, _ALL) not in found
        }
        kept = {read for read in found if len(read) > _DEPTH} if fields else set[tuple[str, ...]]()
        kept = {read for read in kept if read[:_DEPTH] in fields}
        kept |= {read[:_DEPTH] for read in found if read[:_DEPTH] not in fields}
        return [
            dict(zip(("stack", "output", "field"), read, strict=False)) for read in sorted(kept)
        ]


class _Watched(dict[str, Any]):
    """A mapping that notes which of its keys are asked for by name."""

    def __init__(self, content: Mapping[str, Any], note: Callable[..., None], depth: int) -> None:
        super().__init__(content)
        self._note = note
        self._left = depth

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - an output may be anything
        self._note(key)
        return self._inner(key, super().__getitem__(key))

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - an output may be anything
        self._note(key)
        return self._inner(key, super().get(key, default))

    def __iter__(self) -> Iterator[str]:
        self._note(_ALL)
        return super().__iter__()

    def items(self) -> "dict_items[str, Any]":
        self._note(_ALL)
        return super().items()

    def values(self) -> "dict_values[str, Any]":
        self._note(_ALL)
        return super().values()

    def _inner(self, key: str, value: Any) -> Any:  # noqa: ANN401 - an output may be anything
        return _watched(value, lambda *path: self._note(key, *path), self._left - 1)


def _watched(value: Any, note: Callable[..., None], depth: int) -> Any:  # noqa: ANN401 - an output may be anything
    if not depth or not isinstance(value, dict):
        return value
    return _Watched(cast("dict[str, Any]", value), note, depth)


class _WatchedOutput(pulumi.Output[Any]):
    """An output of another stack: what its users take from it is noted."""

    _plain: pulumi.Output[Any]
    _note: Callable[..., None]
    _left: int

    @classmethod
    def of(
        cls, output: pulumi.Output[Any], note: Callable[..., None], depth: int
    ) -> "_WatchedOutput":
        """The same output, watched; it shares the future and with it secrecy and dependencies."""
        watched: _WatchedOutput = object.__new__(cls)
        watched._data = output._data  # noqa: SLF001 - the one state an Output has
        watched._plain = output
        watched._note = note
        watched._left = depth
        return watched

    def __getitem__(self, key: Any) -> pulumi.Output[Any]:  # noqa: ANN401 - the SDK's signature
        """One entry of the value, as :class:`pulumi.Output` gives it."""
        self._note(key)
        entry = self._plain[key]
        if self._left == 1:
            return entry
        return _WatchedOutput.of(entry, lambda *path: self._note(key, *path), self._left - 1)

    def apply(self, func: Callable[[Any], Any], run_with_unknowns: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - the SDK's signature
        """Transform the value as :meth:`pulumi.Output.apply` does."""

        def watching(value: Any) -> Any:  # noqa: ANN401 - an output may be anything
            result = func(_watched(value, self._note, self._left))
            # Beyond this call nobody asks by name: the SDK itself walks through every value.
            return dict(cast("dict[str, Any]", result)) if isinstance(result, _Watched) else result

        return super().apply(watching, run_with_unknowns)


@contextmanager
def watched(references: References) -> Generator[None]:
    """Note every read a program makes through `pulumi.StackReference`."""
    kind = pulumi.StackReference
    originals = {name: getattr(kind, name) for name in ("__init__", "get_output", "require_output")}

    def create(self: pulumi.StackReference, name: str, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - the SDK's signature
        originals["__init__"](self, name, *args, **kwargs)
        target = str((args[0] if args else kwargs.get("stack_name")) or name)
        plain = self.outputs
        seen = _WatchedOutput.of(plain, lambda *path: references.note(target, *path), _DEPTH)
        self.__dict__.update(outputs=seen, _synth_plain=plain, _synth_stack=target)

    def reading(method: str) -> Callable[..., pulumi.Output[Any]]:
        def read(self: pulumi.StackReference, name: pulumi.Input[str]) -> pulumi.Output[Any]:
            target = str(self.__dict__["_synth_stack"])
            # The SDK walks through all outputs to find one; that is not the program reading them.
            seen = self.__dict__["outputs"]
            self.__dict__["outputs"] = self.__dict__["_synth_plain"]
            output = originals[method](self, name)
            self.__dict__["outputs"] = seen
            if not isinstance(name, str):
                return output
            references.note(target, name)
            return _WatchedOutput.of(output, lambda *path: references.note(target, name, *path), 1)

        return read

    try:
        kind.__init__ = create
        kind.get_output = reading("get_output")
        kind.require_output = reading("require_output")
        yield
    finally:
        for name, original in originals.items():
            setattr(kind, name, original)
