"""The sandbox as one thing to start, stop and ask: the emulator, the plugins and the record."""

import contextlib
import os
import shutil
import socket
import sqlite3
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from sandbox import store
from sandbox.environment import environment, write_configuration
from sandbox.instance import HOST, Instance, free_port
from sandbox.plugins.install import install
from sandbox.plugins.launcher import SOCKET_NAME
from sandbox.processes import Background
from sandbox.status import SandboxStatus

_LOCK_SECONDS = 60.0
_START_SECONDS = 60.0
_PLUGINS_SECONDS = 10.0
_POLL_SECONDS = 0.02
_LAST_LINES = 3
_CLUSTERS = "clusters"

_MOTO = {
    # Nothing here looks up an image, and each account and Region would load them all.
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    # Roles attach AWS's own policies; 0.1 s and 5 MB per account.
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    # Large blocks go back to the system when they are freed: the bodies of requests are such.
    "MALLOC_MMAP_THRESHOLD_": str(256 * 1024),
}

Progress = Callable[[str], None]


class SandboxFailure(Exception):  # noqa: N818 - not a defect: the answer to a request that cannot be met
    """The sandbox cannot be started, reached or stopped.

    Attributes:
        hint: What to do next, preferably a command to copy.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class Sandbox:
    """The sandbox in one directory; any process may start, use and stop it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        self._file = self.directory / "sandbox.json"

    def start(
        self,
        *,
        management_account_id: str,
        region: str,
        port: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Make sure that it runs; one that runs already stays as it is.

        Raises:
            SandboxFailure: It cannot be started, or runs for another account, Region or port.
        """
        say = progress or _nobody
        with self._locked():
            running = Instance.read(self._file)
            if running is not None and running.healthy():
                _want_same(running, management_account_id, region, port)
                self._restore_plugins(running, say)
                self._restore_clusters(say)
                return
            if running is not None:
                self._give_up(running, say)
            self._forget()
            self._start(management_account_id, region, port, say)

    def stop(self) -> bool:
        """End it and forget what it held; False when nothing was running."""
        if not self.directory.is_dir():
            return False
        with self._locked():
            instance = Instance.read(self._file)
            if instance is None:
                return False
            # First: what runs in them asks the emulator who is who.
            clusters = self._forget_clusters()
            stopped = [clusters, instance.plugins.stop(), instance.emulator.stop()]
            self._forget()
            return any(stopped)

    def status(self) -> SandboxStatus:
        """How it is, and what its last run created."""
        instance = Instance.read(self._file)
        if instance is None:
            return SandboxStatus(running=False)
        running = instance.healthy()
        clusters = self._clusters()
        with self._record() as record:
            return SandboxStatus(
                running=running,
                lost=not running,
                endpoint=instance.endpoint if running else "",
                pid=instance.emulator.pid if running else None,
                plugins_pid=instance.plugins.pid if instance.plugins.alive() else None,
                started_at=datetime.fromtimestamp(instance.started_at, UTC),
                management_account_id=instance.management_account_id,
                region=instance.region,
                account_ids=record.accounts(),
                memory_bytes=instance.emulator.memory_bytes() if running else 0,
                clusters={
                    name: all(one.alive() for one in processes)
                    for name, processes in clusters.items()
                },
                clusters_memory_bytes=sum(
                    one.memory_bytes() for processes in clusters.values() for one in processes
                ),
                run=record.current_run(),
                created=record.counts(),
                live=record.standing(),
                recorded_types=record.recorded_types(),
            )

    def environment(self) -> dict[str, str]:
        """Variables for a child process that is to see the sandbox and nothing else.

        Raises:
            SandboxFailure: It does not run.
        """
        instance = Instance.read(self._file)
        if instance is None or not instance.emulator.alive():
            raise SandboxFailure("the sandbox is not running", "platform sandbox start")
        from sandbox.control_plane import shell  # noqa: PLC0415 - most commands start no process

        variables = environment(self.directory, endpoint=instance.endpoint, region=instance.region)
        shell.install(self.directory)
        path = variables.get("PATH", os.environ.get("PATH", os.defpath))
        return {**variables, **shell.variables(self.directory, path)}

    def begin_run(self, run_id: str) -> None:
        """Count what is created from now on as this run's."""
        with self._record() as record:
            record.begin_run(run_id)

    @contextlib.contextmanager
    def _record(self) -> Generator[store.Store]:
        try:
            with contextlib.closing(store.Store.open(self.directory)) as record:
                yield record
        except sqlite3.Error as error:
            raise SandboxFailure(
                f"the sandbox's record cannot be used: {error}", f"df -h {self.directory}"
            ) from error

    @contextlib.contextmanager
    def _locked(self) -> Generator[None]:
        self.directory.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.directory / "sandbox.lock", timeout=_LOCK_SECONDS):
                yield
        except Timeout as error:
            raise SandboxFailure(
                f"another command has been starting the sandbox for {_LOCK_SECONDS:.0f} s",
                "platform sandbox status",
            ) from error

    def _start(self, account: str, region: str, port: int | None, say: Progress) -> None:
        _want_free(port)
        began = time.monotonic()
        write_configuration(self.directory, region=region)
        install(self.directory)
        plugins = self._start_plugins()
        port_file = self.directory / "emulator.port"
        emulator = Background.start(
            "sandbox.emulator",
            [str(port_file), HOST, str(port or 0)],
            log=self.directory / "emulator.log",
            environment={**_MOTO, "MOTO_ACCOUNT_ID": account},
        )
        try:
            instance = Instance(
                emulator=emulator,
                plugins=plugins,
                port=self._wait_for_port(emulator, port_file),
                started_at=time.time(),
                management_account_id=account,
                region=region,
            )
            self._wait_for_health(instance)
            self._wait_for_plugins(plugins)
        except BaseException:
            # Whatever ended the wait, Ctrl-C included, must not leave processes nobody knows of.
            emulator.stop()
            plugins.stop()
            raise
        instance.write(self._file)
        say(f"sandbox started at {instance.endpoint} in {time.monotonic() - began:.1f} s")

    def _start_plugins(self) -> Background:
        (self.directory / SOCKET_NAME).unlink(missing_ok=True)
        return Background.start(
            "sandbox.plugins.zygote",
            [str(self.directory)],
            log=self.directory / "plugins.log",
            environment={},
        )

    def _restore_plugins(self, running: Instance, say: Progress) -> None:
        install(self.directory)
        if running.plugins.alive():
            return
        plugins = self._start_plugins()
        self._wait_for_plugins(plugins)
        say("the sandbox's plugin process had ended; started a new one")
        replace(running, plugins=plugins).write(self._file)

    def _restore_clusters(self, say: Progress) -> None:
        if not (self.directory / _CLUSTERS).is_dir():
            return
        from sandbox import control_plane  # noqa: PLC0415 - only where clusters are

        try:
            control_plane.resume_all(self.directory, say)
        except control_plane.ControlPlaneError as error:
            raise SandboxFailure(str(error), "platform sandbox stop") from error

    def _forget_clusters(self) -> bool:
        if not (self.directory / _CLUSTERS).is_dir():
            return False
        from sandbox.control_plane import plane  # noqa: PLC0415 - only where clusters are

        return plane.forget_all(self.directory)

    def _clusters(self) -> dict[str, tuple[Background, ...]]:
        if not (self.directory / _CLUSTERS).is_dir():
            return {}
        from sandbox.control_plane import plane  # noqa: PLC0415 - only where clusters are

        return plane.processes(self.directory)

    def _wait_for_port(self, emulator: Background, file: Path) -> int:
        for _ in _until(_START_SECONDS):
            if file.exists():
                return int(file.read_text(encoding="utf-8"))
            if not emulator.alive():
                break
        raise self._did_not_start("emulator")

    def _wait_for_health(self, instance: Instance) -> None:
        for _ in _until(_START_SECONDS):
            if instance.healthy():
                return
            if not instance.emulator.alive():
                break
        raise self._did_not_start("emulator")

    def _wait_for_plugins(self, plugins: Background) -> None:
        """Wait for the socket only: what connects to it waits for the rest."""
        for _ in _until(_PLUGINS_SECONDS):
            if (self.directory / SOCKET_NAME).exists():
                return
            if not plugins.alive():
                break
        raise self._did_not_start("plugins")

    def _did_not_start(self, name: str) -> SandboxFailure:
        log = self.directory / f"{name}.log"
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
        said = " / ".join(line.strip() for line in lines if line.strip()) or "it said nothing"
        return SandboxFailure(f"the sandbox's {name} process did not start: {said}", f"less {log}")

    def _give_up(self, instance: Instance, say: Progress) -> None:
        began = datetime.fromtimestamp(instance.started_at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        say(
            f"the emulator of {began} (pid {instance.emulator.pid}) has died, and all it held with"
            " it, the state of the stacks included: starting an empty one"
        )
        instance.plugins.stop()
        instance.emulator.stop()

    def _forget(self) -> None:
        """Remove what means nothing without the emulator that it was made with."""
        self._forget_clusters()
        for name in ("sandbox.json", "emulator.port", "emulator.log", "plugins.log", "kubeconfig"):
            (self.directory / name).unlink(missing_ok=True)
        for file in self.directory.glob(f"{store.FILE_NAME}*"):
            file.unlink()
        # Configuration merged with keys that the emulator's KMS held.
        shutil.rmtree(self.directory / "config", ignore_errors=True)


def _want_same(running: Instance, account: str, region: str, port: int | None) -> None:
    for what, got, wanted in (
        ("management account", running.management_account_id, account),
        ("Region", running.region, region),
        ("port", running.port, port or running.port),
    ):
        if got != wanted:
            raise SandboxFailure(
                f"the sandbox runs with {what} {got}, wanted {wanted}", "platform sandbox stop"
            )


def _want_free(port: int | None) -> None:
    if not port:
        return
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise SandboxFailure(
                f"port {port} of {HOST} is taken ({error.strerror}), wanted a free one",
                f"platform sandbox start --port {free_port()}",
            ) from error


def _until(seconds: float) -> Iterator[None]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield
        time.sleep(_POLL_SECONDS)


def _nobody(_: str) -> None:
    """Say it to nobody."""
