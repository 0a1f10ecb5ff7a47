"""The Pulumi CLI built from its Go module (`tools/go.mod`), where it cannot be downloaded."""

from pathlib import Path

from toolchain import cache, gomodule
from toolchain.gomodule import GoModule, Progress

TOOLS = Path(__file__).parents[2] / "tools"
PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"


def built_cli(version: str) -> Path:
    """Where the CLI built from `tools/` is kept."""
    return cache.cache_directory() / "pulumi" / f"v{version}" / "pulumi"


def build(version: str, progress: Progress | None = None) -> Path:
    """Build the CLI into the cache, unless another process just did.

    Raises:
        BuildError: There is no Go, no module, or it does not compile.
    """
    cli = built_cli(version)
    module = GoModule(
        label="the Pulumi CLI",
        folder=TOOLS,
        linker_flags=f"-s -w -X {VERSION_VARIABLE}=v{version}",
    )
    gomodule.build(module, {PACKAGE: cli}, place=cli, progress=progress)
    return cli
