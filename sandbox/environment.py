"""The environment in which any AWS client or Pulumi engine speaks to the sandbox alone."""

import os
import shutil
from pathlib import Path

from sandbox.plugins.install import executable
from sandbox.plugins.registry import NAMES

ACCESS_KEY = "sandbox"
"""The management account's key: the emulator takes any key it did not issue for that account's."""

_LOOPBACK = ("127.0.0.1", "localhost")


def environment(directory: Path, *, endpoint: str, region: str) -> dict[str, str]:
    """Variables to put over those of this process.

    Everything that could reach a real account is overwritten rather than removed, so that it is
    enough to merge them into a child's environment.
    """
    configuration = directory / "aws.config"
    on_path = [str(file.parent) for file in shadowed(directory)]
    path = os.pathsep.join([*on_path, os.environ.get("PATH", os.defpath)])
    excluded = os.environ.get("NO_PROXY", os.environ.get("no_proxy", ""))
    no_proxy = ",".join([*_LOOPBACK, *filter(None, [excluded])])
    return {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_CONFIG_FILE": str(configuration),
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_PROFILE": "default",
        "AWS_REGION": region,
        "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
        "AWS_SESSION_TOKEN": ACCESS_KEY,
        "AWS_SHARED_CREDENTIALS_FILE": str(configuration),
        "NO_PROXY": no_proxy,
        **({"PATH": path} if on_path else {}),
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_HOME": str(directory / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "no_proxy": no_proxy,
    }


def shadowed(directory: Path) -> list[Path]:
    """The providers of this sandbox that another on PATH would be taken instead of.

    The engine prefers any provider on PATH to its plugin cache. Only then do ours have to be on
    PATH as well: the engine warns of each one it takes from there.
    """
    return [
        executable(directory, name) for name in NAMES if shutil.which(f"pulumi-resource-{name}")
    ]


def write_configuration(directory: Path, *, region: str) -> None:
    """Write the AWS configuration file of the sandbox: one profile, worth nothing elsewhere."""
    lines = [
        "[default]",
        f"region = {region}",
        f"aws_access_key_id = {ACCESS_KEY}",
        f"aws_secret_access_key = {ACCESS_KEY}",
    ]
    (directory / "aws.config").write_text("\n".join(lines) + "\n", encoding="utf-8")
