"""The emulator on loopback, and providers that call it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.aws.connection import Connection, Credentials
from sandbox.store import Store
from tests.unit.sandbox.aws.cases.case import World
from tests.unit.sandbox.aws.control_planes import Planes
from tests.unit.sandbox.aws.driving import HOME, MANAGEMENT, Driver

_ROOT = Path(__file__).resolve().parents[4]
_START_SECONDS = 60.0


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One emulator for the whole session; tests must not depend on its being empty."""
    port_file = tmp_path_factory.mktemp("emulator") / "port"
    with subprocess.Popen(
        [sys.executable, "-m", "sandbox.emulator", str(port_file), "127.0.0.1", "0"],
        cwd=_ROOT,
        env={
            **os.environ,
            "MOTO_ACCOUNT_ID": MANAGEMENT,
            "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
            "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
        },
    ) as process:
        deadline = time.monotonic() + _START_SECONDS
        while not port_file.exists():
            assert process.poll() is None, "the emulator ended"
            assert time.monotonic() < deadline, "the emulator did not start"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port_file.read_text()}"
        process.terminate()


@pytest.fixture
def aws(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment that a provider process of the sandbox has."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    return endpoint


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def planes(monkeypatch: pytest.MonkeyPatch) -> Planes:
    """Control planes that start nothing; there are none unless a test gives some versions."""
    return Planes.install(monkeypatch)


@pytest.fixture
def driver(aws: str, store: Store) -> Driver:
    """A provider of the management account."""
    return Driver(store, defaultTags={"tags": {"owner": "platform"}})


@pytest.fixture
def connect(aws: str) -> Callable[[str], Connection]:
    """A connection of one's own into an account, to see what is really there."""

    def connection(account: str) -> Connection:
        base = Connection(Credentials("testing", "testing"), HOME, aws)
        if account == MANAGEMENT:
            return base
        return base.assume([{"roleArn": f"arn:aws:iam::{account}:role/Access"}])

    return connection


@pytest.fixture
def world(driver: Driver, store: Store, connect: Callable[[str], Connection]) -> World:
    """The management account, and eyes of one's own in it."""
    return World(driver, store, connect)
