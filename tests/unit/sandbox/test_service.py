"""Starting, finding again and stopping the sandbox."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sandbox.environment import environment
from sandbox.instance import HOST, free_port
from sandbox.plugins.install import executable
from sandbox.plugins.registry import NAMES
from sandbox.service import Sandbox, SandboxFailure
from sandbox.store import Store

ACCOUNT = "111122223333"
REGION = "eu-central-1"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    box = Sandbox(tmp_path / "sandbox")
    yield box
    box.stop()


def start(box: Sandbox, *, port: int | None = None, account: str = ACCOUNT) -> list[str]:
    said: list[str] = []
    box.start(management_account_id=account, region=REGION, port=port, progress=said.append)
    return said


def gone(pid: int) -> bool:
    for _ in range(100):
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.02)
                continue
        return True
    return False


def test_it_starts_once_answers_and_stops_without_a_trace(sandbox: Sandbox) -> None:
    port = free_port()
    assert f"http://{HOST}:{port}" in start(sandbox, port=port)[0]
    status = sandbox.status()
    assert (status.running, status.lost, status.endpoint) == (True, False, f"http://{HOST}:{port}")
    assert (status.management_account_id, status.region) == (ACCOUNT, REGION)
    assert status.pid
    assert status.plugins_pid
    assert status.memory_bytes > 0

    assert start(sandbox) == []
    assert sandbox.status().pid == status.pid
    with pytest.raises(SandboxFailure, match="management account 111122223333, wanted 4444"):
        start(sandbox, account="444455556666")

    sandbox.begin_run("r1")
    Store.open(sandbox.directory).put("urn:pulumi:s::p::t::n", "t", "i", ACCOUNT, REGION, "api")
    counted = sandbox.status()
    assert (counted.run, counted.api_created, counted.recorded) == ("r1", 1, 0)
    assert counted.api_share == 1.0
    sandbox.begin_run("r2")
    Store.open(sandbox.directory).put(
        "urn:pulumi:s::p::t::m", "t", "j", ACCOUNT, REGION, "recorded"
    )
    assert (sandbox.status().api_created, sandbox.status().live) == (0, {"api": 1, "recorded": 1})
    assert sandbox.status().api_share == 0.5
    assert counted.account_ids == (ACCOUNT,)

    assert sandbox.stop()
    assert gone(status.pid)
    assert gone(status.plugins_pid)
    assert not sandbox.status().running
    assert not sandbox.status().lost
    assert not sandbox.stop()
    assert Store.open(sandbox.directory).live() == []


def test_an_emulator_that_died_is_reported_and_replaced_by_an_empty_one(sandbox: Sandbox) -> None:
    start(sandbox)
    status = sandbox.status()
    assert status.pid
    assert status.plugins_pid
    Store.open(sandbox.directory).put("urn:pulumi:s::p::t::n", "t", "i", ACCOUNT, REGION, "api")
    (sandbox.directory / "config").mkdir()
    os.kill(status.pid, signal.SIGKILL)
    assert gone(status.pid)
    assert (sandbox.status().running, sandbox.status().lost) == (False, True)
    with pytest.raises(SandboxFailure, match="not running"):
        sandbox.environment()

    said = start(sandbox)
    assert f"(pid {status.pid}) has died" in said[0]
    assert "state of the stacks included" in said[0]
    assert gone(status.plugins_pid)
    assert sandbox.status().running
    assert Store.open(sandbox.directory).live() == []
    assert not (sandbox.directory / "config").exists()


def test_a_plugin_process_that_died_is_started_again_and_the_emulator_kept(
    sandbox: Sandbox,
) -> None:
    start(sandbox)
    before = sandbox.status()
    assert before.plugins_pid
    os.kill(before.plugins_pid, signal.SIGKILL)
    assert gone(before.plugins_pid)
    assert sandbox.status().plugins_pid is None
    assert "plugin process had ended" in start(sandbox)[0]
    after = sandbox.status()
    assert after.pid == before.pid
    assert after.plugins_pid not in {None, before.plugins_pid}


def test_a_pid_that_is_somebody_elses_by_now_is_left_alone(sandbox: Sandbox) -> None:
    sandbox.directory.mkdir()
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        process = {"pid": stranger.pid, "started_at": time.time() - 86_400}
        record = {
            "emulator": process,
            "plugins": process,
            "port": free_port(),
            "started_at": time.time() - 86_400,
            "management_account_id": ACCOUNT,
            "region": REGION,
        }
        (sandbox.directory / "sandbox.json").write_text(json.dumps(record))
        assert (sandbox.status().running, sandbox.status().lost) == (False, True)
        assert not sandbox.stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_taken_port_is_refused_with_a_free_one_in_the_hint(sandbox: Sandbox) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            SandboxFailure, match=rf"port {port} of 127\.0\.0\.1 is taken"
        ) as caught:
            start(sandbox, port=port)
    assert caught.value.hint.startswith("platform sandbox start --port ")
    assert int(caught.value.hint.rpartition(" ")[2]) != port
    assert not sandbox.status().running


def test_an_emulator_that_cannot_start_is_explained_with_its_last_words(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.service.HOST", "192.0.2.1")
    with pytest.raises(SandboxFailure, match="emulator process did not start") as caught:
        start(sandbox)
    assert caught.value.hint == f"less {sandbox.directory / 'emulator.log'}"
    assert not (sandbox.directory / "sandbox.json").exists()


def test_an_unreadable_record_counts_as_none(sandbox: Sandbox) -> None:
    sandbox.directory.mkdir()
    (sandbox.directory / "sandbox.json").write_text("{")
    assert not sandbox.status().running
    assert not sandbox.stop()


def test_nothing_in_the_environment_could_reach_a_real_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "internal.example")
    given = environment(tmp_path, endpoint="http://127.0.0.1:1", region=REGION)
    assert given["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert given["AWS_ACCESS_KEY_ID"] == given["AWS_SESSION_TOKEN"] == "sandbox"
    assert given["AWS_CONFIG_FILE"].startswith(str(tmp_path))
    assert given["AWS_SHARED_CREDENTIALS_FILE"].startswith(str(tmp_path))
    assert given["PULUMI_HOME"] == str(tmp_path / "home")
    assert given["NO_PROXY"] == "127.0.0.1,localhost,internal.example"
    assert "PULUMI_BACKEND_URL" not in given


def test_every_provider_is_where_the_engine_looks_for_it(sandbox: Sandbox) -> None:
    start(sandbox)
    home = Path(sandbox.environment()["PULUMI_HOME"])
    for name in NAMES:
        file = executable(sandbox.directory, name)
        assert file.is_relative_to(home / "plugins")
        assert os.access(file, os.X_OK)


def test_a_provider_on_the_users_path_is_not_taken_instead_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = tmp_path / "bin"
    users.mkdir()
    (users / "pulumi-resource-aws").write_text("#!/bin/sh\n")
    (users / "pulumi-resource-aws").chmod(0o755)
    monkeypatch.setenv("PATH", str(users))
    given = environment(tmp_path, endpoint="http://127.0.0.1:1", region=REGION)
    ours = executable(tmp_path, "aws").parent
    assert given["PATH"].split(os.pathsep) == [str(ours), str(users)]
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "PATH" not in environment(tmp_path, endpoint="http://127.0.0.1:1", region=REGION)
