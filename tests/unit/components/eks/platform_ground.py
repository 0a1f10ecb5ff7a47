"""The platform's ground without a cluster: what its components are given, made up."""

import json
from collections.abc import Callable, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from components.base import LayerContext
from components.edge.contract import EdgeOutputs
from components.eks.ground import Ground
from components.eks.platform import Platform, build_platform
from components.eks.settings import ClusterConfig
from components.eks.workload_role import ClusterIdentity
from components.keys.contract import KeysOutputs
from components.network.contract import NetworkOutputs
from tests.recording import Recording, record
from tests.unit.components.small_organization import ACCOUNT_ID, HOME, small_organization

REGION = HOME
CLUSTER_ARN = f"arn:aws:eks:{REGION}:{ACCOUNT_ID}:cluster/staging"
NODE_ROLE_ARN = f"arn:aws:iam::{ACCOUNT_ID}:role/nodes"
TARGET_GROUP_ARN = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT_ID}:targetgroup/pods/0123456789"


def known(value: Any) -> pulumi.Output[Any]:  # noqa: ANN401 - whatever a layer publishes
    return pulumi.Output.from_input(value)


def key_arn(domain: str) -> str:
    return f"arn:aws:kms:{REGION}:{ACCOUNT_ID}:key/{domain}"


def ground(
    config: ClusterConfig, *, target_groups: Sequence[str] = ("cluster",), edge: bool = True
) -> Ground:
    """Needs a running program."""
    organization = small_organization()
    account = organization.accounts["staging"]
    provider = aws.Provider("staging", region=REGION, allowed_account_ids=[ACCOUNT_ID])
    network = SimpleNamespace(
        vpc_id=known("vpc-0123456789abcdef0"),
        subnet_ids={"private": [known(f"subnet-{zone}") for zone in "abc"]},
        subnet_cidrs={"private": ["10.48.32.0/19"], "public": ["10.48.0.0/24"]},
    )
    keys = SimpleNamespace(
        arns={name: known(key_arn(name)) for name in ("alerts", "ebs", "secrets")}
    )
    context = LayerContext(
        account_name="staging",
        account=account,
        organization=organization,
        account_id=known(ACCOUNT_ID),
        account_id_of=lambda name: known(organization.accounts[name].id),
        provider=provider,
        reads=frozenset(),
        source=known,
        account_provider=lambda _name: provider,
        built=cast("Any", {KeysOutputs: keys, NetworkOutputs: network}),
    )
    identity = ClusterIdentity(
        name="staging",
        arn=CLUSTER_ARN,
        account_id=ACCOUNT_ID,
        oidc_issuer="oidc.example/id/1",
        oidc_provider_arn=f"arn:aws:iam::{ACCOUNT_ID}:oidc-provider/oidc.example/id/1",
    )
    arns = {name: known(TARGET_GROUP_ARN) for name in target_groups}
    return Ground(
        context=context,
        config=config,
        network=cast("NetworkOutputs", network),
        keys=cast("KeysOutputs", keys),
        edge=EdgeOutputs(target_group_arns=arns) if edge else None,
        cluster=cast("Any", SimpleNamespace(endpoint=known("https://api.example"))),
        identity=identity,
        provider=kubernetes.Provider("cluster"),
        node_role_arn=known(NODE_ROLE_ARN),
        node_role_name=known("nodes"),
        node_group_ids=[known("sg-node"), known("sg-application")],
        ready=[],
        foundations={},
    )


def program(
    made: Callable[[Ground], Any],
    config: dict[str, Any] | None = None,
    *,
    preview: bool = False,
    **around: Any,  # noqa: ANN401 - what `ground` takes
) -> Recording:
    """Record a part of the platform."""
    return _recorded(made, json.dumps(config or {}), preview, json.dumps(around))


@cache
def _recorded(
    made: Callable[[Ground], Any],
    config: str,
    preview: bool,  # noqa: FBT001 - a cache key
    around: str,
) -> Recording:
    settings = ClusterConfig.model_validate_json(config)
    return record(lambda: made(ground(settings, **json.loads(around))), preview=preview)


def platform(
    config: dict[str, Any] | None = None,
    *,
    preview: bool = False,
    **around: Any,  # noqa: ANN401 - what `ground` takes
) -> Recording:
    """Record the platform with this Config of it."""
    given = {"platform": config} if config is not None else None
    return program(build_platform, given, preview=preview, **around)


def result(recording: Recording) -> Platform:
    return cast("Platform", recording.result)


def values(recording: Recording, chart: str) -> dict[str, Any]:
    """The values of a chart's release."""
    (found,) = [one for one in recording.of("Release") if one.inputs["name"] == chart]
    return found.inputs["values"]
