"""The small organisation of these tests."""

from pathlib import Path

import pytest

from tests.unit.automation.synth.acme import Acme


@pytest.fixture
def acme(tmp_path: Path) -> Acme:
    """The organisation `acme`, written for this test."""
    root = tmp_path / "acme"
    root.mkdir()
    return Acme(root)
