"""The eks layer, built alone on made-up earlier layers."""

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from types import SimpleNamespace
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components.accounts.contract import AccountsOutputs
from components.base import LayerContext
from components.contracts import published
from components.edge.contract import EdgeOutputs
from components.eks.contract import EksConfig, reads
from components.keys.contract import KeysOutputs
from components.network.contract import NetworkOutputs
from tests.recording import Recording, record
from tests.unit.components.small_organization import ACCOUNT_ID, small_organization

BREAK_GLASS = f"arn:aws:iam::{ACCOUNT_ID}:role/superinc-break-glass"

EksRecorder = Callable[..., Recording]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Where the layer is built.

    Attributes:
        keys: The account's key domains.
        groups: The network's security groups.
        tiers: The network's tiers.
        preview: Whether nothing is known yet.
    """

    keys: tuple[str, ...] = ("alerts", "ebs", "logs", "secrets")
    groups: tuple[str, ...] = ("application", "control-plane", "load-balancer", "node")
    tiers: tuple[str, ...] = ("intra", "private", "public")
    preview: bool = False


@pytest.fixture
def eks() -> EksRecorder:
    """Records the layer in its `Surroundings`, by their names, with a cluster of all else."""

    def made(**values: Any) -> Recording:  # noqa: ANN401 - whatever a Config holds
        names = {field.name for field in fields(Surroundings)} & values.keys()
        around = Surroundings(**{name: values.pop(name) for name in names})
        return _recorded(around, json.dumps({"cluster": values}))

    return made


@pytest.fixture
def empty() -> Recording:
    """The layer with nothing configured."""
    return _recorded(Surroundings(), "{}")


@cache
def _recorded(around: Surroundings, values: str) -> Recording:
    # Its import of `pulumi_aws.ec2` warns, which is allowed only once pytest is configured.
    from components.eks.layer import build

    config = EksConfig.model_validate_json(values)

    def program() -> Any:  # noqa: ANN401 - what the layer publishes
        outputs = build(_context(around, config), config)
        for name in published(outputs):
            if (value := getattr(outputs, name)) is not None:
                pulumi.export(name, value)
        return outputs

    return record(program, stack="staging", preview=around.preview)


def _built(around: Surroundings, provider: aws.Provider) -> dict[type[Any], Any]:
    way_out = aws.ec2.Route(
        "way-out",
        route_table_id="the private table",
        opts=pulumi.ResourceOptions(provider=provider),
    )
    rule = aws.vpc.SecurityGroupEgressRule(
        "who-may-talk",
        security_group_id="the node group",
        ip_protocol="-1",
        opts=pulumi.ResourceOptions(provider=provider),
    )
    network = SimpleNamespace(
        vpc_id=_known("the vpc"),
        cidr="10.48.0.0/16",
        availability_zones=[f"eu-central-1{zone}" for zone in "abc"],
        subnet_ids={tier: [_known(f"{tier}-{zone}") for zone in "abc"] for tier in around.tiers},
        subnet_cidrs={tier: ["10.48.0.0/24"] for tier in around.tiers},
        routing_ids={"private": [way_out.id], "public": []},
        security_group_ids={role: _known(f"the {role} group") for role in around.groups},
        security_groups=rule,
    )
    arns = {key: _known(f"arn:aws:kms:eu-central-1:{ACCOUNT_ID}:key/{key}") for key in around.keys}
    return {
        AccountsOutputs: SimpleNamespace(break_glass_role_arn=_known(BREAK_GLASS)),
        EdgeOutputs: EdgeOutputs(target_group_arns={"cluster": _known("the target group")}),
        KeysOutputs: SimpleNamespace(arns=arns),
        NetworkOutputs: network,
    }


def _known(value: Any) -> pulumi.Output[Any]:  # noqa: ANN401 - whatever a layer publishes
    return pulumi.Output.from_input(value)


def _context(around: Surroundings, config: EksConfig) -> LayerContext:
    organization = small_organization(monitoring="444455556666")
    account = organization.accounts["staging"]

    def provider(of: str) -> aws.Provider:
        found = organization.accounts[of].id
        assert found is not None
        return aws.Provider(of, region="eu-central-1", allowed_account_ids=[found])

    own = provider("staging")
    return LayerContext(
        account_name="staging",
        account=account,
        organization=organization,
        account_id=_known(ACCOUNT_ID),
        account_id_of=lambda name: _known(str(organization.accounts[name].id)),
        provider=own,
        reads=frozenset(reads(config, account.kind)),
        source=lambda read: _known(f"the {read}"),
        account_provider=provider,
        built=_built(around, own),
    )
