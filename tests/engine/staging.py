"""A cluster of the organisation after its rollout: asked by roles, robbed of its nodes."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sandbox.control_plane import nodes, tokens
from sandbox.control_plane.plane import find_all
from sandbox.instance import Instance
from sandbox.kubernetes.api import APPLY, MERGE, Api, ApiError
from tests.engine.conftest import Checkout

REGION = "eu-central-1"
ZONES = tuple(f"{REGION}{letter}" for letter in "abc")
ZONE = "topology.kubernetes.io/zone"
CAPACITY = "karpenter.sh/capacity-type"
ROLLOUTS = "OrganizationAccountAccessRole"
SECONDS = 60.0
DEPLOYMENT = "/apis/apps/v1/namespaces/hello/deployments/hello"

_NODES = "/api/v1/nodes"
_PODS = "/api/v1/namespaces/hello/pods"
_SCALERS = "/apis/autoscaling/v2/namespaces/hello/horizontalpodautoscalers"


@dataclass(frozen=True)
class Pod:
    """A pod and where it is.

    Attributes:
        uid: Its identity: the same pod, not one of the same name.
        name: Its name.
        phase: As its status says.
        node: The labels of its node; empty while it waits.
    """

    uid: str
    name: str
    phase: str
    node: Mapping[str, str]

    @property
    def zone(self) -> str:
        """The zone that it runs in; empty while it waits."""
        return self.node.get(ZONE, "") if self.phase == "Running" else ""


class Staging:
    """The cluster of an environment, as rolled out; staging's unless said otherwise."""

    def __init__(self, organisation: Checkout, account: str = "staging") -> None:
        self.organisation = organisation
        planes = find_all(organisation.home / "sandbox")
        (self.plane,) = [one for one in planes if one.name == account]

    @cached_property
    def api(self) -> Api:
        """The API as rollouts ask it."""
        return self.api_of(ROLLOUTS)

    def api_of(self, role: str) -> Api:
        """The API as a role of the account asks it, with a token of `aws eks get-token`."""
        instance = Instance.read(self.plane.sandbox / "sandbox.json")
        assert instance is not None
        arn = f"arn:aws:iam::{self.plane.account}:role/{role}"
        token = tokens.get_token(
            self.plane.name, region=REGION, role_arn=arn, endpoint=instance.endpoint
        )
        authority = (self.plane.directory / "pki" / "ca.crt").read_bytes()
        return Api(self.plane.endpoint, authority, lambda: token)

    def items(self, path: str, **query: str) -> list[dict[str, Any]]:
        """The items of a list."""
        found: Any = self.api.get(path, **query)["items"]
        return found

    def pods(self, app: str = "hello") -> list[Pod]:
        """The pods of an application in namespace `hello`, those that are going left out."""
        nodes.nudge(self.plane)
        there = {one["metadata"]["name"]: one["metadata"]["labels"] for one in self.items(_NODES)}
        return [
            Pod(
                pod["metadata"]["uid"],
                pod["metadata"]["name"],
                pod["status"]["phase"],
                there.get(pod["spec"].get("nodeName", ""), {}),
            )
            for pod in self.items(_PODS, labelSelector=f"app.kubernetes.io/name={app}")
            if "deletionTimestamp" not in pod["metadata"]
        ]

    def zones(self, app: str = "hello") -> list[str]:
        """The zones of its pods, sorted; empty strings for those that wait."""
        return sorted(pod.zone for pod in self.pods(app))

    def waits_for(self, pod: str) -> str:
        """What the scheduler says of a pod that it finds no node for."""
        found: Any = self.api.get(f"{_PODS}/{pod}")
        conditions = found["status"].get("conditions", [])
        said = [one for one in conditions if one["type"] == "PodScheduled"]
        return "".join(one.get("message", "") for one in said if one["status"] == "False")

    def scale(self, fewest: int) -> None:
        """Tell the autoscaler of `hello` how many pods it has at least, and let it have them."""
        bound = {"spec": {"minReplicas": fewest}}
        self.api.request("PATCH", f"{_SCALERS}/hello", bound, content=MERGE)
        # At once: it looks every few seconds, and has no measure to scale down by.
        self.api.request(
            "PATCH", f"{DEPLOYMENT}/scale", {"spec": {"replicas": fewest}}, content=MERGE
        )

    def evict(self, pod: str) -> None:
        """Ask to evict a pod of `hello`, as a drain does.

        Raises:
            ApiError: A budget refuses it.
        """
        body = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": pod, "namespace": "hello"},
        }
        self.api.request("POST", f"{_PODS}/{pod}/eviction", body)

    def restart(self, app: str) -> None:
        """Delete the pods of an application at once; whoever keeps them makes others."""
        for pod in self.pods(app):
            self.delete(f"{_PODS}/{pod.name}")

    def cordon(self, *, cordoned: bool, zone: str = "") -> None:
        """Let nodes take no pods, or let them again; those of one zone or all."""
        for node in self.items(_NODES):
            name, labels = node["metadata"]["name"], node["metadata"]["labels"]
            if zone in ("", labels[ZONE]) and node["spec"].get("unschedulable", False) != cordoned:
                spec = {"spec": {"unschedulable": cordoned}}
                self.api.request("PATCH", f"{_NODES}/{name}", spec, content=MERGE)

    def apply(self, document: Mapping[str, Any], *, preview: bool = False) -> None:
        """Apply an object, as a rollout does.

        Raises:
            ApiError: The API server refuses it.
        """
        metadata = document["metadata"]
        place = (document["apiVersion"], document["kind"], metadata.get("namespace"))
        query = {"fieldManager": "test", "force": "true", "fieldValidation": "Strict"}
        if preview:
            query["dryRun"] = "All"
        path = self.api.path(*place, metadata["name"])
        self.api.request("PATCH", path, document, query=query, content=APPLY)

    def delete(self, path: str) -> None:
        """Delete an object at once, if it is there."""
        options = {"apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0}
        try:
            self.api.request("DELETE", path, options)
        except ApiError as error:
            if not error.missing:
                raise

    def node_names(self) -> set[str]:
        """The names of all nodes."""
        return {node["metadata"]["name"] for node in self.items(_NODES)}


def eventually(check: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s"
        time.sleep(0.2)
