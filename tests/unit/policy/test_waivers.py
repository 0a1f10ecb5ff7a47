"""Waivers: what they cover, when they end, and how a broken file is refused."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from policy.core.results import Enforcement, Finding, Problem, Severity
from policy.core.waivers import Waiver, WaiverError, WaiverState, load, unused
from policy.rules import RULES

URN = "urn:pulumi:staging::superinc::aws:kms/key:Key::data-key"
FINDING = Finding(
    rule="KMS-01",
    problem=Problem(urn=URN, path="enableKeyRotation", message="got no rotation, wanted true"),
    severity=Severity.HIGH,
    enforcement=Enforcement.MANDATORY,
    remedy="set enable_key_rotation=True",
)
WAIVER = Waiver(
    id="W-1",
    rule="KMS-01",
    urn="*::data-key",
    reason="rotation is done by the vendor of the key",
    owner="security",
    created=date(2026, 1, 1),
    expires=date(2026, 3, 1),
)
GOOD = """
waivers:
  - id: W-1
    rule: KMS-01
    urn: "*::data-key"
    reason: rotation is done by the vendor of the key
    owner: data
    approved_by: security
    created: 2026-01-01
    expires: 2026-03-01
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "waivers.yaml"
    path.write_text(text)
    return path


def test_a_waiver_covers_only_its_rule_its_resources_and_its_stacks() -> None:
    assert WAIVER.covers(FINDING, "staging")
    assert not replace(WAIVER, rule="KMS-02").covers(FINDING, "staging")
    assert not replace(WAIVER, urn="*::other").covers(FINDING, "staging")
    assert not replace(WAIVER, stack="production").covers(FINDING, "staging")


def test_a_waiver_of_one_finding_leaves_the_next_one() -> None:
    pinned = replace(WAIVER, finding=FINDING.fingerprint)
    other = replace(FINDING, problem=replace(FINDING.problem, path="policy"))
    assert pinned.covers(FINDING, "staging")
    assert not pinned.covers(other, "staging")


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 1, 2), WaiverState.ACTIVE),
        (date(2026, 2, 20), WaiverState.EXPIRING),
        (date(2026, 3, 1), WaiverState.EXPIRING),
        (date(2026, 3, 2), WaiverState.EXPIRED),
    ],
)
def test_a_waiver_ends_after_its_last_day(today: date, state: WaiverState) -> None:
    assert WAIVER.state(today) is state


def test_a_good_file_is_read(tmp_path: Path) -> None:
    (waiver,) = load(written(tmp_path, GOOD), RULES)
    assert (waiver.id, waiver.expires) == ("W-1", date(2026, 3, 1))


def test_no_file_is_no_waiver(tmp_path: Path) -> None:
    assert load(tmp_path / "absent.yaml", RULES) == ()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("rule: KMS-01", "rule: KMS-99"), "wanted a rule that exists"),
        (("rotation is done by the vendor of the key", "because"), "wanted at least 20"),
        (("approved_by: security", "approved_by: data"), "somebody other than the owner"),
        (("expires: 2026-03-01", "expires: 2027-03-01"), "wanted 0 to 90"),
        (("expires: 2026-03-01", "expires: soon"), "wanted dates"),
        (("owner: data", "ownr: data"), "ownr: unknown key"),
        (("owner: data", "ownr: data"), "owner: missing"),
        (("waivers:", "waived:"), "wanted a list"),
        (("- id: W-1", "- ["), "waivers.yaml"),
    ],
)
def test_a_broken_file_waives_nothing_and_says_why(
    tmp_path: Path, change: tuple[str, str], problem: str
) -> None:
    with pytest.raises(WaiverError, match=problem.replace("(", r"\(")):
        load(written(tmp_path, GOOD.replace(*change)), RULES)


def test_a_waiver_that_covers_nothing_is_reported() -> None:
    assert unused([WAIVER], [FINDING]) == (WAIVER,)
    assert unused([WAIVER], [replace(FINDING, waiver="W-1")]) == ()
