"""Installs the official release of the Pulumi CLI, where the internet allows."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from toolchain import cache

INSTALL_SECONDS = 300.0
"""The archive is about 200 MB; whoever has less bandwidth than that installs it by hand."""

_INSTALL = """
import socket, sys
from pulumi.automation import PulumiCommand
socket.setdefaulttimeout(10)
PulumiCommand.install(root=sys.argv[1])
"""


class InstallationError(Exception):
    """The release could not be installed; the message says why in one line."""


def installed_root(version: str) -> Path:
    """Where the official release is installed to."""
    return cache.cache_directory() / "release" / f"v{version}"


def installed_cli(version: str) -> Path:
    """The CLI of the installed release."""
    return installed_root(version) / "bin" / "pulumi"


def install(version: str, *, seconds: float = INSTALL_SECONDS) -> Path:
    """Install the release of the SDK's own version through the Automation API.

    It runs in a process of its own: the API offers no time limit and its installer starts others.

    Raises:
        InstallationError: It failed or took too long.
    """
    cli = installed_cli(version)
    with cache.exclusively(installed_root(version)):
        if cache.is_executable(cli):
            return cli
        with subprocess.Popen(
            [sys.executable, "-c", _INSTALL, str(installed_root(version))],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            try:
                _, errors = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired as error:
                raise InstallationError(f"not done after {seconds:.0f} s") from error
            finally:
                _end(process)
    if process.returncode or not cache.is_executable(cli):
        lines = errors.decode(errors="replace").strip().splitlines()
        raise InstallationError(lines[-1] if lines else f"exit code {process.returncode}")
    return cli


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
