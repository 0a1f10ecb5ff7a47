"""What must be gone before what, when a stack with a cluster is destroyed.

A wrong order leaves behind what nobody can delete: objects whose finalizer no controller takes off,
machines that nobody ends, interfaces in subnets (docs/layers/eks.md, "What deletion does").
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

CONTROL = "eks-cluster-control-eksCluster"


@dataclass(frozen=True)
class Rule:
    """An order of deletion.

    Attributes:
        first: Resources that go first, as patterns of `type name`.
        then: Those that wait until all of them are gone.
        why: What is left behind otherwise.
    """

    first: tuple[str, ...]
    then: tuple[str, ...]
    why: str

    def __str__(self) -> str:
        return f"{' · '.join(self.first)} before {' · '.join(self.then)}"


def rule(first: str, then: str, why: str) -> Rule:
    """A rule; several patterns are parted by ` | `."""
    return Rule(tuple(first.split(" | ")), tuple(then.split(" | ")), why)


RULES = (
    rule(
        "kubernetes:* workloads-hello-*",
        "*:Namespace workloads-namespace-hello-namespace",
        "a namespace takes pods along that still answer",
    ),
    rule(
        "*:HTTPRoute * | *:Gateway *",
        "*:Release eks-traefik-chart | *:CustomResourceDefinition eks-gateway-api-*",
        "a definition takes its objects along",
    ),
    rule(
        "*argoproj.io/* delivery-applications-*",
        "*:Release delivery-argo-cd-release",
        "nobody takes the finalizer off that deletes what they deployed",
    ),
    rule(
        "*argoproj.io/*:Application *",
        "*:Release eks-* | *:Release delivery-* | *:NodePool * | *:TargetGroupBinding *",
        "what they deployed needs its controllers to go",
    ),
    rule(
        "*:TargetGroupBinding *",
        "*:Release eks-targets-chart | * eks-targets-controller-* | aws:lb/targetGroup:*",
        "nobody takes its finalizer off, or may",
    ),
    rule(
        "*:ExternalSecret * | *:ClusterSecretStore *",
        "*:Release eks-secrets-chart | * eks-secrets-operator-*",
        "nobody takes what they made away",
    ),
    rule("*:NodePool *", "*:EC2NodeClass *", "machines without a class are not ended"),
    rule(
        "*:NodePool * | *:EC2NodeClass *",
        "*:Release eks-karpenter-* | * eks-karpenter-controller-*"
        " | aws:eks/accessEntry:AccessEntry eks-access-nodes",
        "machines live on that nobody ends, and keep their interfaces",
    ),
    rule(
        "*:Release eks-karpenter-chart",
        "*:Release eks-karpenter-crds | aws:sqs/* eks-karpenter-* | * eks-karpenter-controller-*",
        "a controller without its kinds, its queue or its role ends no machine",
    ),
    rule(
        "*:Release *",
        "aws:eks/nodeGroup:NodeGroup * | aws:eks/addon:Addon eks-network-*",
        "a chart's last job has no node to run on",
    ),
    rule(
        "*:Release eks-targets-chart",
        "* eks-targets-controller-*",
        "a controller that cleans up needs its role to the end",
    ),
    rule(
        "*:Release eks-secrets-chart",
        "* eks-secrets-operator-*",
        "a controller that cleans up needs its role to the end",
    ),
    rule(
        "aws:eks/addon:Addon eks-pod-*",
        "aws:eks/nodeGroup:NodeGroup *",
        "their pods have no node to end on",
    ),
    rule(
        "aws:eks/nodeGroup:NodeGroup *",
        "aws:eks/addon:Addon eks-network-* | aws:iam/* eks-node-* | aws:ec2/route:Route *-private-*"
        " | aws:ec2/subnet:Subnet network-private-* | * network-security-node"
        " | aws:vpc/securityGroup*Rule:* network-security-*",
        "nobody gives the interfaces of its nodes back: subnets and groups stay",
    ),
    rule(
        "kubernetes:*",
        "* eks-access-deploy | * eks-access-deploy-policy",
        "the rollout has locked itself out",
    ),
    rule(
        "aws:eks/addon:Addon * | aws:eks/nodeGroup:NodeGroup * | aws:eks/accessEntry:*",
        f"aws:eks/cluster:Cluster {CONTROL}",
        "EKS refuses to delete a cluster that has nodes",
    ),
    rule(
        f"aws:eks/cluster:Cluster {CONTROL}",
        "aws:cloudwatch/logGroup:LogGroup eks-* | aws:iam/* eks-cluster-role-*"
        " | aws:ec2/subnet:Subnet network-intra-* | * network-security-control-plane"
        " | aws:ec2/vpc:Vpc *",
        "a control plane without its role keeps its interfaces",
    ),
)
"""Those of one account with a cluster, with Argo CD and the sample application on it."""


@dataclass(frozen=True)
class Deletion:
    """A resource that was deleted: the places of its beginning and its end among the events."""

    label: str
    began: int
    ended: int


def deletions(events: Path) -> list[Deletion]:
    """What a run deleted, from its copy of the engine's events."""
    began: dict[str, int] = {}
    done: list[Deletion] = []
    for number, line in enumerate(events.read_text("utf-8").splitlines()):
        event: dict[str, Any] = json.loads(line)
        if event["event"] != "ResourceEvent" or event["operation"] != "delete":
            continue
        if event["type"].startswith("superinc:"):
            # A component is nowhere but in the state.
            continue
        urn: str = event["urn"]
        if event["phase"] == "started":
            began[urn] = number
        elif event["phase"] == "done":
            label = f"{event['type']} {urn.rpartition('::')[2]}"
            done.append(Deletion(label, began[urn], number))
    return done


def violations(done: Sequence[Deletion], rules: Iterable[Rule] = RULES) -> list[str]:
    """What began to go while something was there that had to go before it."""
    found: list[str] = []
    for one in rules:
        first = [item for item in done if _any(item.label, one.first)]
        then = [item for item in done if _any(item.label, one.then)]
        if not first or not then:
            found.append(f"nothing is told by: {one}")
        found += [
            f"{late.label} began before {early.label} had gone: {one.why}"
            for early in first
            for late in then
            if late.began < early.ended
        ]
    return found


def unordered(resources: Sequence[Mapping[str, Any]], rules: Iterable[Rule] = RULES) -> list[str]:
    """What only chance would delete in order: there is no chain of dependencies between the two.

    Args:
        resources: Of a stack's checkpoint.
        rules: The order.
    """
    needs = {one["urn"]: _direct(one) for one in resources}
    labels = {
        one["urn"]: f"{one['type']} {one['urn'].rpartition('::')[2]}"
        for one in resources
        if one.get("custom")
    }
    found: list[str] = []
    for one in rules:
        then = {urn for urn, label in labels.items() if _any(label, one.then)}
        for urn, label in labels.items():
            if _any(label, one.first):
                loose = then - _all_of(urn, needs) - {urn}
                found += [f"{label} does not depend on {labels[late]}" for late in loose]
    return sorted(found)


def _direct(resource: Mapping[str, Any]) -> set[str]:
    """What a resource depends on by itself; a provider's URN is followed by its id."""
    named = {value for value in [resource.get("parent")] if value}
    named |= {str(resource.get("provider") or "").rpartition("::")[0]}
    named |= set(resource.get("dependencies") or ())
    properties = cast("Mapping[str, list[str] | None]", resource.get("propertyDependencies") or {})
    for urns in properties.values():
        named |= set(urns or ())
    return named


def _all_of(urn: str, needs: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    ahead = [urn]
    while ahead:
        for one in needs.get(ahead.pop(), set()) - seen:
            seen.add(one)
            ahead.append(one)
    return seen


def _any(label: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(label, pattern) for pattern in patterns)
