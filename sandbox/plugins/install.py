"""Writes the provider executables of a sandbox where its engine looks for plugins."""

import shlex
import stat
import sys
from importlib.metadata import version
from pathlib import Path

from sandbox.plugins.registry import NAMES


def install(directory: Path) -> None:
    """Write one executable per provider into the plugin cache below the sandbox directory.

    Each poses as the version of its SDK: from the cache, unlike from PATH, the engine then takes it
    without a warning per provider and run. `sh` starts it because the path of an interpreter may
    be longer than a `#!` line can be.
    """
    launcher = Path(__file__).with_name("launcher.py")
    root = launcher.parents[2]
    for name in NAMES:
        command = shlex.join(
            [sys.executable, "-I", "-S", str(launcher), str(root), str(directory.resolve()), name]
        )
        _write(executable(directory, name), f'#!/bin/sh\nexec {command} "$@"\n')


def executable(directory: Path, name: str) -> Path:
    """The file the engine of this sandbox starts for a provider."""
    cache = directory / "home" / "plugins"
    return cache / f"resource-{name}-v{version(f'pulumi-{name}')}" / f"pulumi-resource-{name}"


def _write(file: Path, text: str) -> None:
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    # An engine may be starting this very file: replace it, never write into it.
    fresh = file.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.chmod(fresh.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    fresh.replace(file)
