import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from automation import supervisor
from automation.guardian import Guardian
from automation.redaction import Redaction
from automation.supervisor import Child, Ended, Invocation


def invocation(directory: Path, program: str, **environment: str) -> Invocation:
    return Invocation(
        arguments=(sys.executable, "-S", "-c", program),
        environment={**os.environ, "EVENTS": str(directory / "events"), **environment},
        directory=directory,
        events=directory / "events",
        log=directory / "log",
        record=directory / "record",
    )


def gone(pid: int) -> bool:
    """Whether a process ends within a moment, buried or not."""
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


def ended(invocation: Invocation, on_stall: Callable[[float], None] | None = None) -> Ended:
    with Guardian(5) as guardian:
        return asyncio.run(Child(invocation, guardian, on_stall=on_stall).run())


def test_a_child_tells_its_code_its_time_and_its_last_words(tmp_path: Path) -> None:
    end = ended(invocation(tmp_path, "print('bye'); raise SystemExit(3)"))
    assert (end.code, end.tail, end.killed, end.interrupted) == (3, "bye\n", False, False)
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_a_child_leads_a_session_of_its_own_and_reads_nothing(tmp_path: Path) -> None:
    program = "import os, sys; print(os.getsid(0) == os.getpid(), repr(sys.stdin.read()))"
    assert ended(invocation(tmp_path, program)).tail == "True ''\n"


def test_everything_in_the_session_is_gone_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "LINGER_SECONDS", 0.2)
    program = (
        "import subprocess\n"
        "child = subprocess.Popen(['sleep', '300'], process_group=0)\nprint(child.pid)"
    )
    assert gone(int(ended(invocation(tmp_path, program)).tail))


def test_a_silent_child_is_mentioned_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STALL_SECONDS", 0.3)
    told: list[float] = []
    ended(invocation(tmp_path, "import time; time.sleep(1.2)"), on_stall=told.append)
    assert len(told) == 1


def test_a_child_that_never_listens_is_interrupted_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "LISTEN_SECONDS", 0.3)

    async def run() -> Ended:
        with Guardian(5) as guardian:
            slow = invocation(tmp_path, "import time; time.sleep(60)")
            child = Child(slow, guardian, grace=30)
            child.interrupt()
            return await child.run()

    before = time.monotonic()
    end = asyncio.run(run())
    assert time.monotonic() - before < 10
    assert end.interrupted
    assert end.code != 0


def test_a_child_whose_watch_is_given_up_does_not_stay_behind(tmp_path: Path) -> None:
    program = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"

    async def run() -> None:
        with Guardian(5) as guardian:
            watch = asyncio.create_task(Child(invocation(tmp_path, program), guardian).run())
            await asyncio.sleep(1)
            watch.cancel()
            with pytest.raises(asyncio.CancelledError):
                await watch

    asyncio.run(run())
    assert gone(int((tmp_path / "log").read_text()))


def test_secrets_of_the_environment_are_masked_and_ordinary_values_are_not() -> None:
    redact = Redaction(
        {"AWS_SECRET_ACCESS_KEY": "abcdefgh1234", "AWS_REGION": "eu-central-1", "A_TOKEN": "short"}
    )
    assert redact("key abcdefgh1234 in eu-central-1 short") == "key [secret] in eu-central-1 short"


def test_the_longer_of_two_secrets_is_masked_whole() -> None:
    redact = Redaction({"A_TOKEN": "abcdefgh", "B_TOKEN": "abcdefghijkl"})
    assert redact("abcdefghijkl") == "[secret]"
