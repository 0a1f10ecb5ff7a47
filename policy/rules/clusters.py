"""EKS: the control plane (playbook K8S-01)."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from policy.core.context import Context
from policy.core.graph import Resource
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, advised, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items, one_or_many, read, spread, strings
from policy.rules.openings import is_world

CLUSTER = "aws:eks/cluster:Cluster"
COMPONENT = "eks:index:Cluster"
"""Pulumi's component around a cluster; engines show its inputs beside its children."""

MANAGED_NODES = "eks:index:ManagedNodeGroup"

WANTED_LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
OLDEST_VERSION = (1, 34)
"""The oldest minor version with a year of standard support left (EKS release calendar)."""

VERSION = re.compile(r"(\d+)\.(\d+)")


class Access(NamedTuple):
    """How the API is reached, as the cluster and its component each name it.

    Attributes:
        public: The property that opens it to the internet.
        networks: The property that says to whom.
        private: The property that opens it to the VPC.
    """

    public: tuple[str, ...]
    networks: tuple[str, ...]
    private: tuple[str, ...]


OF_THE_CLUSTER = Access(
    ("vpcConfig", "endpointPublicAccess"),
    ("vpcConfig", "publicAccessCidrs"),
    ("vpcConfig", "endpointPrivateAccess"),
)
OF_THE_COMPONENT = Access(
    ("endpointPublicAccess",), ("publicAccessCidrs",), ("endpointPrivateAccess",)
)


def _private_endpoint(resource: Resource, context: Context) -> Iterator[Problem]:
    yield from _reached(resource, context, OF_THE_CLUSTER)


def _reached(resource: Resource, context: Context, access: Access) -> Iterator[Problem]:
    # AWS opens the API to the internet and closes it to the VPC where nothing is said.
    for path, wanted in ((access.public, False), (access.private, True)):
        value = resource.get(*path)
        if value is UNKNOWN:
            yield undecided(resource, ".".join(path))
        elif value is not wanted:
            if path == access.public and not context.production:
                yield from _to_few(resource, access.networks)
            else:
                got = "nothing, which is the opposite" if value is MISSING else str(value).lower()
                message = f"got {got}, wanted {str(wanted).lower()}"
                yield failed(resource, ".".join(path), message)


def _to_few(resource: Resource, path: tuple[str, ...]) -> Iterator[Problem]:
    networks = resource.get(*path)
    at = ".".join(path)
    if networks is UNKNOWN or UNKNOWN in items(networks):
        yield undecided(resource, at)
    elif not items(networks):
        yield failed(resource, at, "got a public API for everybody, wanted a few networks")
    elif open_ := next((cidr for cidr in items(networks) if is_world(cidr)), None):
        yield failed(resource, at, f"got {open_}, wanted a few networks")


def _encrypted_secrets(resource: Resource, _: Context) -> Iterator[Problem]:
    configuration = resource.get("encryptionConfig")
    if configuration is UNKNOWN:
        yield undecided(resource, "encryptionConfig")
        return
    covered = [item for found in spread(configuration, "resources") for item in one_or_many(found)]
    if UNKNOWN in covered:
        yield undecided(resource, "encryptionConfig.resources")
    elif "secrets" not in covered:
        message = "got Secrets under AWS's key alone, wanted resources: secrets"
        yield failed(resource, "encryptionConfig.resources", message)
    elif MISSING in spread(configuration, "provider", "keyArn"):
        path = "encryptionConfig.provider.keyArn"
        yield failed(resource, path, "got no key, wanted a key of ours")


def _logged(resource: Resource, _: Context) -> Iterator[Problem]:
    logs = resource.get("enabledClusterLogTypes")
    missing = [kind for kind in WANTED_LOGS if kind not in strings(logs)]
    if logs is UNKNOWN or (missing and UNKNOWN in items(logs)):
        yield undecided(resource, "enabledClusterLogTypes")
    elif missing:
        yield failed(resource, "enabledClusterLogTypes", f"wanted {', '.join(missing)} among them")


def _supported(resource: Resource, _: Context) -> Iterator[Problem]:
    version = resource.get("version")
    match = VERSION.match(version) if isinstance(version, str) else None
    if version is UNKNOWN:
        yield undecided(resource, "version")
    elif match is None:
        yield failed(resource, "version", "got none, wanted one pinned")
    elif (int(match[1]), int(match[2])) < OLDEST_VERSION:
        oldest = ".".join(map(str, OLDEST_VERSION))
        yield failed(resource, "version", f"got {version}, wanted {oldest} or later")
    support = resource.get("upgradePolicy", "supportType")
    if support not in (UNKNOWN, "STANDARD"):
        message = "got extended support, at six times the price; wanted STANDARD"
        yield advised(resource, "upgradePolicy.supportType", message)


def _kept(resource: Resource, _: Context) -> Iterator[Problem]:
    value = resource.get("deletionProtection")
    if value is UNKNOWN:
        yield undecided(resource, "deletionProtection")
    elif value is not True:
        yield failed(resource, "deletionProtection", "got false, wanted true")
    if not resource.protect:
        yield failed(resource, "protect", "got an unprotected cluster, wanted protect")


COMPONENT_INPUTS: dict[str, tuple[tuple[str, tuple[object, ...], str], ...]] = {
    COMPONENT: (
        ("authenticationMode", ("API",), "API"),
        ("nodeAssociatePublicIpAddress", (False,), "false"),
        ("skipDefaultNodeGroup", (True,), "true"),
    ),
    MANAGED_NODES: (("enableIMDSv2", (True,), "true"),),
}
"""Inputs of Pulumi's EKS components whose defaults are not ours, and what they must be."""


def _safe_inputs(resource: Resource, context: Context) -> Iterator[Problem]:
    for path, good, wanted in COMPONENT_INPUTS[resource.type]:
        value = read(resource.inputs, path)
        if value is UNKNOWN:
            yield undecided(resource, path)
        elif value not in good and not _said_otherwise(resource, path):
            got = "nothing" if value is MISSING else value
            yield failed(resource, path, f"got {got}, wanted {wanted}")
    if resource.type == COMPONENT:
        if read(resource.inputs, "encryptionConfigKeyArn") is MISSING:
            yield failed(resource, "encryptionConfigKeyArn", "got none, wanted a key of ours")
        yield from _reached(resource, context, OF_THE_COMPONENT)


def _said_otherwise(resource: Resource, path: str) -> bool:
    """Whether another input says the same: a launch template its own metadata options."""
    instead = {
        "enableIMDSv2": "launchTemplate",
        "nodeAssociatePublicIpAddress": "skipDefaultNodeGroup",
    }.get(path)
    return instead is not None and read(resource.inputs, instead) not in (MISSING, False)


RULES: tuple[Rule, ...] = (
    Rule(
        id="EKS-01",
        title="The cluster's API is private",
        severity=Severity.CRITICAL,
        remedy="set endpoint_private_access=True and endpoint_public_access=False",
        types=(CLUSTER,),
        resource=_private_endpoint,
        controls=("CIS EKS 1.5 5.4.1", "CIS EKS 1.5 5.4.2", "FSBP EKS.1"),
    ),
    Rule(
        id="EKS-02",
        title="Secrets in the cluster are encrypted with a key of ours",
        severity=Severity.HIGH,
        remedy="give encryption_config the key of the risk domain and resources=['secrets']",
        types=(CLUSTER,),
        resource=_encrypted_secrets,
        controls=("CIS EKS 1.5 5.3.1", "FSBP EKS.3"),
    ),
    Rule(
        id="EKS-03",
        title="The control plane writes all its logs",
        severity=Severity.MEDIUM,
        remedy="list all five types in enabled_cluster_log_types",
        types=(CLUSTER,),
        resource=_logged,
        controls=("CIS EKS 1.5 2.1.1", "FSBP EKS.8"),
    ),
    Rule(
        id="EKS-06",
        title="Clusters run a pinned Kubernetes version under standard support",
        severity=Severity.MEDIUM,
        enforcement=Enforcement.ADVISORY,
        remedy="raise the version by one minor at a time; set support_type=STANDARD",
        types=(CLUSTER,),
        resource=_supported,
        controls=("FSBP EKS.2",),
    ),
    Rule(
        id="EKS-12",
        title="Clusters cannot be deleted by accident",
        severity=Severity.MEDIUM,
        production_only=True,
        remedy="set deletion_protection=True and protect=True",
        types=(CLUSTER,),
        resource=_kept,
    ),
    Rule(
        id="EKS-13",
        title="Pulumi's EKS components get what their defaults leave open",
        severity=Severity.MEDIUM,
        enforcement=Enforcement.ADVISORY,
        remedy="set the input; the component's default is made for a first try",
        types=tuple(COMPONENT_INPUTS),
        resource=_safe_inputs,
    ),
)
