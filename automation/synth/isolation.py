"""What a program of one stack must not see: this process's environment, modules and directory.

The engine starts each program in a process of its own. Here all programs share one, so that the
provider SDKs are imported once; everything else a fresh process would not have is hidden.
"""

import os
import sys
from collections.abc import Generator
from contextlib import ExitStack, chdir, contextmanager, redirect_stdout
from pathlib import Path
from types import ModuleType

_SCRUBBED = ("AWS_", "KUBE", "OTEL_", "PULUMI_", "TRACEPARENT", "TRACESTATE")
"""Variables that provider SDKs and the Pulumi SDK read; a document must not depend on them."""


@contextmanager
def fresh_process(root: Path) -> Generator[None]:
    """As in a process the engine starts: the project's directory first, no module of it loaded."""
    with ExitStack() as stack:
        stack.enter_context(chdir(root))
        stack.enter_context(_environment())
        stack.enter_context(_modules(root))
        # Standard output is for the document; what a program prints is for the person.
        stack.enter_context(redirect_stdout(sys.stderr))
        yield


@contextmanager
def _environment() -> Generator[None]:
    hidden = {name: os.environ[name] for name in os.environ if name.startswith(_SCRUBBED)}
    for name in hidden:
        del os.environ[name]
    try:
        yield
    finally:
        for name in [name for name in os.environ if name.startswith(_SCRUBBED)]:
            del os.environ[name]
        os.environ.update(hidden)


@contextmanager
def _modules(root: Path) -> Generator[None]:
    tops = {path.stem for path in root.iterdir() if path.suffix in {"", ".py"}} - {"__main__"}
    path = list(sys.path)
    hidden = _loaded(tops)
    for name in hidden:
        del sys.modules[name]
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        for name in _loaded(tops):
            del sys.modules[name]
        sys.modules.update(hidden)
        sys.path[:] = path


def _loaded(tops: set[str]) -> dict[str, ModuleType]:
    """The loaded modules whose top-level package the project brings itself."""
    return {name: module for name, module in sys.modules.items() if name.partition(".")[0] in tops}
