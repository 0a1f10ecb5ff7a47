"""The workloads layer, built alone on a made-up cluster."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, fields
from functools import cache
from types import SimpleNamespace
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components.base import LayerContext
from components.contracts import Read
from components.delivery.contract import DeliveryOutputs
from components.dns.contract import DnsOutputs
from components.edge.contract import EdgeOutputs
from components.eks.contract import EksOutputs
from components.eks.settings import WorkloadIdentity
from components.network.contract import NetworkOutputs
from components.workloads.contract import WorkloadsConfig, reads
from tests.recording import Recording, record
from tests.unit.components.small_organization import ACCOUNT_ID, small_organization

REGISTRY = "333344445555.dkr.ecr.eu-central-1.amazonaws.com"
FOUNDATIONS = (
    "cluster",
    "nodes",
    "gateway-api",
    "traefik",
    "secret-stores",
    "monitoring-crds",
    "metrics",
    "admission",
)
HELLO: dict[str, Any] = {"image": {"repository": "hello", "tag": "1.0.0-0a1b2c3"}}


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Where the layer is built.

    Attributes:
        cluster: Whether there is one.
        identity: How pods become roles.
        foundations: What the cluster has.
        rollouts: Whether Argo Rollouts is there.
        edge: Whether there is an edge layer.
        api_host: The name the edge answers at.
        preview: Whether nothing is known yet.
    """

    cluster: bool = True
    identity: WorkloadIdentity = WorkloadIdentity.POD_IDENTITY
    foundations: tuple[str, ...] = FOUNDATIONS
    rollouts: bool = False
    edge: bool = True
    api_host: str | None = "api.staging.example.com"
    preview: bool = False


WorkloadsRecorder = Callable[..., Recording]


@pytest.fixture
def workloads() -> WorkloadsRecorder:
    """Records the layer in its `Surroundings`, by their names, with a Config of all else."""

    def made(**values: Any) -> Recording:  # noqa: ANN401 - whatever a Config holds
        names = {field.name for field in fields(Surroundings)} & values.keys()
        around = Surroundings(**{name: values.pop(name) for name in names})
        return _recorded(around, json.dumps(values))

    return made


@pytest.fixture
def hello(workloads: WorkloadsRecorder) -> WorkloadsRecorder:
    """Records one application called hello, in a namespace of its own, with more settings."""

    def made(
        settings: Mapping[str, Any] | None = None,
        **around: Any,  # noqa: ANN401 - whatever Surroundings hold
    ) -> Recording:
        return workloads(
            namespaces={"hello": {}, "shop": {}},
            applications={"hello": {**deepcopy(HELLO), **(settings or {})}},
            **around,
        )

    return made


@cache
def _recorded(around: Surroundings, values: str) -> Recording:
    from components.workloads.layer import build

    config = WorkloadsConfig.model_validate_json(values)

    def program() -> None:
        outputs = build(_context(around, config), config)
        for field in fields(outputs):
            if (value := getattr(outputs, field.name)) is not None:
                pulumi.export(field.name, value)

    return record(program, stack="staging", preview=around.preview)


def _built(around: Surroundings) -> dict[type[Any], Any]:
    built: dict[type[Any], Any] = {
        DnsOutputs: SimpleNamespace(domain="staging.example.com"),
        NetworkOutputs: SimpleNamespace(
            cidr="10.48.0.0/16",
            subnet_cidrs={"database": ["10.48.100.0/24", "10.48.101.0/24"]},
            security_group_ids={"application": _known("sg-application")},
        ),
        EksOutputs: _cluster(around) if around.cluster else EksOutputs(),
        DeliveryOutputs: DeliveryOutputs(
            rollouts=around.rollouts,
            foundations={"argo-rollouts": _foundation("argo-rollouts")} if around.rollouts else {},
        ),
    }
    if around.edge:
        built[EdgeOutputs] = EdgeOutputs(
            api_host=around.api_host, site_domains=["staging.example.com"]
        )
    return built


def _cluster(around: Surroundings) -> EksOutputs:
    import pulumi_kubernetes as kubernetes

    return EksOutputs(
        cluster_name=_known("staging"),
        cluster_arn=_known(f"arn:aws:eks:eu-central-1:{ACCOUNT_ID}:cluster/staging"),
        oidc_issuer=_known("oidc.eks.eu-central-1.amazonaws.com/id/ABC"),
        oidc_provider_arn=_known(f"arn:aws:iam::{ACCOUNT_ID}:oidc-provider/oidc"),
        gateway={"namespace": "traefik", "name": "public"},
        secret_stores={"secrets-manager": "secrets-manager", "parameter-store": "parameters"},
        pod_identity=around.identity,
        provider=kubernetes.Provider("cluster", kubeconfig="{}"),
        foundations={name: _foundation(name) for name in around.foundations},
    )


def _foundation(name: str) -> pulumi.Resource:
    return pulumi.CustomResource("test:index:Foundation", name)


def _known(value: Any) -> pulumi.Output[Any]:  # noqa: ANN401 - whatever a layer publishes
    return pulumi.Output.from_input(value)


def _context(around: Surroundings, config: WorkloadsConfig) -> LayerContext:
    organization = small_organization()
    account = organization.accounts["staging"]

    def source(read: Read) -> pulumi.Output[str]:
        assert read.output == "registry"
        return _known(REGISTRY)

    def provider(of: str) -> aws.Provider:
        return aws.Provider(of, region="eu-central-1", allowed_account_ids=[ACCOUNT_ID])

    return LayerContext(
        account_name="staging",
        account=account,
        organization=organization,
        account_id=_known(ACCOUNT_ID),
        account_id_of=lambda name: _known(str(organization.accounts[name].id)),
        provider=provider("staging"),
        reads=frozenset(reads(config, account.kind)),
        source=source,
        account_provider=provider,
        built=_built(around),
    )
