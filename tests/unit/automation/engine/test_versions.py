"""Which CLI versions are used."""

import pytest

from automation.engine import versions
from automation.engine.build import TOOLS
from automation.engine.versions import parse_version, refusal


@pytest.fixture(autouse=True)
def sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "sdk_version", lambda: "3.255.0")


@pytest.mark.parametrize("version", ["v3.255.0", "3.255.0", "3.255.1", "v3.300.0", "3.256.0-dev+1"])
def test_the_sdks_version_and_newer_ones_of_its_major_version_are_used(version: str) -> None:
    assert refusal(version) is None


@pytest.mark.parametrize("version", ["3.254.9", "v3.1.0", "2.300.0", "4.0.0"])
def test_older_versions_and_other_major_versions_are_refused_with_both_numbers(
    version: str,
) -> None:
    reason = refusal(version)
    assert reason is not None
    assert version.removeprefix("v") in reason
    assert "wanted 3.255.0 or newer, below 4.0.0" in reason


def test_something_that_is_no_version_is_refused() -> None:
    assert "got version 'unknown'" in (refusal("unknown") or "")
    assert parse_version("3.255") is None


def test_the_cli_that_is_built_has_the_version_of_the_sdk() -> None:
    from importlib import metadata

    required = (TOOLS / "go.mod").read_text(encoding="utf-8")
    assert f"github.com/pulumi/pulumi/pkg/v3 v{metadata.version('pulumi')}" in required
