"""What the edge stands on: names, certificates, network, keys and log buckets of the account."""

from dataclasses import dataclass

import pulumi

from components.base import LayerContext
from components.dns.contract import DnsOutputs
from components.edge.access_logs import LogBucket, LogBucketArgs, LogWriter
from components.edge.contract import EdgeConfig
from components.edge.web_acl import WafSettings
from components.keys.contract import KeysOutputs
from components.network.contract import NetworkOutputs
from components.network.flows import Role

NAME = "edge"
"""First part of every logical name of this layer. STATE: part of every URN."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The account's side of everything the edge makes.

    Attributes:
        context: What the layer may know.
        config: Its Config.
        logs: The bucket of CloudFront's and WAF's logs.
    """

    context: LayerContext
    config: EdgeConfig
    logs: LogBucket

    @property
    def dns(self) -> DnsOutputs:
        """The account's zone and certificates."""
        return self.context.layer(DnsOutputs)

    @property
    def network(self) -> NetworkOutputs:
        """The account's network."""
        return self.context.layer(NetworkOutputs)

    @property
    def region(self) -> str:
        """The home Region."""
        return self.context.organization.regions.home

    def host(self, label: str) -> str:
        """A name one label below the account's domain, as its certificates cover."""
        return f"{label}.{self.dns.domain}"

    def waf(self) -> WafSettings:
        """How strict the web ACLs are."""
        settings = self.config.waf
        return WafSettings(
            rate_limit=settings.rate_limit,
            count_only=settings.count_only,
            block_large_bodies=settings.body_size == "block",
        )

    def certificate(self) -> pulumi.Output[str]:
        """The certificate of the account's names in the home Region."""
        return _issued(self.dns.certificate_arn)

    def cdn_certificate(self) -> pulumi.Output[str]:
        """The same for CloudFront."""
        return _issued(self.dns.cdn_certificate_arn)

    def load_balancer_group(self) -> pulumi.Output[str]:
        """The security group of load balancers.

        Raises:
            pulumi.RunError: The network has none.
        """
        groups = self.network.security_group_ids
        if Role.LOAD_BALANCER not in groups:
            got = ", ".join(sorted(groups)) or "none"
            raise pulumi.RunError(
                f"superinc:network: got security groups {got}, wanted {Role.LOAD_BALANCER}"
                " among them for superinc:edge.api"
            )
        return groups[Role.LOAD_BALANCER]


def ground(context: LayerContext, config: EdgeConfig) -> Ground:
    """Lay the ground: the log bucket everything else writes to."""
    args = LogBucketArgs(
        writer=LogWriter.DELIVERY,
        account_id=context.account_id,
        region=context.organization.regions.home,
        kms_key_arn=key(context, "logs"),
        retention_days=config.access_logs.retention_days,
    )
    logs = LogBucket(f"{NAME}-logs", args, context.options())
    return Ground(context=context, config=config, logs=logs)


def key(context: LayerContext, domain: str) -> pulumi.Output[str]:
    """The account's key for a risk domain.

    Raises:
        pulumi.RunError: It has none.
    """
    arns = context.layer(KeysOutputs).arns
    if domain not in arns:
        got = ", ".join(sorted(arns)) or "none"
        raise pulumi.RunError(
            f"superinc:keys.domains: got {got}, wanted {domain} among them for the edge layer"
        )
    return arns[domain]


def _issued(certificate: pulumi.Output[str] | None) -> pulumi.Output[str]:
    if certificate is None:
        raise pulumi.RunError(
            "superinc:dns.certificates: got false, wanted true for the names of superinc:edge"
        )
    return certificate
