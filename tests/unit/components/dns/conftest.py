"""The dns layer, built alone: the root in shared, a delegated zone in staging."""

from collections.abc import Callable
from dataclasses import fields
from types import SimpleNamespace

import pulumi
import pulumi_aws as aws
import pytest

from components.accounts.contract import AccountsOutputs
from components.base import LayerContext
from components.contracts import Read
from components.dns.contract import DnsConfig, reads
from components.dns.layer import build
from tests.recording import Recording, record
from tests.unit.components.small_organization import small_organization

DnsRecorder = Callable[..., Recording]


@pytest.fixture
def dns() -> DnsRecorder:
    """Records the layer of an account with a Config."""

    def made(account: str, *, preview: bool = False, **values: object) -> Recording:
        config = DnsConfig.model_validate(values)

        def program() -> None:
            outputs = build(_context(account, config), config)
            for field in fields(outputs):
                if (value := getattr(outputs, field.name)) is not None:
                    pulumi.export(field.name, value)
            # What a certificate's validation does: wait for whoever answers.
            waiting = pulumi.ResourceOptions(depends_on=outputs.name_servers.apply(_nothing))
            pulumi.ComponentResource("tests:dns:Certificate", "certificate", None, waiting)

        return record(program, stack=account, preview=preview)

    return made


def _nothing(_servers: list[str]) -> list[pulumi.Resource]:
    return []


def _context(name: str, config: DnsConfig) -> LayerContext:
    organization = small_organization()
    account = organization.accounts[name]

    def source(read: Read) -> pulumi.Output[str]:
        return pulumi.Output.from_input(f"the {read}")

    def provider(of: str) -> aws.Provider:
        found = organization.accounts[of].id
        assert found is not None
        return aws.Provider(of, region="eu-central-1", allowed_account_ids=[found])

    role = pulumi.Output.from_input(f"arn:aws:iam::{account.id}:role/deploy")
    return LayerContext(
        account_name=name,
        account=account,
        organization=organization,
        account_id=pulumi.Output.from_input(str(account.id)),
        account_id_of=pulumi.Output.from_input,
        provider=provider(name),
        reads=frozenset(reads(config, account.kind)),
        source=source,
        account_provider=provider,
        built={AccountsOutputs: SimpleNamespace(deploy_role_arn=role)},
    )
