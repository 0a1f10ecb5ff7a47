"""The provider stand-ins under the real engine, and their processes without it."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import grpc
import psutil
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.faults import CRASH_STATUS
from sandbox.plugins.install import executable
from sandbox.plugins.launcher import SOCKET_NAME
from sandbox.service import Sandbox
from tests.engine.rehearsal import ACCOUNT, CLUSTER, SMALL, WHOLE, Rehearsal

pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("sandbox-plugins"),
]


@pytest.fixture(scope="session")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox in a folder whose path is longer than a socket's may be."""
    sandbox = Sandbox(tmp_path_factory.mktemp("box") / ("long" * 30) / "sandbox")
    sandbox.start(management_account_id=ACCOUNT, region="eu-central-1")
    yield sandbox
    sandbox.stop()


@pytest.fixture
def rehearsal(box: Sandbox, tmp_path: Path) -> Rehearsal:
    made = Rehearsal(tmp_path, box, tmp_path.name.replace("_", "-"))
    made.write(SMALL)
    made.pulumi("stack", "init")
    return made


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def providers(box: Sandbox) -> list[psutil.Process]:
    pid = box.status().plugins_pid
    return psutil.Process(pid).children() if pid else []


def test_components_objects_and_resources_come_stay_and_go(rehearsal: Rehearsal) -> None:
    rehearsal.write(WHOLE)
    rehearsal.sandbox.begin_run("whole")
    created = rehearsal.up()
    assert "warning" not in created
    resources = rehearsal.resources()
    access = resources["cluster-eksCluster"]["inputs"]["accessConfig"]
    assert access["bootstrapClusterCreatorAdminPermissions"] is False
    children = {
        resource["type"]
        for resource in resources.values()
        if "eks:index:Cluster$" in resource["urn"]
    }
    assert children >= {
        CLUSTER,
        "aws:eks/accessEntry:AccessEntry",
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        "aws:eks/addon:Addon",
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        "aws:iam/role:Role",
        "pulumi:providers:kubernetes",
    }
    settings = json.loads(resources["cluster-vpc-cni"]["inputs"]["configurationValues"])
    assert settings["env"]["ENABLE_PREFIX_DELEGATION"] == "true"
    assert resources["nodes"]["inputs"]["nodeRoleArn"] == resources["admin"]["outputs"]["arn"]
    stated = resources[f"rehearsal-{rehearsal.stack}"]["outputs"]
    assert stated["cluster"] == resources["cluster-eksCluster"]["outputs"]["name"]
    assert stated["endpoint"].startswith("https://")
    assert stated["issuer"].startswith("oidc.eks.")
    status = rehearsal.sandbox.status()
    assert status.api_created >= 10
    assert status.created["kubernetes"] == 4
    assert status.created["generated"] == 1

    again = rehearsal.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")
    assert f"{len(resources)} unchanged" in again
    refreshed = rehearsal.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    assert f"{len(resources)} unchanged" in refreshed

    rehearsal.pulumi("destroy", "--yes", "--skip-preview")
    assert rehearsal.live() == []
    assert eventually(lambda: not providers(rehearsal.sandbox))


def test_a_preview_of_everything_knows_its_unknowns_and_makes_nothing(
    rehearsal: Rehearsal,
) -> None:
    rehearsal.write(WHOLE)
    previewed = rehearsal.pulumi("preview")
    assert "cluster-eksCluster" in previewed
    assert "to create" in previewed
    assert rehearsal.live() == []


def test_a_component_refuses_what_it_does_not_build(rehearsal: Rehearsal) -> None:
    rehearsal.write(WHOLE.replace("skip_default_node_group=True", "skip_default_node_group=False"))
    said = rehearsal.pulumi("preview", code=1)
    assert "got a default node group, which the sandbox does not build" in said
    assert "arguments.py" not in said


def test_the_emulators_refusal_reaches_the_user_in_awss_words(rehearsal: Rehearsal) -> None:
    rehearsal.write(SMALL.replace("10.1.0.0/16", "10.0.0.0/8"))
    said = rehearsal.up(code=1)
    assert "InvalidVpc.Range" in said
    assert "Unexpected <class" not in said


def test_a_scripted_error_fails_once_and_the_next_up_finishes(rehearsal: Rehearsal) -> None:
    match = {"type": "aws:ec2/vpc:*", "operation": "create"}
    rehearsal.faults({"match": match, "fault": "error", "times": 1, "message": "no capacity"})
    assert "no capacity" in rehearsal.up(code=1)
    assert "no capacity" not in rehearsal.up()
    assert rehearsal.live().count("aws:ec2/vpc:Vpc") == 1
    rehearsal.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")


def test_a_crash_is_that_of_the_provider(rehearsal: Rehearsal) -> None:
    rehearsal.faults({"match": {"type": "aws:ec2/vpc:*"}, "fault": "crash", "times": 1})
    said = rehearsal.up(code=1)
    assert "pulumi-resource-aws exited prematurely" in said or "error reading from server" in said
    rehearsal.up()
    assert "aws:ec2/vpc:Vpc" in rehearsal.live()


def test_an_interrupted_engine_ends_a_hanging_operation_and_leaves_no_process(
    rehearsal: Rehearsal,
) -> None:
    rehearsal.faults({"match": {"type": "aws:ec2/vpc:*", "operation": "create"}, "fault": "hang"})
    engine = subprocess.Popen(
        rehearsal.command("up", "--yes", "--skip-preview"),
        cwd=rehearsal.root,
        env=rehearsal.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    said = ""
    for line in cast("Any", engine.stdout):
        said += line
        if "vpc" in line and "creating" in line:
            os.kill(engine.pid, signal.SIGINT)
            break
    rest, _ = engine.communicate(timeout=60)
    assert "create of vpc was cancelled" in said + rest
    assert engine.returncode != 0
    assert eventually(lambda: not providers(rehearsal.sandbox))


@dataclass(frozen=True)
class Plugin:
    """A provider as the engine starts it."""

    process: subprocess.Popen[str]
    port: str

    def handshake(self) -> None:
        with grpc.insecure_channel(f"127.0.0.1:{self.port}") as channel:
            stub = cast("Any", provider_pb2_grpc.ResourceProviderStub(channel))
            answer = stub.Handshake(provider_pb2.ProviderHandshakeRequest(engine_address="x"))
            assert answer.accept_secrets
            stub.Cancel(Empty())


@pytest.fixture
def plugin(box: Sandbox, tmp_path: Path) -> Iterator[Callable[..., Plugin]]:
    """Starts providers; whatever a test leaves running is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(name: str, **extra: str) -> Plugin:
        process = subprocess.Popen(
            [str(executable(box.directory, name)), "127.0.0.1:1"],
            cwd=tmp_path,
            env={**os.environ, **box.environment(), **extra},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        started.append(process)
        assert process.stdout
        return Plugin(process, process.stdout.readline().strip())

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.mark.parametrize("name", ["aws", "eks", "kubernetes", "random"])
def test_a_provider_starts_answers_and_leaves_quietly_when_interrupted(
    plugin: Callable[..., Plugin], box: Sandbox, name: str
) -> None:
    started = plugin(name)
    started.handshake()
    assert len(providers(box)) == 1
    os.killpg(started.process.pid, signal.SIGINT)
    out, err = started.process.communicate(timeout=5)
    assert (started.process.returncode, out, err) == (0, "", "")
    assert eventually(lambda: not providers(box))


def test_a_provider_ends_with_its_launcher(plugin: Callable[..., Plugin], box: Sandbox) -> None:
    started = plugin("random")
    started.process.kill()
    assert eventually(lambda: not providers(box))


def test_a_provider_ends_when_the_engine_was_killed(
    plugin: Callable[..., Plugin], box: Sandbox
) -> None:
    started = plugin("random")
    assert started.process.stdout
    assert len(providers(box)) == 1
    started.process.stdout.close()
    assert eventually(lambda: not providers(box))
    assert started.process.wait(5) == 0
    assert started.process.stderr
    started.process.stdout = None


def test_a_launcher_ends_with_its_crashed_provider(
    plugin: Callable[..., Plugin], box: Sandbox, tmp_path: Path
) -> None:
    script = tmp_path / "faults.json"
    script.write_text(json.dumps([{"fault": "crash"}]))
    started = plugin("random", SANDBOX_FAULTS=str(script))
    with grpc.insecure_channel(f"127.0.0.1:{started.port}") as channel:
        stub = cast("Any", provider_pb2_grpc.ResourceProviderStub(channel))
        urn = "urn:pulumi:s::p::random:index/randomUuid:RandomUuid::it"
        with pytest.raises(grpc.RpcError):
            stub.Create(provider_pb2.CreateRequest(urn=urn))
    assert started.process.wait(5) == 1
    assert CRASH_STATUS != 1
    assert not providers(box)


def test_without_the_warm_process_a_provider_serves_all_the_same(
    plugin: Callable[..., Plugin], box: Sandbox
) -> None:
    socket = box.directory / SOCKET_NAME
    hidden = socket.rename(socket.with_suffix(".hidden"))
    try:
        started = plugin("random")
        started.handshake()
        assert not providers(box)
        os.killpg(started.process.pid, signal.SIGINT)
        out, err = started.process.communicate(timeout=5)
        assert (started.process.returncode, out, err) == (0, "", "")
    finally:
        hidden.rename(socket)
