"""The Gateway API's own kinds: CRDs of the standard channel, from files of a pinned release."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_kubernetes as kubernetes
import yaml

from components.base import Component

_FILES = Path(__file__).parent / "crds" / "gateway-api"

SERVED = (
    "backendtlspolicies",
    "gatewayclasses",
    "gateways",
    "grpcroutes",
    "httproutes",
    "referencegrants",
    "tlsroutes",
)
"""What Traefik 3.7 watches without its experimental channel; of a kind nobody serves, objects
would be accepted and do nothing."""

_GUARD = "safe-upgrades"

Plain = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class GatewayApiArgs:
    """Inputs of :class:`GatewayApi`.

    Attributes:
        provider: The cluster's provider.
    """

    provider: kubernetes.Provider


class GatewayApi(Component):
    """The CRDs of the Gateway API and the policy that keeps them from being downgraded.

    As published, without descriptions: of a chart they would be installed once and never again.
    Deleting a CRD deletes every route of the cluster.
    """

    kinds: list[str]

    def __init__(
        self, name: str, args: GatewayApiArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        provider = args.provider
        made = [
            kubernetes.apiextensions.v1.CustomResourceDefinition(
                f"{name}-{plural}",
                metadata=_metadata(found),
                spec=found["spec"],
                opts=self.child(provider=provider),
            )
            for plural in SERVED
            for found in documents(plural)
        ]
        policy, binding = documents(_GUARD)
        guard = kubernetes.admissionregistration.v1.ValidatingAdmissionPolicy(
            f"{name}-{_GUARD}",
            metadata=_metadata(policy),
            spec=policy["spec"],
            opts=self.child(provider=provider, depends_on=made),
        )
        kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
            f"{name}-{_GUARD}-binding",
            metadata=_metadata(binding),
            spec=binding["spec"],
            opts=self.child(provider=provider, depends_on=[guard]),
        )
        self.finish(kinds=list(SERVED))


@cache
def documents(name: str) -> tuple[Plain, ...]:
    """The objects in one of the files of the release."""
    return tuple(_parsed((_FILES / f"{name}.yaml").read_text()))


def _parsed(text: str) -> Iterator[Plain]:
    for found in yaml.safe_load_all(text):
        yield cast("Plain", found)


def _metadata(found: Plain) -> kubernetes.meta.v1.ObjectMetaArgs:
    metadata = found["metadata"]
    return kubernetes.meta.v1.ObjectMetaArgs(
        name=metadata["name"],
        annotations=metadata["annotations"],
        labels=metadata.get("labels"),
    )
