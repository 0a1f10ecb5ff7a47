import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.errors import StateError
from automation.journal import Journal, read

ROOT = Path(__file__).parents[3]


def written(path: Path, count: int = 3) -> bytes:
    journal = Journal(path, clock=lambda: datetime(2026, 11, 23, tzinfo=UTC))
    for number in range(count):
        journal.append("stack.started", {"stack": f"s{number}"})
    journal.close()
    return path.read_bytes()


def test_records_are_read_as_they_were_written(tmp_path: Path) -> None:
    written(tmp_path / "journal.jsonl")
    records = read(tmp_path / "journal.jsonl")
    assert [record["stack"] for record in records] == ["s0", "s1", "s2"]
    assert records[0] == {
        "at": "2026-11-23T00:00:00.000Z",
        "event": "stack.started",
        "stack": "s0",
    }


@settings(deadline=None)
@given(st.data())
def test_a_journal_torn_anywhere_gives_every_record_that_was_finished(data: st.DataObject) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "journal.jsonl"
        whole = written(path)
        cut = data.draw(st.integers(0, len(whole)))
        path.write_bytes(whole[:cut])
        assert len(read(path)) == whole[:cut].count(b"\n")


def test_a_journal_broken_in_the_middle_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text('{"event": "a"}\n{"event"\n{"event": "b"}\n')
    with pytest.raises(StateError, match=r"journal.jsonl:2: got a broken record, wanted JSON"):
        read(path)


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text('{"event": "run.started", "schema": 2}\n')
    with pytest.raises(StateError, match="got schema 2, wanted at most 1"):
        read(path)


def test_an_existing_journal_is_never_overwritten(tmp_path: Path) -> None:
    written(tmp_path / "journal.jsonl")
    with pytest.raises(StateError, match="file exists"):
        Journal(tmp_path / "journal.jsonl")


def test_a_place_that_cannot_be_written_is_one_error_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="cannot write the run's journal") as caught:
        Journal(tmp_path / "file" / "journal.jsonl")
    assert "PLATFORM_HOME" in str(caught.value.hint)


def test_a_full_disk_is_an_error_before_the_announced_thing_happens(tmp_path: Path) -> None:
    program = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from automation.journal import Journal; from automation.errors import StateError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "journal = Journal(Path(sys.argv[1]))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "journal.append('one')\n"
        "try: journal.append('two', {'long': 'x' * 200})\n"
        "except StateError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "journal.jsonl")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    assert "cannot write the run's journal" in done.stdout
    assert [record["event"] for record in read(tmp_path / "journal.jsonl")] == ["one"]


def test_a_record_is_on_the_disk_when_append_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr("automation.journal.os.fsync", synced.append)
    written(tmp_path / "journal.jsonl", count=2)
    assert len(synced) == 3, "the directory once, each record once"
