"""What every test runs under: no cloud, no network, no terminal, a loop of its own."""

import asyncio
import logging
import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import pytest_socket

# How long an example takes says how busy the machine is, nothing about the code.
hypothesis.settings.register_profile("project", deadline=None)
hypothesis.settings.load_profile("project")

logging.getLogger("pulumi").setLevel(logging.ERROR)

_AMBIENT = (
    "AWS_ENDPOINT_URL",
    "AWS_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "FORCE_COLOR",
    "PLATFORM_HOME",
    "PLATFORM_SANDBOX_DIR",
    "PULUMI_BACKEND_URL",
    "PULUMI_CONFIG",
    "SANDBOX_FAULTS",
)


def pytest_configure() -> None:
    """Set what every test and every process it starts must find."""
    # A job in the background of a shell inherits an ignored SIGINT, one under `nohup` an ignored
    # SIGHUP, and passes it on.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_runtest_setup() -> None:
    """Deny every socket but loopback and Unix ones, before any fixture runs."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def hermetic_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Fake credentials, no configuration files, no metadata service, a plain terminal."""
    for name in _AMBIENT:
        monkeypatch.delenv(name, raising=False)
    fixed = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_CONFIG_FILE": str(tmp_path / "aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "aws-credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "COLUMNS": "100",
        "LINES": "40",
        "NO_COLOR": "1",
        "TERM": "dumb",
        "TZ": "UTC",
    }
    for name, value in fixed.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def event_loop_per_test() -> Iterator[None]:
    """A new loop for each test, closed with its leftovers cancelled: none leaks into the next."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    pending = asyncio.all_tasks(loop)
    for task in pending:
        task.cancel()
    if pending:
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
    loop.close()
    asyncio.set_event_loop(None)
