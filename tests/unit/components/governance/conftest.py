"""The governance layer, built alone on keys and accounts that are only said to exist."""

from collections.abc import Callable
from dataclasses import fields

import pulumi
import pulumi_aws as aws
import pytest

from components.accounts.contract import AccountsOutputs
from components.base import LayerContext
from components.config import Organization
from components.governance.contract import GovernanceConfig, reads
from components.governance.layer import build
from components.keys.contract import KeysOutputs
from tests.recording import Recording, record

GovernanceRecorder = Callable[..., Recording]

IDS = {
    "management": "111122223333",
    "identity": "222233334444",
    "shared": "333344445555",
    "backup": "444455556666",
    "monitoring": "555566667777",
    "staging": "666677778888",
}


def organization(home: str) -> Organization:
    """An organisation that lives in this Region."""
    kinds = {name: {"kind": name, "id": account_id} for name, account_id in IDS.items()}
    kinds["staging"] = {"kind": "workload", "environment": "staging", "id": IDS["staging"]}
    return Organization.model_validate(
        {
            "domain": "example.com",
            "email": "aws+{account}@example.com",
            "regions": {"home": home, "replica": "eu-west-1"},
            "accounts": kinds,
        }
    )


@pytest.fixture
def governance() -> GovernanceRecorder:
    """Records the layer of an account with a Config, its key domains and its home Region."""

    def made(
        account: str,
        *,
        domains: tuple[str, ...] = ("alerts", "ebs", "trail"),
        replicas: tuple[str, ...] = (),
        home: str = "eu-central-1",
        preview: bool = False,
        **values: object,
    ) -> Recording:
        config = GovernanceConfig.model_validate(values)

        def program() -> None:
            keys = _keys(domains, replicas)
            outputs = build(_context(account, config, organization(home), keys), config)
            for field in fields(outputs):
                pulumi.export(field.name, getattr(outputs, field.name))

        return record(program, stack=account, preview=preview)

    return made


def _keys(domains: tuple[str, ...], replicas: tuple[str, ...]) -> KeysOutputs:
    return KeysOutputs(
        arns={domain: pulumi.Output.from_input(f"the key {domain}") for domain in domains},
        ids={},
        aliases={},
        alias_arns={},
        replica_arns={
            domain: pulumi.Output.from_input(f"the replica {domain}") for domain in replicas
        },
    )


def _context(
    name: str, config: GovernanceConfig, described: Organization, keys: KeysOutputs
) -> LayerContext:
    account = described.accounts[name]
    known = pulumi.Output.from_input
    accounts = AccountsOutputs(
        ids=known(IDS),
        organization_id=known("o-abcdefghij"),
        deploy_role_arn=known(f"arn:aws:iam::{IDS[name]}:role/superinc-deploy"),
    )

    def provider(of: str) -> aws.Provider:
        return aws.Provider(of, region=described.regions.home, allowed_account_ids=[IDS[of]])

    return LayerContext(
        account_name=name,
        account=account,
        organization=described,
        account_id=known(IDS[name]),
        account_id_of=lambda of: known(IDS[of]),
        provider=provider(name),
        reads=frozenset(reads(config, account.kind)),
        source=lambda read: known(f"the {read}"),
        account_provider=provider,
        built={AccountsOutputs: accounts, KeysOutputs: keys},
    )
