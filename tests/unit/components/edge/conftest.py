"""The edge layer, built alone on made-up earlier layers."""

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from types import SimpleNamespace
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components.base import LayerContext
from components.contracts import Read
from components.dns.contract import DnsOutputs
from components.edge.contract import EdgeConfig, reads
from components.keys.contract import KeysOutputs
from components.network.contract import NetworkOutputs
from tests.recording import Recording, record
from tests.unit.components.small_organization import ACCOUNT_ID, small_organization

CERTIFICATES = ("certificate_arn", "cdn_certificate_arn", "apex_certificate_arn")

EdgeRecorder = Callable[..., Recording]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Where the layer is built.

    Attributes:
        account: The account.
        region: Its home Region.
        keys: Its key domains.
        certificates: What the dns layer publishes.
        groups: The network's security groups.
        sealed: Whether the Config came as a secret.
        preview: Whether nothing is known yet.
    """

    account: str = "staging"
    region: str = "eu-central-1"
    keys: tuple[str, ...] = ("data", "logs", "secrets")
    certificates: tuple[str, ...] = CERTIFICATES
    groups: tuple[str, ...] = ("load-balancer",)
    sealed: bool = False
    preview: bool = False


@pytest.fixture
def edge() -> EdgeRecorder:
    """Records the layer in its `Surroundings`, by their names, with a Config of all else."""

    def made(**values: Any) -> Recording:  # noqa: ANN401 - whatever a Config holds
        names = {field.name for field in fields(Surroundings)} & values.keys()
        around = Surroundings(**{name: values.pop(name) for name in names})
        return _recorded(around, json.dumps(values))

    return made


@cache
def _recorded(around: Surroundings, values: str) -> Recording:
    # Its import of `pulumi_aws.s3` warns, which is allowed only once pytest is configured.
    from components.edge.layer import build

    config = EdgeConfig.model_validate_json(values)

    def program() -> None:
        if around.sealed:
            pulumi.runtime.set_all_config({"superinc:edge": "{}"}, ["superinc:edge"])
        outputs = build(_context(around, config), config)
        for field in fields(outputs):
            if (value := getattr(outputs, field.name)) is not None:
                pulumi.export(field.name, value)

    return record(program, stack=around.account, preview=around.preview)


def _built(around: Surroundings, provider: aws.Provider) -> dict[type[Any], Any]:
    root = "example.com"
    domain = root if around.account == "shared" else f"{around.account}.{root}"
    known = {name: _known(f"the {name}") for name in around.certificates}
    dns = DnsOutputs(
        zone_id=_known("the zone"), domain=domain, name_servers=_known(["ns-1"]), **known
    )
    way_out = aws.ec2.Route(
        "way-out",
        route_table_id="the public table",
        opts=pulumi.ResourceOptions(provider=provider),
    )
    network = SimpleNamespace(
        vpc_id=_known("the vpc"),
        subnet_ids={
            tier: [_known(f"{tier}-{zone}") for zone in "abc"] for tier in ("private", "public")
        },
        routing_ids={"private": [], "public": [way_out.id]},
        security_group_ids={role: _known(f"the {role} group") for role in around.groups},
    )
    arns = {key: _known(f"arn:aws:kms:eu-central-1:{ACCOUNT_ID}:key/{key}") for key in around.keys}
    return {
        DnsOutputs: dns,
        KeysOutputs: SimpleNamespace(arns=arns),
        NetworkOutputs: network,
    }


def _known(value: Any) -> pulumi.Output[Any]:  # noqa: ANN401 - whatever a layer publishes
    return pulumi.Output.from_input(value)


def _context(around: Surroundings, config: EdgeConfig) -> LayerContext:
    organization = small_organization(home=around.region)
    account = organization.accounts[around.account]

    def source(read: Read) -> pulumi.Output[str]:
        return _known(f"the {read}")

    def provider(of: str) -> aws.Provider:
        found = organization.accounts[of].id
        assert found is not None
        return aws.Provider(of, region=around.region, allowed_account_ids=[found])

    own = provider(around.account)
    return LayerContext(
        account_name=around.account,
        account=account,
        organization=organization,
        account_id=_known(str(account.id)),
        account_id_of=lambda name: _known(str(organization.accounts[name].id)),
        provider=own,
        reads=frozenset(reads(config, account.kind)),
        source=source,
        account_provider=provider,
        built=_built(around, own),
    )
