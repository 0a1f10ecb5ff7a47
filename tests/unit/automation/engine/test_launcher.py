"""The script that starts our language host."""

from pathlib import Path

from automation.engine import launcher


def test_a_launcher_is_executable_and_known_as_ours(tmp_path: Path) -> None:
    path = launcher.write_launcher(tmp_path / "bin")
    assert path.stat().st_mode & 0o111
    assert launcher.is_ours(path)


def test_the_official_language_host_is_not_ours(tmp_path: Path) -> None:
    other = tmp_path / launcher.NAME
    other.write_bytes(b"\x7fELF")
    assert not launcher.is_ours(other)


def test_a_launcher_that_works_is_left_alone(tmp_path: Path) -> None:
    before = launcher.write_launcher(tmp_path).stat().st_mtime_ns
    assert launcher.write_launcher(tmp_path).stat().st_mtime_ns == before


def test_a_launcher_whose_checkout_is_gone_is_written_anew(tmp_path: Path) -> None:
    path = launcher.write_launcher(tmp_path)
    text = path.read_text(encoding="utf-8").replace(str(launcher.SOURCE), "/no/such/checkout")
    path.write_text(text, encoding="utf-8")
    launcher.write_launcher(tmp_path)
    assert path.read_text(encoding="utf-8") == launcher.script()
