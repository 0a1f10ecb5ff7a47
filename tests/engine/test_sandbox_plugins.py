"""The provider stand-ins under the real engine, and their processes without it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import grpc
import psutil
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from automation.engine import find_engine
from sandbox.faults import CRASH_STATUS
from sandbox.plugins.install import executable
from sandbox.plugins.launcher import SOCKET_NAME
from sandbox.service import Sandbox
from sandbox.store import Store

pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("sandbox-plugins"),
]

ACCOUNT = "111122223333"
CLUSTER = "aws:eks/cluster:Cluster"

PROJECT = {
    "name": "rehearsal",
    "runtime": {"name": "python", "options": {"virtualenv": sys.prefix}},
    "config": {"pulumi:disable-default-providers": {"value": ["aws", "kubernetes"]}},
}

PREAMBLE = """
import pulumi
import pulumi_aws as aws
import pulumi_random as random

account = aws.Provider("account", region="eu-central-1", allowed_account_ids=["111122223333"])
own = pulumi.ResourceOptions(provider=account)
"""

SMALL = (
    PREAMBLE
    + """
secret = random.RandomPassword("secret", length=20)
vpc = aws.ec2.Vpc("vpc", cidr_block="10.1.0.0/16", opts=own)
pulumi.export("vpc", vpc.id)
"""
)

WHOLE = (
    PREAMBLE
    + """
import json
import pulumi_eks as eks
import pulumi_kubernetes as kubernetes

secret = random.RandomPassword("secret", length=20)
vpc = aws.ec2.Vpc("vpc", cidr_block="10.1.0.0/16", opts=own)
subnets = [
    aws.ec2.Subnet(
        f"subnet-{zone}",
        vpc_id=vpc.id,
        cidr_block=f"10.1.{number}.0/24",
        availability_zone=f"eu-central-1{zone}",
        opts=own,
    )
    for number, zone in enumerate("ab")
]
statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "111122223333"}}
role = aws.iam.Role(
    "admin",
    assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    opts=own,
)


def no_hidden_admin(args):
    if args.type_ == "aws:eks/cluster:Cluster":
        args.props["accessConfig"]["bootstrapClusterCreatorAdminPermissions"] = False
    return pulumi.ResourceTransformResult(args.props, args.opts)


policy = eks.AccessPolicyAssociationArgs(
    policy_arn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
    access_scope={"type": "cluster"},
)
cluster = eks.Cluster(
    "cluster",
    vpc_id=vpc.id,
    private_subnet_ids=[subnet.id for subnet in subnets],
    version="1.35",
    skip_default_node_group=True,
    authentication_mode=eks.AuthenticationMode.API,
    create_oidc_provider=True,
    vpc_cni_options=eks.VpcCniOptionsArgs(enable_prefix_delegation=True),
    access_entries={
        "admin": eks.AccessEntryArgs(principal_arn=role.arn, access_policies={"all": policy})
    },
    opts=pulumi.ResourceOptions(providers={"aws": account}, transforms=[no_hidden_admin]),
)
eks.ManagedNodeGroup(
    "nodes",
    cluster=cluster,
    node_role=role,
    enable_imd_sv2=True,
    scaling_config={"min_size": 1, "max_size": 3, "desired_size": 2},
    opts=pulumi.ResourceOptions(providers={"aws": account}),
)
cubes = pulumi.ResourceOptions(
    provider=kubernetes.Provider("cluster", kubeconfig=cluster.kubeconfig_json)
)
namespace = kubernetes.core.v1.Namespace("apps", opts=cubes)
kubernetes.core.v1.Secret(
    "password",
    metadata={"namespace": namespace.metadata["name"]},
    string_data={"password": secret.result},
    opts=cubes,
)
karpenter = kubernetes.helm.v3.Release(
    "karpenter", chart="karpenter", version="1.6.2", namespace="kube-system", opts=cubes
)
kubernetes.apiextensions.CustomResource(
    "pool",
    api_version="karpenter.sh/v1",
    kind="NodePool",
    spec={"limits": {"cpu": 10}},
    opts=pulumi.ResourceOptions.merge(cubes, pulumi.ResourceOptions(depends_on=[karpenter])),
)
pulumi.export("vpc", vpc.id)
pulumi.export("cluster", cluster.eks_cluster.name)
pulumi.export("issuer", cluster.oidc_issuer)
pulumi.export("endpoint", cluster.core.endpoint)
"""
)


@dataclass(frozen=True)
class Rehearsal:
    """A program, a stack and the sandbox they run against."""

    root: Path
    sandbox: Sandbox
    stack: str
    extra: dict[str, str] = field(default_factory=dict[str, str])

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **self.sandbox.environment(),
            **find_engine().environment(),
            "PULUMI_BACKEND_URL": f"file://{self.root}",
            "PULUMI_CONFIG_PASSPHRASE": "rehearsal",
            **self.extra,
        }

    def write(self, program: str) -> None:
        (self.root / "Pulumi.yaml").write_text(json.dumps(PROJECT))
        (self.root / "__main__.py").write_text(program)

    def command(self, *arguments: str) -> list[str]:
        return [str(find_engine().pulumi), *arguments, "--stack", self.stack, "--non-interactive"]

    def pulumi(self, *arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def up(self, *, code: int = 0) -> str:
        return self.pulumi("up", "--yes", "--skip-preview", code=code)

    def faults(self, *entries: object) -> None:
        file = self.root / "faults.json"
        file.write_text(json.dumps(entries))
        self.extra["SANDBOX_FAULTS"] = str(file)

    def resources(self) -> dict[str, dict[str, Any]]:
        deployment = json.loads(self.pulumi("stack", "export"))["deployment"]
        return {resource["urn"].split("::")[-1]: resource for resource in deployment["resources"]}

    def live(self) -> list[str]:
        with contextlib.closing(Store.open(self.sandbox.directory)) as store:
            return [record.type for record in store.live(self.stack)]


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
    assert "1 created" in rehearsal.up()
    assert "aws:ec2/vpc:Vpc" in rehearsal.live()


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
