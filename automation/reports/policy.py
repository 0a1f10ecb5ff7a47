"""The policy gate's report for people and tools: text, JSON, SARIF 2.1.0, JUnit, Markdown."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple
from xml.etree import ElementTree as ET

from automation.errors import UsageError
from policy.core.evaluation import Report
from policy.core.results import Enforcement, Finding, Severity, Verdict
from policy.core.rule import Rule

SCHEMA = 1
_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

_SECURITY_SEVERITY = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.0",
    Severity.LOW: "3.0",
}
"""The scale code-scanning services sort by (SARIF property `security-severity`)."""


class Format(StrEnum):
    """How the report is written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"


class Tally(NamedTuple):
    """The counts of a gate, over all stacks."""

    evaluated: int
    blocking: int
    advisory: int
    unknown: int
    waived: int


def tally(reports: Iterable[Report]) -> Tally:
    """Count what was evaluated and found."""
    reports = tuple(reports)
    findings = [finding for report in reports for finding in report.findings]
    live = [finding for finding in findings if finding.waiver is None]
    unknown = sum(finding.problem.verdict is Verdict.UNKNOWN for finding in live)
    blocking = sum(finding.blocking for finding in live)
    return Tally(
        evaluated=sum(report.evaluated for report in reports),
        blocking=blocking,
        advisory=len(live) - blocking - unknown,
        unknown=unknown,
        waived=len(findings) - len(live),
    )


def label(finding: Finding) -> str:
    """What a finding is, in one word."""
    if finding.waiver is not None:
        return "waived"
    if finding.problem.verdict is not Verdict.FAIL:
        return str(finding.problem.verdict)
    return "error" if finding.enforcement is Enforcement.MANDATORY else "warning"


def resource_name(finding: Finding) -> str:
    """The last part of the URN: type and logical name."""
    return "::".join(finding.problem.urn.split("::")[-2:])


def message(finding: Finding) -> str:
    """The problem with its property path."""
    path, text = finding.problem.path, finding.problem.message
    return f"{path}: {text}" if path else text


def text(reports: Sequence[Report]) -> str:
    """Two lines per finding: what, where and why, then the remedy."""
    lines: list[str] = []
    for report in reports:
        for finding in report.findings:
            at = f"{finding.source}: " if finding.source else ""
            what = f"{report.stack} {resource_name(finding)}: {message(finding)}"
            lines.append(f"{at}{label(finding)} {finding.rule} {what}")
            lines.append(f"  {finding.waiver or finding.remedy}")
    return "\n".join(lines)


def as_json(reports: Sequence[Report]) -> dict[str, object]:
    """The whole report as data; `schema` rises when a field changes its meaning."""
    return {
        "schema": SCHEMA,
        "summary": tally(reports)._asdict(),
        "stacks": [
            {
                "stack": report.stack,
                "resources": report.resources,
                "evaluated": report.evaluated,
                "uncovered_types": list(report.uncovered),
                "findings": [_finding(finding) for finding in report.findings],
            }
            for report in reports
        ],
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "result": label(finding),
        "severity": finding.severity,
        "enforcement": finding.enforcement,
        "urn": finding.problem.urn,
        "path": finding.problem.path,
        "message": finding.problem.message,
        "remedy": finding.remedy,
        "source": finding.source,
        "fingerprint": finding.fingerprint,
        "waiver": finding.waiver,
    }


def sarif(reports: Sequence[Report], rules: Sequence[Rule]) -> dict[str, object]:
    """SARIF 2.1.0 for code scanning; waived findings stay in it as suppressed."""
    findings = [finding for report in reports for finding in report.findings]
    driver = {"name": "platform check", "rules": [_sarif_rule(rule) for rule in rules]}
    run = {"tool": {"driver": driver}, "results": [_sarif_result(item) for item in findings]}
    return {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _sarif_rule(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "help": {"text": rule.remedy},
        "properties": {
            "security-severity": _SECURITY_SEVERITY[rule.severity],
            "tags": list(rule.controls),
        },
    }


def _sarif_result(finding: Finding) -> dict[str, object]:
    level = {"error": "error", "warning": "warning"}.get(label(finding), "note")
    logical = {"fullyQualifiedName": finding.problem.urn}
    location: dict[str, object] = {"logicalLocations": [logical]}
    if finding.source:
        file, _, line = finding.source.rpartition(":")
        location["physicalLocation"] = {
            "artifactLocation": {"uri": file},
            "region": {"startLine": int(line)},
        }
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "level": level,
        "message": {"text": message(finding)},
        "locations": [location],
        "partialFingerprints": {"platform/v1": finding.fingerprint},
    }
    if finding.waiver is not None:
        result["suppressions"] = [{"kind": "external", "justification": finding.waiver}]
    return result


def junit(reports: Sequence[Report], rules: Sequence[Rule]) -> str:
    """JUnit XML: a suite per stack, a case per rule."""
    root = ET.Element("testsuites", name="platform check")
    for report in reports:
        suite = ET.SubElement(root, "testsuite", name=report.stack, tests=str(len(rules)))
        for rule in rules:
            case = ET.SubElement(suite, "testcase", classname=report.stack, name=rule.id)
            _junit_outcome(case, [item for item in report.findings if item.rule == rule.id])
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _junit_outcome(case: ET.Element, findings: Sequence[Finding]) -> None:
    broken = [finding for finding in findings if finding.blocking]
    if broken:
        failure = ET.SubElement(case, "failure", message=message(broken[0]))
        failure.text = "\n".join(f"{resource_name(item)}: {message(item)}" for item in broken)
    elif findings:
        labels = ", ".join(sorted({label(finding) for finding in findings}))
        ET.SubElement(case, "skipped", message=f"{labels}: {message(findings[0])}")


def markdown(reports: Sequence[Report]) -> str:
    """A table for a pull request."""
    lines = [f"**{summary(reports)}**", ""]
    rows = [(report.stack, item) for report in reports for item in report.findings]
    if rows:
        lines += ["| | rule | stack | resource | problem |", "|---|---|---|---|---|"]
    for stack, finding in rows:
        cells = (label(finding), finding.rule, stack, f"`{resource_name(finding)}`")
        problem = message(finding).replace("|", "\\|")
        lines.append(f"| {' | '.join(cells)} | {problem} |")
    return "\n".join(lines)


def summary(reports: Sequence[Report]) -> str:
    """The last line: what was evaluated, what was found."""
    counts = tally(reports)
    parts = [_counted(counts.blocking, "error"), _counted(counts.advisory, "warning")]
    parts += [f"{counts.unknown} unknown"] if counts.unknown else []
    parts += [f"{counts.waived} waived"] if counts.waived else []
    return f"{', '.join(parts)} in {counts.evaluated} checks over {_counted(len(reports), 'stack')}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def chosen(name: str) -> Format:
    """The format of that name.

    Raises:
        UsageError: There is none.
    """
    try:
        return Format(name)
    except ValueError:
        wanted = ", ".join(Format)
        hint = "platform check --format json"
        raise UsageError(f"--format: got {name!r}, wanted one of {wanted}", hint=hint) from None


TEXTUAL: dict[Format, Callable[[Sequence[Report], Sequence[Rule]], str]] = {
    Format.TEXT: lambda reports, _: text(reports),
    Format.JUNIT: junit,
    Format.MARKDOWN: lambda reports, _: markdown(reports),
}
"""The formats that are text; the others are data."""
