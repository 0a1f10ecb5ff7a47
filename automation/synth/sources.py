"""Which line of the project makes a resource: the innermost frame of the project's own code."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType, TracebackType

from pulumi.runtime.proto import source_pb2

_OURS = f"{Path(__file__).resolve().parents[1]}/"
_INSTALLED = "/site-packages/"
_PROCESSING = re.compile(r"While processing resource: '(?P<name>.+?)', type:? '(?P<type>.+?)'")
"""The SDK's words about a resource whose inputs it cannot send."""

_CONSTRUCTORS = frozenset({"__init__", "_internal_init"})


class Sources:
    """The project's own files, told apart from the SDK's and from those of this program.

    Attributes:
        root: The project, absolute.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._prefix = f"{root}/"
        self._names: dict[str, str | None] = {}
        self._registered: dict[tuple[str, str], str] = {}

    def name(self, file: str) -> str | None:
        """A file as people know it, relative to the project; None when it is not the project's."""
        if file not in self._names:
            self._names[file] = self._relative(file)
        return self._names[file]

    def _relative(self, file: str) -> str | None:
        inside = file.startswith(self._prefix) and _INSTALLED not in file
        return file.removeprefix(self._prefix) if inside and not file.startswith(_OURS) else None

    def capture(self) -> source_pb2.StackTrace:
        """The call that makes the resource being registered, as the SDK's own stack trace.

        It takes the place of ``pulumi.runtime.resource._get_stack_trace``, which reads the source
        line of every frame: a quarter of a synth's time. A component's constructors, however deep
        the class, are passed over: its line is where it is made.
        """
        frame = sys._getframe(1)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - the documented way to walk the stack without reading sources
        found = self.nearest(frame, frame.f_locals.get("res"))
        if found is None:
            return source_pb2.StackTrace()
        self._registered[frame.f_locals["ty"], frame.f_locals["name"]] = found
        name, _, line = found.rpartition(":")
        position = source_pb2.SourcePosition(uri=name, line=int(line))
        return source_pb2.StackTrace(frames=[source_pb2.StackFrame(pc=position)])

    def nearest(self, frame: FrameType | None, resource: object = None) -> str | None:
        """The innermost line of the project from a frame up, a resource's constructors aside."""
        while frame is not None:
            name = self.name(frame.f_code.co_filename)
            if name is not None and not _constructs(frame, resource):
                return f"{name}:{frame.f_lineno}"
            frame = frame.f_back
        return None

    def of_error(self, error: BaseException) -> str | None:
        """The line of the project an error came from: by its traceback, or by what it is about."""
        if isinstance(error, SyntaxError) and error.filename and self.name(error.filename):
            return f"{self.name(error.filename)}:{error.lineno}"
        places = [
            f"{name}:{line}"
            for found in _chain(error)
            for code, line in _lines(found.__traceback__)
            if (name := self.name(code.co_filename)) is not None
        ]
        about = _PROCESSING.search(str(error))
        registered = self._registered.get((about["type"], about["name"])) if about else None
        return registered or (places[-1] if places else None)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and its causes; the SDK makes chains that bite their tail."""
    seen = set[int]()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__


def _constructs(frame: FrameType, resource: object) -> bool:
    code = frame.f_code
    if resource is None or code.co_name not in _CONSTRUCTORS or not code.co_varnames:
        return False
    return frame.f_locals.get(code.co_varnames[0]) is resource


def _lines(traceback: TracebackType | None) -> Iterator[tuple[CodeType, int]]:
    while traceback is not None:
        yield traceback.tb_frame.f_code, traceback.tb_lineno
        traceback = traceback.tb_next
