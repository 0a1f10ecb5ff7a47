"""The network layer, built alone on made-up earlier layers and a made-up hub."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components.accounts.contract import AccountsOutputs
from components.base import LayerContext
from components.contracts import Read
from components.dns.contract import DnsOutputs
from components.keys.contract import KeysOutputs
from components.network.contract import CONTRACT, NetworkConfig
from components.network.layer import build
from tests.recording import Recording, record
from tests.unit.components.small_organization import ACCOUNT_ID, small_organization

HUB_ID = "555566667777"
CERTIFICATE = f"arn:aws:acm:eu-central-1:{ACCOUNT_ID}:certificate/zone"
HUB: dict[str, Any] = {
    "vpc_id": "vpc-hub",
    "subnet_cidrs": {"private": ["10.16.0.0/19", "10.16.32.0/19", "10.16.64.0/19"]},
    "route_table_ids": {"private": ["rtb-hub-a", "rtb-hub-b", "rtb-hub-c"]},
    "security_group_ids": {"connector": "sg-hub-connector", "load-balancer": "sg-hub-edge"},
}

NetworkRecorder = Callable[..., Recording]


@pytest.fixture
def network() -> NetworkRecorder:
    """Records the layer with a Config, once for each Config.

    ``keys`` are the account's key domains, ``certificate`` that of its zone, ``account`` its name,
    ``hub`` what the network of shared publishes (None: not known yet); ``fresh`` records again,
    for a changed program.
    """

    def made(*, fresh: bool = False, **values: object) -> Recording:
        given = json.dumps(values, sort_keys=True)
        return _record(given) if fresh else _recorded(given)

    return made


def _record(given: str) -> Recording:
    values: dict[str, Any] = json.loads(given)
    keys: list[str] = values.pop("keys", ["ebs", "logs"])
    certificate: str | None = values.pop("certificate", CERTIFICATE)
    account: str = values.pop("account", "staging")
    hub: dict[str, Any] | None = values.pop("hub", HUB)
    preview: bool = values.pop("preview", False)
    config = NetworkConfig.model_validate({"cidr": "10.48.0.0/16", **values})

    def program() -> None:
        context = _context(config, account, keys, certificate, hub)
        outputs = build(context, config)
        assert context.used == context.reads
        for field in fields(outputs):
            if getattr(outputs, field.name) is not None:
                pulumi.export(field.name, getattr(outputs, field.name))

    return record(program, stack=account, preview=preview)


_recorded = cache(_record)


def _context(
    config: NetworkConfig,
    account: str,
    keys: Sequence[str],
    certificate: str | None,
    hub: Mapping[str, Any] | None,
) -> LayerContext:
    organization = small_organization(shared=HUB_ID)
    kind = organization.accounts[account].kind

    def source(read: Read) -> pulumi.Output[Any]:
        assert (read.kind, read.layer) == ("shared", "network")
        return _unknown() if hub is None else pulumi.Output.from_input(hub[read.output])

    return LayerContext(
        account_name=account,
        account=organization.accounts[account],
        organization=organization,
        account_id=pulumi.Output.from_input(ACCOUNT_ID),
        account_id_of=pulumi.Output.from_input,
        provider=_provider(account),
        reads=frozenset(CONTRACT.reads(config, kind)),
        source=source,
        account_provider=_provider,
        built=_built(keys, certificate),
    )


def _unknown() -> pulumi.Output[Any]:
    """What a first preview sees of a stack that is not rolled out."""
    loop = asyncio.get_running_loop()
    value, known = loop.create_future(), loop.create_future()
    value.set_result(None)
    known.set_result(False)
    return pulumi.Output(set(), value, known)


def _provider(account: str) -> aws.Provider:
    account_id = HUB_ID if account == "shared" else ACCOUNT_ID
    return aws.Provider(account, region="eu-central-1", allowed_account_ids=[account_id])


def _built(keys: Sequence[str], certificate: str | None) -> dict[type[Any], Any]:
    arns = {
        domain: pulumi.Output.from_input(f"arn:aws:kms:eu-central-1:{ACCOUNT_ID}:key/{domain}")
        for domain in keys
    }
    return {
        AccountsOutputs: AccountsOutputs(
            ids=pulumi.Output.from_input({"staging": ACCOUNT_ID, "shared": HUB_ID}),
            organization_id=pulumi.Output.from_input("o-exampleorg1"),
            deploy_role_arn=pulumi.Output.from_input(f"arn:aws:iam::{ACCOUNT_ID}:role/deploy"),
        ),
        KeysOutputs: KeysOutputs(arns=arns, ids={}, aliases={}, alias_arns={}, replica_arns={}),
        DnsOutputs: DnsOutputs(
            zone_id=pulumi.Output.from_input("Z1"),
            domain="staging.example.com",
            name_servers=pulumi.Output.from_input(["ns.example.com"]),
            certificate_arn=None if certificate is None else pulumi.Output.from_input(certificate),
        ),
    }
