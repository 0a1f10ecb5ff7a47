"""The delivery layer, built alone: the registry in shared, a made-up cluster in staging."""

from collections.abc import Callable
from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components.accounts.contract import AccountsOutputs
from components.base import LayerContext
from components.contracts import Read
from components.delivery.contract import CACHE_PREFIXES, REGISTRY, DeliveryConfig, reads
from components.delivery.layer import build
from components.dns.contract import DnsOutputs
from components.edge.contract import EdgeOutputs
from components.eks.contract import EksOutputs
from components.keys.contract import KeysOutputs
from tests.recording import Recording, record
from tests.unit.components.small_organization import small_organization

DeliveryRecorder = Callable[..., Recording]

FOUNDATIONS = ("admission", "external-secrets", "gateway-api", "node-pools", "secret-stores")
PUBLISHED: dict[Read, Any] = {
    REGISTRY: "333344445555.dkr.ecr.eu-central-1.amazonaws.com",
    CACHE_PREFIXES: {"quay": "quay", "ecr-public": "ecr-public"},
}


@pytest.fixture
def delivery() -> DeliveryRecorder:
    """Records the layer of an account with a Config.

    Keywords: ``cluster``, ``api_host``, ``admin_hosts``, ``keys``, ``preview``; all else is Config.
    """

    def made(
        account: str,
        *,
        cluster: bool = True,
        api_host: str | None = "api.staging.example.com",
        admin_hosts: list[str] | None = None,
        keys: tuple[str, ...] = ("data", "secrets"),
        preview: bool = False,
        **values: object,
    ) -> Recording:
        config = DeliveryConfig.model_validate(values)
        edge = EdgeOutputs(api_host=api_host, admin_hosts=admin_hosts)

        def program() -> None:
            context = _context(account, config, cluster=cluster, edge=edge, keys=keys)
            outputs = build(context, config)
            for field in fields(outputs):
                value = getattr(outputs, field.name)
                if value is not None and field.name != "foundations":
                    pulumi.export(field.name, value)
            pulumi.export("foundations", sorted(outputs.foundations))
            assert context.used == context.reads

        return record(program, stack=account, preview=preview)

    return made


def _context(
    name: str,
    config: DeliveryConfig,
    *,
    cluster: bool,
    edge: EdgeOutputs,
    keys: tuple[str, ...],
) -> LayerContext:
    organization = small_organization()
    account = organization.accounts[name]

    def provider(of: str) -> aws.Provider:
        found = organization.accounts[of].id
        assert found is not None
        return aws.Provider(of, region="eu-central-1", allowed_account_ids=[found])

    def published(read: Read) -> pulumi.Output[Any]:
        return pulumi.Output.from_input(PUBLISHED[read])

    arns = {domain: pulumi.Output.from_input(f"the {domain} key") for domain in keys}
    replicas = {domain: pulumi.Output.from_input(f"the {domain} replica") for domain in keys}
    accounts = SimpleNamespace(organization_id=pulumi.Output.from_input("o-abcdefghij"))
    return LayerContext(
        account_name=name,
        account=account,
        organization=organization,
        account_id=pulumi.Output.from_input(str(account.id)),
        account_id_of=pulumi.Output.from_input,
        provider=provider(name),
        reads=frozenset(reads(config, account.kind)),
        source=published,
        account_provider=provider,
        built={
            AccountsOutputs: accounts,
            KeysOutputs: SimpleNamespace(arns=arns, replica_arns=replicas),
            DnsOutputs: SimpleNamespace(domain=f"{name}.example.com"),
            EdgeOutputs: edge,
            EksOutputs: _eks() if cluster else EksOutputs(),
        },
    )


def _eks() -> EksOutputs:
    import pulumi_kubernetes as kubernetes

    return EksOutputs(
        gateway={"namespace": "traefik", "name": "public"},
        secret_stores={"secrets-manager": "secrets-manager"},
        provider=kubernetes.Provider("cluster", kubeconfig="{}"),
        foundations={
            name: pulumi.CustomResource("test:index:Foundation", name) for name in FOUNDATIONS
        },
    )
