"""The report about a Dockerfile, for people and for tools."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from automation.images.dockerfile import Dockerfile, read_dockerfile
from automation.images.findings import Finding, Level
from automation.images.rules import findings

SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class ImageReport:
    """What a Dockerfile is and what is wrong with it.

    Attributes:
        file: The file.
        findings: What is wrong.
    """

    file: Dockerfile
    findings: Sequence[Finding]

    @property
    def errors(self) -> int:
        """How many findings stop the build."""
        return sum(finding.level is Level.ERROR for finding in self.findings)

    @property
    def warnings(self) -> int:
        """How many do not."""
        return len(self.findings) - self.errors


def inspect(path: Path) -> ImageReport:
    """Read a Dockerfile and hold it to the rules.

    Raises:
        UsageError: It is not one.
    """
    file = read_dockerfile(path)
    return ImageReport(file=file, findings=findings(file))


def as_json(report: ImageReport) -> dict[str, object]:
    """The whole report as data; `schema` rises when a field changes its meaning."""
    path = report.file.path
    return {
        "schema": SCHEMA,
        "file": path,
        "valid": not report.errors,
        "summary": {
            "stages": len(report.file.stages),
            "errors": report.errors,
            "warnings": report.warnings,
        },
        "findings": [{**asdict(finding), "path": path} for finding in report.findings],
    }


def lines(report: ImageReport) -> list[str]:
    """Two lines a finding, as `platform check` prints them: where and what, then the remedy."""
    return [
        line
        for finding in report.findings
        for line in (
            f"{report.file.path}:{finding.line}: {finding.level} {finding.rule}: {finding.message}",
            f"  {finding.remedy}",
        )
    ]


def summary(report: ImageReport) -> str:
    """What was found, in one line."""
    stages = _counted(len(report.file.stages), "stage")
    found = f"{_counted(report.errors, 'error')}, {_counted(report.warnings, 'warning')}"
    return f"{found} in {report.file.path}, {stages}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
