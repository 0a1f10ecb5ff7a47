"""The gate's report in each of its forms."""

import json
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from automation.errors import UsageError
from automation.reports.policy import (
    Format,
    as_json,
    chosen,
    junit,
    markdown,
    sarif,
    summary,
    tally,
    text,
)
from policy.core.evaluation import Report
from policy.core.results import Enforcement, Finding, Problem, Severity, Verdict
from policy.rules import RULES

URN = "urn:pulumi:staging::superinc::aws:kms/key:Key::data-key"


def finding(
    rule: str = "KMS-01",
    verdict: Verdict = Verdict.FAIL,
    enforcement: Enforcement = Enforcement.MANDATORY,
    waiver: str | None = None,
) -> Finding:
    return Finding(
        rule=rule,
        problem=Problem(
            urn=URN, path="enableKeyRotation", message="got no | rotation", verdict=verdict
        ),
        severity=Severity.HIGH,
        enforcement=enforcement,
        remedy="set enable_key_rotation=True",
        source="components/keys/key.py:42",
        waiver=waiver,
    )


BLOCKING = finding()
ADVISORY = finding("ORG-09", enforcement=Enforcement.ADVISORY)
UNKNOWN = finding("KMS-05", verdict=Verdict.UNKNOWN)
WAIVED = finding("KMS-02", waiver="W-1")
REPORT = Report(
    stack="staging",
    findings=(BLOCKING, ADVISORY, UNKNOWN, WAIVED),
    evaluated=40,
    resources=12,
    uncovered=("aws:ec2/eip:Eip",),
)


def test_findings_are_counted_once() -> None:
    counts = tally([REPORT])
    assert counts == (40, 1, 1, 1, 1)
    assert summary([REPORT]) == "1 error, 1 warning, 1 unknown, 1 waived in 40 checks over 1 stack"


def test_text_leads_with_the_place_in_the_source() -> None:
    first, remedy, *_ = text([REPORT]).splitlines()
    assert first == (
        "components/keys/key.py:42: error KMS-01 staging aws:kms/key:Key::data-key: "
        "enableKeyRotation: got no | rotation"
    )
    assert remedy == "  set enable_key_rotation=True"


def test_json_keeps_what_was_waived() -> None:
    (stack,) = json.loads(json.dumps(as_json([REPORT])))["stacks"]
    assert [item["result"] for item in stack["findings"]] == [
        "error",
        "warning",
        "unknown",
        "waived",
    ]
    assert stack["uncovered_types"] == ["aws:ec2/eip:Eip"]


def test_sarif_points_at_the_line_and_suppresses_what_is_waived() -> None:
    (run,) = json.loads(json.dumps(sarif([REPORT], RULES)))["runs"]
    error, *_, waived = run["results"]
    region = error["locations"][0]["physicalLocation"]
    assert region == {
        "artifactLocation": {"uri": "components/keys/key.py"},
        "region": {"startLine": 42},
    }
    assert (error["level"], waived["level"]) == ("error", "note")
    assert waived["suppressions"] == [{"kind": "external", "justification": "W-1"}]
    known = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} <= known


def test_sarif_has_the_required_shape() -> None:
    required = {
        "type": "object",
        "required": ["version", "runs"],
        "properties": {
            "version": {"const": "2.1.0"},
            "runs": {"items": {"required": ["tool", "results"]}, "minItems": 1},
        },
    }
    jsonschema.validate(json.loads(json.dumps(sarif([REPORT], RULES))), required)


def test_junit_fails_the_rule_that_blocks_and_skips_the_rest() -> None:
    suite = ET.fromstring(junit([REPORT], RULES)).find("testsuite")  # noqa: S314 - our own text
    assert suite is not None
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    skipped = [case.get("name") for case in suite if case.find("skipped") is not None]
    assert failed == ["KMS-01"]
    assert set(skipped) == {"ORG-09", "KMS-05", "KMS-02"}
    assert len(suite) == len(RULES)


def test_markdown_escapes_what_would_break_its_table() -> None:
    row = next(line for line in markdown([REPORT]).splitlines() if "KMS-01" in line)
    assert row.count(" | ") == 4
    assert "no \\| rotation" in row


def test_an_unknown_format_names_the_known_ones() -> None:
    assert chosen("sarif") is Format.SARIF
    with pytest.raises(UsageError, match="got 'yaml', wanted one of text, json, sarif"):
        chosen("yaml")
