"""A machine that is not as it should be: one line of error, one hint, nothing changed."""

import resource
import socket
import subprocess
from pathlib import Path

import pytest

from tests.engine.conftest import BUCKET, PLATFORM, Checkout, Done, checkout

pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("organisation"),
]

KEY = ".pulumi/stacks/superinc/shared.json"


def told(done: Done) -> tuple[str, str]:
    """The error and the hint; nothing else may have been said about it."""
    lines = [line for line in done.err.splitlines() if line.startswith(("error:", "hint:"))]
    assert len(lines) == 2, done.err
    assert "Traceback" not in done.err
    return lines[0], lines[1]


@pytest.fixture
def bare(tmp_path: Path) -> Checkout:
    """A project nothing has been done with."""
    return checkout(tmp_path / "project")


def test_no_pulumi_cli_anywhere(bare: Checkout, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir()
    without = Checkout(
        bare.root,
        bare.home,
        {
            "HOME": str(nowhere),
            "PATH": str(nowhere),
            "PLATFORM_ENGINE": "build",
            "XDG_CACHE_HOME": str(nowhere),
        },
    )
    done = without.platform("up", "--sandbox", "--yes")
    error, hint = told(done)
    assert done.code == 2
    assert "Pulumi CLI" in error
    assert "Go" in error + hint
    assert not (bare.home / "sandbox" / "sandbox.json").exists()


def test_the_port_is_taken(bare: Checkout) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = bare.platform("sandbox", "start", "--port", port)
    error, hint = told(done)
    assert done.code == 2
    assert port in error
    assert "platform sandbox start" in hint
    assert bare.platform("sandbox", "status", "--json").json["running"] is False


def test_a_state_that_cannot_be_read(organisation: Checkout) -> None:
    s3 = organisation.client("s3")
    good = s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read()
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b'{"version": 3, "checkpoint": {')
    try:
        for command in (("outputs", "shared"), ("up", "production", "--yes")):
            done = organisation.platform(*command, "--sandbox")
            error, _ = told(done)
            assert done.code == 1
            assert "shared" in error
        assert s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read().startswith(b'{"version": 3')
    finally:
        s3.put_object(Bucket=BUCKET, Key=KEY, Body=good)


def test_no_room_for_the_journal(organisation: Checkout) -> None:
    # Not with `--sandbox`: the sandbox would miss the room for its own record first.
    names = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "PULUMI_BACKEND_URL")
    elsewhere = Checkout(
        organisation.root,
        organisation.home / "full",
        {**organisation.shell_variables(*names), "AWS_REGION": "eu-central-1"},
    )

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    process = subprocess.run(
        [str(PLATFORM), "up", "identity", "--yes"],
        cwd=elsewhere.root,
        env=elsewhere.environment(),
        capture_output=True,
        text=True,
        preexec_fn=full,
        timeout=120,
        check=False,
    )
    done = Done(process.returncode, process.stdout, process.stderr)
    error, _ = told(done)
    assert done.code == 1
    assert "journal" in error
    assert all(path.stat().st_size == 0 for path in elsewhere.home.rglob("*") if path.is_file())
    assert "identity  started" not in done.err
