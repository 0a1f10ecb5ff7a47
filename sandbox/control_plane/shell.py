"""What a shell of the sandbox needs to look into its clusters: `kubectl` and a kubeconfig."""

import contextlib
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
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
    """A kubeconfig with contexts for each cluster: of a role that may enter, and of all that may.

    `staging` is an administrator where there is one, `staging/auditor` the role of that name.
    """
    planes = find_all(directory)
    names = [plane.name for plane in planes]
    with contextlib.closing(Store.open(directory)) as store:
        contexts = [
            (name, plane.endpoint, plane.certificate_authority, arguments)
            for plane in planes
            for name, arguments in _contexts(
                plane,
                plane.name if names.count(plane.name) == 1 else plane.directory.name,
                entries_of(store, plane.account, plane.region, plane.name),
            )
        ]
    return kubeconfig.of_roles(contexts)


def _contexts(
    plane: ControlPlane, name: str, entries: Sequence[AccessEntry]
) -> Iterator[tuple[str, list[str]]]:
    """Names of contexts, and what `aws` is told for their tokens."""
    yield name, kubeconfig.token_arguments(plane.name, plane.region, role_of(entries))
    for role in _people(entries):
        arguments = kubeconfig.token_arguments(plane.name, plane.region, role)
        yield f"{name}/{role.rpartition('/')[2]}", arguments


def _people(entries: Sequence[AccessEntry]) -> list[str]:
    """The roles that a person can take."""
    roles = [one for one in entries if one.kind == "STANDARD"]
    return [one.principal_arn for one in roles if ":role/" in one.principal_arn]


def role_of(entries: Sequence[AccessEntry]) -> str | None:
    """The role that a person takes to look inside: an administrator's where there is one."""
    administrators = [
        one.principal_arn
        for one in entries
        if any(policy.policy_arn == ADMINISTRATOR_POLICY for policy in one.policies)
    ]
    people = _people(entries)
    return next((one for one in [*administrators, *people] if one in people), None)


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
