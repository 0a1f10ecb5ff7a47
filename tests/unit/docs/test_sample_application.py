"""The sample application keeps what the playbook asks of one (APP-01, APP-03, APP-04, APP-06)."""

import os
import re
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from automation.images.report import inspect
from tests.recording import ROOT

FOLDER = ROOT / "docs" / "samples" / "application"
SECONDS = 20


class Running:
    """The application as a process, and the port it listens on."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", str(FOLDER / "app.py")],
            cwd=folder,
            env={**os.environ, "PORT": "0", "DRAIN_SECONDS": "0", **environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert select.select([self.process.stdout], [], [], SECONDS)[0], "it does not start"
        found = re.fullmatch(r"listening on (\d+)\n", self.process.stdout.readline())
        assert found is not None
        self.port = int(found[1])

    def get(self, path: str) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        connection.request("GET", path)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(SECONDS)

    def close(self) -> None:
        self.process.kill()
        self.process.wait(SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    made = Running(tmp_path, GREETING="Good morning")
    yield made
    made.close()


def test_it_is_configured_by_its_environment(running: Running) -> None:
    assert running.get("/") == (200, "Good morning\n")


def test_it_says_that_it_lives_and_that_it_is_ready_on_two_paths(running: Running) -> None:
    assert running.get("/livez") == (200, "alive\n")
    assert running.get("/readyz") == (200, "ready\n")


def test_it_counts_what_it_answers(running: Running) -> None:
    running.get("/")
    assert running.get("/nothing")[0] == 404
    status, text = running.get("/metrics")
    assert status == 200
    assert 'http_requests_total{code="200"} 1\n' in text
    assert 'http_requests_total{code="404"} 1\n' in text


def test_a_request_that_has_begun_is_answered_though_it_must_end(running: Running) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=SECONDS) as connection:
        connection.sendall(b"POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhe")
        running.get("/livez")  # answered after the first was accepted
        running.process.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            running.process.wait(1)
        connection.sendall(b"llo")
        answer = b""
        while part := connection.recv(4096):
            answer += part
    assert answer.startswith(b"HTTP/1.0 200 ")
    assert answer.endswith(b"\r\n\r\nhello")
    assert running.process.wait(SECONDS) == 0


def test_it_is_not_ready_while_it_drains_but_still_answers(tmp_path: Path) -> None:
    draining = Running(tmp_path, DRAIN_SECONDS="5")
    try:
        draining.process.send_signal(signal.SIGTERM)
        while draining.get("/readyz")[0] != 503:  # the signal is on its way
            assert draining.process.poll() is None
        assert draining.get("/livez") == (200, "alive\n")
    finally:
        draining.close()


def test_it_ends_by_itself_without_requests(running: Running) -> None:
    assert running.end() == 0


def test_its_dockerfile_has_nothing_to_find() -> None:
    assert not inspect(FOLDER / "Dockerfile").findings
