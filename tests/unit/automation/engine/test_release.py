"""Installing the official release."""

from pathlib import Path

import pytest

from automation.engine import release
from automation.engine.release import InstallationError, install
from toolchain import cache


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cache, "cache_directory", lambda: tmp_path)


def _installer(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(release, "_INSTALL", program)


def test_what_the_installer_leaves_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    _installer(
        monkeypatch,
        "import sys, pathlib; p = pathlib.Path(sys.argv[1], 'bin', 'pulumi');"
        "p.parent.mkdir(parents=True); p.touch(0o755)",
    )
    assert install("3.255.0") == release.installed_cli("3.255.0")


def test_a_failure_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    _installer(monkeypatch, "raise OSError('no route to host')")
    with pytest.raises(InstallationError) as caught:
        install("3.255.0")
    assert str(caught.value) == "OSError: no route to host"


def test_an_installer_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    _installer(monkeypatch, "import time; time.sleep(60)")
    with pytest.raises(InstallationError, match=r"not done after 1 s"):
        install("3.255.0", seconds=0.7)


def test_an_installer_that_installs_nothing_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    _installer(monkeypatch, "pass")
    with pytest.raises(InstallationError, match="exit code 0"):
        install("3.255.0")
