"""The report about a build, for people and for tools."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from automation.frontend.folder import read_folder
from automation.frontend.hashed_names import hashed
from automation.frontend.rules import FIXED_NAMES, Build, Finding, Level, findings
from automation.frontend.upload import IMMUTABLE, cache_control, commands

SCHEMA = 1

BUCKET, DISTRIBUTION = '"s3://$BUCKET"', '"$DISTRIBUTION"'
"""Shell variables where the command line names no bucket and no distribution."""


@dataclass(frozen=True, kw_only=True)
class FrontendReport:
    """What a build is, what is wrong with it, and how it is uploaded.

    Attributes:
        folder: Where it is.
        build: Its files.
        findings: What is wrong.
        commands: How it is uploaded.
    """

    folder: str
    build: Build
    findings: list[Finding]
    commands: list[str]

    @property
    def errors(self) -> int:
        """How many findings stop the upload."""
        return sum(finding.level is Level.ERROR for finding in self.findings)

    @property
    def warnings(self) -> int:
        """How many do not."""
        return len(self.findings) - self.errors


def inspect(
    root: Path,
    *,
    immutable_paths: tuple[str, ...],
    allowed: tuple[str, ...] = (),
    source_maps: bool = False,
    bucket: str = BUCKET,
    distribution: str = DISTRIBUTION,
) -> FrontendReport:
    """Read a built folder and hold it to the rules.

    Raises:
        UsageError: It is not one.
    """
    files = read_folder(root)
    build = Build(
        files=files,
        hashed=hashed([file.path for file in files]),
        immutable_paths=immutable_paths,
        fixed_names=(*FIXED_NAMES, *allowed),
        source_maps=source_maps,
    )
    return FrontendReport(
        folder=str(root),
        build=build,
        findings=findings(build),
        commands=commands(build, str(root), bucket=bucket, distribution=distribution),
    )


def as_json(report: FrontendReport) -> dict[str, object]:
    """The whole report as data; `schema` rises when a field changes its meaning."""
    build = report.build
    return {
        "schema": SCHEMA,
        "folder": report.folder,
        "valid": not report.errors,
        "summary": {
            "files": len(build.files),
            "bytes": sum(file.bytes for file in build.files),
            "immutable": sum(build.immutable(file.path) for file in build.files),
            "errors": report.errors,
            "warnings": report.warnings,
        },
        "files": [
            {
                "path": file.path,
                "bytes": file.bytes,
                "hashed": file.path in build.hashed,
                "cache_control": cache_control(build, file.path),
            }
            for file in build.files
        ],
        "findings": [asdict(finding) for finding in report.findings],
        "commands": report.commands,
    }


def rows(report: FrontendReport) -> list[tuple[str, str, str]]:
    """A row a file: path, size, `Cache-Control`."""
    build = report.build
    return [(file.path, size(file.bytes), cache_control(build, file.path)) for file in build.files]


def lines(found: Sequence[Finding]) -> list[str]:
    """Two lines a finding, as `platform check` prints them: what and where, then the remedy."""
    return [
        line
        for finding in found
        for line in (
            f"{finding.level} {finding.rule} {finding.path}: {finding.message}",
            f"  {finding.remedy}",
        )
    ]


def summary(report: FrontendReport) -> str:
    """What there was and what was found, in one line."""
    build = report.build
    total = size(sum(file.bytes for file in build.files))
    kept = sum(cache_control(build, file.path) == IMMUTABLE for file in build.files)
    found = f"{_counted(report.errors, 'error')}, {_counted(report.warnings, 'warning')}"
    return f"{found} in {_counted(len(build.files), 'file')}, {total}, {kept} of them immutable"


def size(count: int) -> str:
    """A number of bytes as people say it."""
    if count < 1000:  # noqa: PLR2004 - SI prefixes
        return f"{count} B"
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"  # noqa: PLR2004 - SI prefixes


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
