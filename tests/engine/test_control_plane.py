"""A control plane as it is: etcd, the API server, its controllers and scheduler, and kwok."""

import contextlib
import http.client
import json
import os
import ssl
import stat
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox import control_plane
from sandbox.control_plane import ControlPlane, nodes, tokens
from sandbox.control_plane.api import ApiError
from sandbox.control_plane.cluster import Cluster
from sandbox.control_plane.groups import NodeGroup
from sandbox.service import Sandbox
from sandbox.store import Store
from tests.engine.cluster_objects import (
    EXTENSIONS,
    NODE_POOLS,
    POOL,
    config,
    crd,
    deployment,
    spread,
)

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("control-plane")]

MANAGEMENT = "111122223333"
ACCOUNT = "444455556666"
REGION = "eu-central-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/people/Admin"
POLICIES = "arn:aws:eks::aws:cluster-access-policy"
SECONDS = 60.0
ZONES = tuple(f"{REGION}{letter}" for letter in "abc")

BASE_NODES = tuple(f"base-{number}-{zone}" for number, zone in enumerate(ZONES))
WAITING = ["Pending"] * 5
BASE = (NodeGroup(name="base", size=3, instance_type="m7g.large", labels={"role": "base"}),)


@dataclass(frozen=True)
class Rehearsal:
    """A sandbox and the control plane of one cluster in it."""

    sandbox: Sandbox
    plane: ControlPlane

    def admit(self, principal: str, *policies: str, namespaces: tuple[str, ...] = ()) -> None:
        """Record an access entry as the aws stand-in does."""
        own = {"clusterName": self.plane.name, "principalArn": principal}
        scope = {"type": "namespace" if namespaces else "cluster", "namespaces": [*namespaces]}
        with contextlib.closing(Store.open(self.sandbox.directory)) as store:
            for kind, more in (
                ("accessEntry:AccessEntry", {}),
                *(
                    (
                        "accessPolicyAssociation:AccessPolicyAssociation",
                        {"policyArn": f"{POLICIES}/{policy}", "accessScope": scope},
                    )
                    for policy in policies
                ),
            ):
                urn = f"urn:pulumi:staging::test::aws:eks/{kind}::{principal}{more}"
                recorded = (ACCOUNT, REGION, "recorded", {**own, **more})
                store.put(urn, f"aws:eks/{kind}", f"{self.plane.name}:{principal}", *recorded)

    def ask(self, token: str, path: str) -> int:
        """The status of a request with a token."""
        context = ssl.create_default_context(cafile=str(self.plane.directory / "pki" / "ca.crt"))
        host = self.plane.endpoint.removeprefix("https://")
        connection = http.client.HTTPSConnection(host, timeout=SECONDS, context=context)
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            return connection.getresponse().status

    def token(self, role: str, cluster: str = "staging") -> str:
        """The token of a role that the management account assumes."""
        endpoint = self.sandbox.status().endpoint
        return tokens.get_token(cluster, region=REGION, role_arn=role, endpoint=endpoint)

    def pods(self, app: str) -> list[dict[str, Any]]:
        """The pods of an application."""
        with contextlib.closing(self.plane.client()) as client:
            return client.items(f"/api/v1/namespaces/default/pods?labelSelector=app%3D{app}")

    def zones(self, app: str) -> list[str]:
        """The zone of each pod of an application that runs, sorted."""
        nodes.nudge(self.plane)
        with contextlib.closing(self.plane.client()) as client:
            where = {
                node["metadata"]["name"]: node["metadata"]["labels"]["topology.kubernetes.io/zone"]
                for node in client.items("/api/v1/nodes")
            }
        running = [pod for pod in self.pods(app) if pod["status"]["phase"] == "Running"]
        return sorted(where[pod["spec"]["nodeName"]] for pod in running)

    def accepts(self, path: str, body: Mapping[str, object]) -> bool:
        """Whether the API server takes an object; it learns of new kinds after a moment."""
        try:
            self.apply(path, body)
        except ApiError:
            return False
        return True

    def deploy(self, body: Mapping[str, Any]) -> None:
        """Apply a Deployment."""
        name = body["metadata"]["name"]
        self.apply(f"/apis/apps/v1/namespaces/default/deployments/{name}", body)

    def apply(self, path: str, body: Mapping[str, object]) -> None:
        """Apply an object as the administrator."""
        with contextlib.closing(self.plane.client()) as client:
            client.apply(path, body)


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "s"}.items():
            patch.setenv(name, value)
        sandbox = Sandbox(tmp_path_factory.mktemp("planes") / "sandbox")
        sandbox.start(management_account_id=MANAGEMENT, region=REGION)
        try:
            yield Rehearsal(sandbox, started(sandbox))
        finally:
            sandbox.stop()


def started(sandbox: Sandbox, name: str = "staging") -> ControlPlane:
    return control_plane.ensure(
        sandbox.directory, account=ACCOUNT, region=REGION, name=name, version="1.36"
    )


def eventually(check: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not check():
        assert time.monotonic() < deadline, "not within a minute"
        time.sleep(0.1)


def test_starts_what_runs_already_in_no_time_and_under_the_same_address(
    rehearsal: Rehearsal,
) -> None:
    began = time.monotonic()
    again = started(rehearsal.sandbox)
    assert again == rehearsal.plane
    assert time.monotonic() - began < 2
    assert again == control_plane.find(
        rehearsal.sandbox.directory, account=ACCOUNT, region=REGION, name="staging"
    )


def test_no_file_of_a_control_plane_can_be_read_by_others(rehearsal: Rehearsal) -> None:
    folder = rehearsal.plane.directory
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    keys = [file for file in folder.rglob("*") if file.suffix in {".key", ".kubeconfig", ".log"}]
    assert len(keys) > 10
    assert {stat.S_IMODE(file.stat().st_mode) for file in keys} == {0o600}


@pytest.mark.parametrize(
    "token", ["nonsense", tokens.PREFIX + "aHR0cHM6Ly9zdHMuYW1hem9uYXdzLmNvbS8"]
)
def test_refuses_a_token_of_nobody(rehearsal: Rehearsal, token: str) -> None:
    assert rehearsal.ask(token, "/api/v1/namespaces") == 401


def test_refuses_a_role_without_an_access_entry(rehearsal: Rehearsal) -> None:
    token = rehearsal.token(f"arn:aws:iam::{ACCOUNT}:role/Stranger")
    assert rehearsal.ask(token, "/api/v1/namespaces") == 401


def test_the_token_of_an_access_entry_may_what_its_policies_allow(rehearsal: Rehearsal) -> None:
    viewer = f"arn:aws:iam::{ACCOUNT}:role/Viewer"
    rehearsal.admit(ROLE, "AmazonEKSClusterAdminPolicy")
    rehearsal.admit(viewer, "AmazonEKSViewPolicy")
    assert rehearsal.ask(rehearsal.token(ROLE), "/api/v1/secrets") == 200
    token = rehearsal.token(viewer)
    assert rehearsal.ask(token, "/api/v1/pods") == 200
    assert rehearsal.ask(token, "/api/v1/secrets") == 403


def test_a_policy_of_one_namespace_allows_nothing_in_another(rehearsal: Rehearsal) -> None:
    editor = f"arn:aws:iam::{ACCOUNT}:role/Editor"
    rehearsal.admit(editor, "AmazonEKSEditPolicy", namespaces=("kube-public",))
    token = rehearsal.token(editor)
    assert rehearsal.ask(token, "/api/v1/namespaces/kube-public/secrets") == 200
    assert rehearsal.ask(token, "/api/v1/namespaces/default/secrets") == 403


def test_a_token_for_one_cluster_is_no_token_for_another(rehearsal: Rehearsal) -> None:
    other = f"arn:aws:iam::{ACCOUNT}:role/Elsewhere"
    rehearsal.admit(other, "AmazonEKSViewPolicy")
    token = rehearsal.token(other, cluster="production")
    assert rehearsal.ask(token, "/api/v1/namespaces") == 401
    assert rehearsal.ask(rehearsal.token(other), "/api/v1/namespaces") == 200


def test_kubectl_of_the_shell_enters_as_a_role_with_an_access_entry(rehearsal: Rehearsal) -> None:
    rehearsal.admit(ROLE, "AmazonEKSClusterAdminPolicy")
    environment = {**os.environ, **rehearsal.sandbox.environment()}
    said = subprocess.run(
        ["kubectl", "--context", "staging", "auth", "whoami", "-o", "json"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    user = json.loads(said.stdout)["status"]["userInfo"]
    assert user["username"].startswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/")
    assert "eks:access:cluster-admin" in user["groups"]


def test_an_admission_policy_refuses_what_it_forbids(rehearsal: Rehearsal) -> None:
    api = "admissionregistration.k8s.io/v1"
    rule = {
        "apiGroups": [""],
        "apiVersions": ["v1"],
        "operations": ["CREATE", "UPDATE"],
        "resources": ["configmaps"],
    }
    validation = {"expression": "!('forbidden' in object.data)", "message": "no such key"}
    policy = {
        "apiVersion": api,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": "test"},
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": [rule]},
            "validations": [validation],
        },
    }
    binding = {
        "apiVersion": api,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": "test"},
        "spec": {"policyName": "test", "validationActions": ["Deny"]},
    }
    rehearsal.apply(f"/apis/{api}/validatingadmissionpolicies/test", policy)
    rehearsal.apply(f"/apis/{api}/validatingadmissionpolicybindings/test", binding)

    def refused() -> bool:
        try:
            rehearsal.apply("/api/v1/namespaces/default/configmaps/no", config("forbidden"))
        except ApiError as error:
            return "no such key" in str(error)
        return False

    # The API server takes a moment to learn of a policy.
    eventually(refused)
    rehearsal.apply("/api/v1/namespaces/default/configmaps/yes", config("allowed"))


def test_a_deployment_spreads_over_three_zones_and_leaves_one_that_is_lost(
    rehearsal: Rehearsal,
) -> None:
    plane = rehearsal.plane
    assert nodes.sync_nodes(plane, groups=BASE) == BASE_NODES
    rehearsal.deploy(deployment("web", **spread("web")))
    eventually(lambda: rehearsal.zones("web") == list(ZONES))
    try:
        assert nodes.lose_zone(plane, ZONES[0]) == (f"base-0-{ZONES[0]}",)
        eventually(lambda: len(rehearsal.zones("web")) == 3)
        assert set(rehearsal.zones("web")) == set(ZONES[1:])
        assert not any(ZONES[0] in name for name in nodes.sync_nodes(plane, groups=BASE))
    finally:
        nodes.restore(plane)
    assert f"base-0-{ZONES[0]}" in nodes.sync_nodes(plane, groups=BASE)


def test_a_node_pool_gives_nodes_to_pods_that_wait_until_spot_is_lost(rehearsal: Rehearsal) -> None:
    plane = rehearsal.plane
    rehearsal.apply(f"/apis/{EXTENSIONS}/customresourcedefinitions/{NODE_POOLS}", crd())
    created = f"/apis/karpenter.sh/v1/nodepools/{POOL['metadata']['name']}"
    eventually(lambda: rehearsal.accepts(created, POOL))
    first = set(nodes.sync_nodes(plane, groups=BASE))
    assert {f"spot-{zone}-spot" for zone in ZONES} <= first

    # More than the first nodes hold: 4 vCPUs each.
    heavy = deployment("heavy", cpu="3", nodeSelector={"karpenter.sh/nodepool": "spot"})
    heavy["spec"]["template"]["spec"]["tolerations"] = [{"key": "spot", "operator": "Exists"}]
    heavy["spec"]["replicas"] = 5
    rehearsal.deploy(heavy)

    def all_run() -> bool:
        nodes.sync_nodes(plane, groups=BASE)
        return len(rehearsal.zones("heavy")) == 5

    eventually(all_run)
    assert len(set(nodes.sync_nodes(plane, groups=BASE)) - first) == 2
    try:
        assert len(nodes.lose_spot(plane)) == 5
        eventually(lambda: [pod["status"]["phase"] for pod in rehearsal.pods("heavy")] == WAITING)
        assert set(nodes.sync_nodes(plane, groups=BASE)) == first - {
            f"spot-{zone}-spot" for zone in ZONES
        }
    finally:
        nodes.restore(plane)
    nodes.sync_nodes(plane, groups=BASE)
    eventually(lambda: len(rehearsal.zones("heavy")) >= 3)
    with contextlib.closing(plane.client()) as client:
        client.delete("/apis/apps/v1/namespaces/default/deployments/heavy")
        client.delete(created)
    assert set(nodes.sync_nodes(plane, groups=BASE)) == set(BASE_NODES)


def test_lives_through_a_stop_with_all_that_it_held(rehearsal: Rehearsal) -> None:
    directory = rehearsal.sandbox.directory
    rehearsal.apply(
        "/api/v1/namespaces/default/configmaps/kept",
        config("kept") | {"metadata": {"name": "kept"}},
    )
    assert control_plane.stop_all(directory)
    assert not control_plane.stop_all(directory)
    assert control_plane.resume_all(directory) == 1
    assert control_plane.resume_all(directory) == 0
    with contextlib.closing(rehearsal.plane.client()) as client:
        kept = client.get("/api/v1/namespaces/default/configmaps/kept")
    assert kept["data"] == {"kept": "1"}


def test_what_died_is_started_again_by_the_next_command(rehearsal: Rehearsal) -> None:
    cluster = Cluster.read(rehearsal.plane.directory)
    assert cluster is not None
    assert cluster.processes["kube-scheduler"].kill()
    said: list[str] = []
    rehearsal.sandbox.start(management_account_id=MANAGEMENT, region=REGION, progress=said.append)
    assert any("had ended" in line for line in said)
    assert rehearsal.sandbox.status().clusters == {rehearsal.plane.directory.name: True}


def test_a_removed_control_plane_leaves_no_process_and_no_file(rehearsal: Rehearsal) -> None:
    directory = rehearsal.sandbox.directory
    plane = started(rehearsal.sandbox, "short-lived")
    cluster = Cluster.read(plane.directory)
    assert cluster is not None
    assert cluster.alive()
    own = {"account": ACCOUNT, "region": REGION, "name": "short-lived"}
    assert control_plane.remove(directory, **own)
    assert not any(process.alive() for process in cluster.processes.values())
    assert not plane.directory.exists()
    assert control_plane.find(directory, **own) is None
    assert not control_plane.remove(directory, **own)


def test_an_unsupported_version_is_refused_before_anything_starts(rehearsal: Rehearsal) -> None:
    with pytest.raises(control_plane.ControlPlaneError, match=r"got version 1\.99, wanted 1\.33"):
        control_plane.ensure(
            rehearsal.sandbox.directory,
            account=ACCOUNT,
            region=REGION,
            name="new",
            version="1.99",
        )
    assert not Path(rehearsal.plane.directory.parent, f"{ACCOUNT}-{REGION}-new").exists()
