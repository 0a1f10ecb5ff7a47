"""What the edge layer takes, reads and publishes; importable without a provider SDK."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from components.contracts import AccountKind, LayerConfig, LayerContract, Read
from components.dns.contract import ROOT_KIND, ROOT_ZONE_ID
from components.edge.settings import (
    AccessLogs,
    AdminConfig,
    ApiConfig,
    OriginProtection,
    SiteConfig,
    WafConfig,
)

if TYPE_CHECKING:
    import pulumi

ORIGIN_LABEL = "origin"
"""The load balancer's own name below the account's domain, for CloudFront alone."""


class EdgeConfig(LayerConfig):
    """The way in from the internet. Nothing is made unless it is asked for.

    Attributes:
        site: The single-page application behind CloudFront (playbook APP-07); absent, no site.
        api: The load balancer in front of the cluster; absent, no load balancer. In the shared
            account it is the optional shared one (playbook ACC-04).
        origin_protection: How the load balancer is kept from being reached around CloudFront and
            its web ACL (playbook SEC-03). Changing it replaces the load balancer.
        origin_security_group: In mode ``vpc-origin``, the group CloudFront made in the VPC
            together with the first VPC origin. Unknown before; once known, it narrows the way in
            from "any CloudFront" to "our VPC origins" (CloudFront guide, "VPC origins").
        origin_prefix_list: The managed prefix list of CloudFront's origin-facing addresses, where
            the Region's is not in `components.edge.prefix_lists`.
        origin_secret_generation: In mode ``prefix-list``, which secret CloudFront sends. Adding
            one rotates it; the one before stays valid until the next rotation.
        admin: Pages only administrators may see (playbook SEC-13).
        waf: The web ACLs (playbook SEC-02, SEC-12).
        access_logs: How logs are kept.
    """

    site: SiteConfig | None = None
    api: ApiConfig | None = None
    origin_protection: OriginProtection = OriginProtection.VPC_ORIGIN
    origin_security_group: Annotated[str, Field(pattern=r"^sg-[0-9a-f]{8,17}$")] | None = None
    origin_prefix_list: Annotated[str, Field(pattern=r"^pl-[0-9a-f]{8,17}$")] | None = None
    origin_secret_generation: int = Field(default=1, ge=1)
    admin: AdminConfig | None = None
    waf: WafConfig = WafConfig()
    access_logs: AccessLogs = AccessLogs()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.admin is not None and self.api is None:
            raise ValueError("admin: got pages without api, wanted the load balancer they are on")
        if self.origin_security_group and self.origin_protection is not OriginProtection.VPC_ORIGIN:
            raise ValueError(
                f"origin_security_group: got one with origin_protection: {self.origin_protection},"
                f" wanted none; only {OriginProtection.VPC_ORIGIN} has such a group"
            )
        self._refuse_names_twice()
        self._refuse_an_api_nobody_reaches()
        return self

    def _refuse_names_twice(self) -> None:
        if self.api is None or self.admin is None:
            return
        taken = sorted({self.api.host or "", ORIGIN_LABEL} & set(self.admin.hosts))
        if taken:
            raise ValueError(f"admin.hosts: got {', '.join(taken)}, wanted names nothing else has")

    def _refuse_an_api_nobody_reaches(self) -> None:
        if self.api is None or self.api.host is not None or self.admin is not None:
            return
        if self.site is None or not self.site_paths():
            raise ValueError(
                "api: got neither a host nor paths of a site behind CloudFront, wanted one of them"
            )

    def site_paths(self) -> tuple[str, ...]:
        """The paths of the site that the API answers: CloudFront is in front of both, or none."""
        if self.api is None or self.origin_protection is OriginProtection.PUBLIC_WAF:
            return ()
        return self.api.site_paths


@dataclass(frozen=True, kw_only=True)
class EdgeOutputs:
    """What the edge layer publishes; what this account has not asked for is absent.

    Attributes:
        load_balancer_arn: The load balancer.
        listener_arn: Its HTTPS listener.
        target_group_arns: Target groups to bind pods to, by what answers there.
        api_host: The API's name.
        admin_hosts: The names of the admin pages.
        site_domains: The names of the site.
        site_bucket: Where a built site is put.
        distribution_ids: CloudFront distributions by what they serve: ``site``, ``api``.
        log_buckets: Where logs go, by who writes them: ``load-balancer``, ``delivery``.
    """

    load_balancer_arn: "pulumi.Output[str] | None" = None
    listener_arn: "pulumi.Output[str] | None" = None
    target_group_arns: "dict[str, pulumi.Output[str]] | None" = None
    api_host: str | None = None
    admin_hosts: list[str] | None = None
    site_domains: list[str] | None = None
    site_bucket: "pulumi.Output[str] | None" = None
    distribution_ids: "dict[str, pulumi.Output[str]] | None" = None
    log_buckets: "dict[str, pulumi.Output[str]] | None" = None


def reads(config: EdgeConfig, kind: AccountKind) -> tuple[Read, ...]:
    """What the layer reads: the root zone, where the site also answers for the root domain."""
    apex = config.site is not None and config.site.apex
    return (ROOT_ZONE_ID,) if apex and kind is not ROOT_KIND else ()


CONTRACT = LayerContract(name="edge", config=EdgeConfig, outputs=EdgeOutputs, reads=reads)
