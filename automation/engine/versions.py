"""Which Pulumi CLI versions this project works with."""

import re
from importlib import metadata

_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:[-+].*)?")

Version = tuple[int, int, int]


def parse_version(text: str) -> Version | None:
    """The numbers of a version such as `v3.255.0`, or None."""
    match = _VERSION.fullmatch(text.strip())
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def sdk_version() -> str:
    """The version of the installed Python SDK; the CLI we install or build has the same."""
    return metadata.version("pulumi")


def refusal(version: str) -> str | None:
    """Why a CLI of this version is not used, or None when it is.

    Supported is what Pulumi supports: the SDK's version or a newer one of the same major version.
    An older CLI may not know what the SDK asks of it.
    """
    got, least = parse_version(version), parse_version(sdk_version())
    if got is None or least is None:
        return f"got version {version!r}, wanted numbers such as {sdk_version()}"
    if got < least or got[0] > least[0]:
        wanted = f"{sdk_version()} or newer, below {least[0] + 1}.0.0"
        return f"got version {version.removeprefix('v')}, wanted {wanted}"
    return None
