"""What a shell of the sandbox needs to look into its clusters: `kubectl` and a kubeconfig."""

import contextlib
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sandbox.aws.access_entries import ADMINISTRATOR_POLICY, AccessEntry, entries_of
from sandbox.control_plane import kubeconfig
from sandbox.control_plane.build import cached
from sandbox.control_plane.plane import ControlPlane, find_all
from sandbox.store import Store
from toolchain.cache import is_executable
from toolchain.gomodule import BuildError

BIN: Final = "bin"
KUBECONFIG: Final = "kubeconfig"

_ROOT: Final = Path(__file__).resolve().parents[2]
_AWS: Final = """\
#!/bin/sh
# Answers `aws eks get-token`; the rest is the real AWS CLI's, where there is one.
case " $* " in
  *" eks get-token "*)
    exec env PYTHONPATH={root} {python} -P -m sandbox.control_plane.tokens "$@" ;;
esac
here={here}
IFS=:
for folder in $PATH; do
  if [ "$folder" != "$here" ] && [ -x "$folder/aws" ]; then exec "$folder/aws" "$@"; fi
done
echo "aws: not installed; the sandbox's own knows only: aws eks get-token" >&2
exit 127
"""


def variables(directory: Path, path: str) -> dict[str, str]:
    """Variables for a child process that is to see the sandbox's clusters and no others.

    Args:
        directory: Of the sandbox.
        path: The PATH to extend.
    """
    return {
        "KUBECONFIG": str(directory / KUBECONFIG),
        "PATH": os.pathsep.join([str(directory / BIN), path]),
    }


def install(directory: Path) -> None:
    """Write the commands and the kubeconfig, as the clusters and their access entries now are."""
    folder = directory / BIN
    folder.mkdir(parents=True, exist_ok=True)
    _write_aws(folder)
    with contextlib.suppress(BuildError):
        kubectl = cached("kubectl")
        link = folder / "kubectl"
        if is_executable(kubectl) and not link.is_symlink():
            link.symlink_to(kubectl)
    kubeconfig.write(directory / KUBECONFIG, document(directory))


def document(directory: Path) -> str:
    """A kubeconfig with a context for each cluster, as a role that may enter it."""
    planes = find_all(directory)
    names = [plane.name for plane in planes]
    with contextlib.closing(Store.open(directory)) as store:
        contexts = [
            (
                plane.name if names.count(plane.name) == 1 else plane.directory.name,
                plane.endpoint,
                plane.certificate_authority,
                _arguments(plane, entries_of(store, plane.account, plane.region, plane.name)),
            )
            for plane in planes
        ]
    return kubeconfig.of_roles(contexts)


def _arguments(plane: ControlPlane, entries: Sequence[AccessEntry]) -> list[str]:
    arguments = ["--cluster-name", plane.name, "--region", plane.region]
    role = role_of(entries)
    return [*arguments, "--role-arn", role] if role else arguments


def role_of(entries: Sequence[AccessEntry]) -> str | None:
    """The role that a person takes to look inside: an administrator's where there is one."""
    roles = [one for one in entries if one.kind == "STANDARD" and ":role/" in one.principal_arn]
    administrators = [
        one
        for one in roles
        if any(policy.policy_arn == ADMINISTRATOR_POLICY for policy in one.policies)
    ]
    return next((one.principal_arn for one in [*administrators, *roles]), None)


def _write_aws(folder: Path) -> None:
    file = folder / "aws"
    text = _AWS.format(
        root=shlex.quote(str(_ROOT)),
        python=shlex.quote(sys.executable),
        here=shlex.quote(str(folder)),
    )
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        return
    # A kubectl may be starting this very file: replace it, never write into it.
    fresh = file.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.chmod(0o755)
    fresh.replace(file)
