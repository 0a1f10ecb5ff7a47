"""A place where stub stacks are rolled out, interrupted and looked at."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


class Stage:
    """A directory with the stub's script and state, and `driver.py` runs in it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.state = directory / "state"
        self.state.mkdir()
        self._running: list[subprocess.Popen[str]] = []

    def start(
        self,
        script: Mapping[str, Mapping[str, Any]],
        needs: Mapping[str, list[str]],
        **options: object,
    ) -> subprocess.Popen[str]:
        (self.directory / "script.json").write_text(json.dumps(script), encoding="utf-8")
        spec = {"needs": needs, "runs": str(self.directory / "runs"), **options}
        environment = {
            **os.environ,
            "STUB_SCRIPT": str(self.directory / "script.json"),
            "STUB_STATE": str(self.state),
            "STUB_TOKEN": "a-very-secret-token",
            "PYTHONPATH": str(ROOT),
        }
        process = subprocess.Popen(
            [sys.executable, str(HERE / "driver.py"), json.dumps(spec)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._running.append(process)
        return process

    def run(
        self,
        script: Mapping[str, Mapping[str, Any]],
        needs: Mapping[str, list[str]],
        **options: object,
    ) -> subprocess.CompletedProcess[str]:
        process = self.start(script, needs, **options)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def journal(self) -> list[list[str]]:
        """What the stubs did: `[time, stack, what, ...]`."""
        file = self.state / "journal"
        return [line.split() for line in file.read_text().splitlines()] if file.exists() else []

    def did(self, stack: str, *what: str) -> bool:
        return any(line[1:] == [stack, *what] for line in self.journal())

    def locks(self) -> list[str]:
        return sorted(file.stem for file in self.state.glob("*.lock"))

    def processes(self) -> list[str]:
        """Live processes that carry this stage's environment, besides the driver's own."""
        found: list[str] = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("STUB_STATE") == str(self.state):
                    found.append(" ".join(process.cmdline()))
            except psutil.Error:
                continue
        return [command for command in found if command]

    def close(self) -> None:
        for process in self._running:
            if process.poll() is None:
                process.kill()
            process.communicate()
        for process in psutil.process_iter():
            try:
                if process.environ().get("STUB_STATE") == str(self.state):
                    process.send_signal(signal.SIGKILL)
            except psutil.Error:
                continue
