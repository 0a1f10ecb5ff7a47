"""The network layer, built alone on made-up earlier layers."""

from collections.abc import Callable
from dataclasses import fields
from typing import NoReturn

import pulumi
import pulumi_aws as aws
import pytest

from components.accounts.contract import AccountsOutputs
from components.base import LayerContext
from components.config import Organization
from components.keys.contract import KeysOutputs
from components.network.contract import NetworkConfig
from components.network.layer import build
from tests.recording import Recording, record

ACCOUNT_ID = "222233334444"
ORGANIZATION = {
    "domain": "example.com",
    "email": "aws+{account}@example.com",
    "regions": {"home": "eu-central-1", "replica": "eu-west-1"},
    "accounts": {
        "management": {"kind": "management", "id": "111122223333"},
        "identity": {"kind": "identity"},
        "shared": {"kind": "shared"},
        "backup": {"kind": "backup"},
        "monitoring": {"kind": "monitoring"},
        "staging": {"kind": "workload", "environment": "staging", "id": ACCOUNT_ID},
    },
}

NetworkRecorder = Callable[..., Recording]


@pytest.fixture
def network() -> NetworkRecorder:
    """Records the layer with a Config; ``keys`` are the account's key domains."""

    def made(
        *, keys: tuple[str, ...] = ("ebs", "logs"), preview: bool = False, **values: object
    ) -> Recording:
        config = NetworkConfig.model_validate({"cidr": "10.48.0.0/16", **values})

        def program() -> None:
            outputs = build(_context(keys), config)
            for field in fields(outputs):
                pulumi.export(field.name, getattr(outputs, field.name))

        return record(program, preview=preview)

    return made


def _context(keys: tuple[str, ...]) -> LayerContext:
    organization = Organization.model_validate(ORGANIZATION)
    account_id = pulumi.Output.from_input(ACCOUNT_ID)
    provider = aws.Provider("staging", region="eu-central-1", allowed_account_ids=[ACCOUNT_ID])
    arns = {
        domain: pulumi.Output.from_input(f"arn:aws:kms:eu-central-1:{ACCOUNT_ID}:key/{domain}")
        for domain in keys
    }
    accounts = AccountsOutputs(
        ids=pulumi.Output.from_input({"staging": ACCOUNT_ID}),
        organization_id=pulumi.Output.from_input("o-exampleorg1"),
        deploy_role_arn=pulumi.Output.from_input(f"arn:aws:iam::{ACCOUNT_ID}:role/deploy"),
    )
    return LayerContext(
        account_name="staging",
        account=organization.accounts["staging"],
        organization=organization,
        account_id=account_id,
        provider=provider,
        reads=frozenset(),
        source=_refuse,
        account_provider=_refuse,
        built={
            AccountsOutputs: accounts,
            KeysOutputs: KeysOutputs(arns=arns, ids={}, aliases={}, replica_arns={}),
        },
    )


def _refuse(asked: object) -> NoReturn:
    raise AssertionError(f"the network layer asked for {asked}")
