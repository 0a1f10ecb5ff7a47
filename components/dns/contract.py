"""What the dns layer takes and publishes; importable without a provider SDK."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from components.config import DomainName
from components.contracts import AccountKind, LayerConfig, LayerContract, Read

if TYPE_CHECKING:
    import pulumi

ROOT_KIND = AccountKind.SHARED
"""The account that holds the root zone (playbook DNS-01)."""

ROOT_ZONE_ID = Read(kind=ROOT_KIND, layer="dns", output="zone_id")
"""The zone that delegates to all others (playbook DNS-02)."""

AMAZON_AUTHORITIES = frozenset({"amazon.com", "amazonaws.com", "amazontrust.com", "awstrust.com"})
"""CAA values under which ACM issues certificates; any of them will do (ACM User Guide, CAA)."""


class Signing(StrEnum):
    """Whether answers are signed. Go one step at a time, and wait a TTL on the way back.

    ``none``: not signed. ``signed``: signed, and nobody relies on it. ``trusted``: the parent
    vouches for the key, so resolvers that check refuse what is not signed.
    """

    NONE = "none"
    SIGNED = "signed"
    TRUSTED = "trusted"


def _acm_may_issue(value: tuple[str, ...]) -> tuple[str, ...]:
    if value and AMAZON_AUTHORITIES.isdisjoint(value):
        wanted = ", ".join(sorted(AMAZON_AUTHORITIES))
        raise ValueError(f"got {', '.join(value)}, wanted one of {wanted} among them")
    return value


class DnsConfig(LayerConfig):
    """The zone of one account.

    Attributes:
        ttl_seconds: How long resolvers may remember the delegation (playbook DNS-05). A wrong
            one outlives a rollback by this long.
        negative_ttl_seconds: How long they may remember that a name does not exist. Route 53
            says a day: so long a certificate can wait that was asked for too early.
        certificate_authorities: Who may issue certificates for this zone and those below it
            that do not say themselves (RFC 8659); empty to leave it unsaid.
        certificates: Whether to make certificates for the zone's name and those one label below,
            in the home Region and for CloudFront (playbook DNS-04). The edge layer needs them.
        apex: Whether to make one for the organisation's domain and its ``www`` too, for the
            account whose site answers there (playbook DNS-03).
        dnssec: Whether answers are signed.
    """

    ttl_seconds: int = Field(default=300, ge=30, le=300)
    negative_ttl_seconds: int = Field(default=60, ge=30, le=300)
    certificate_authorities: Annotated[tuple[DomainName, ...], AfterValidator(_acm_may_issue)] = (
        "amazon.com",
    )
    certificates: bool = False
    apex: bool = False
    dnssec: Signing = Signing.NONE

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.apex and not self.certificates:
            raise ValueError("apex: got true with certificates: false, wanted both")
        return self


@dataclass(frozen=True, kw_only=True)
class DnsOutputs:
    """What the dns layer publishes.

    Attributes:
        zone_id: The hosted zone.
        domain: Its name.
        name_servers: Who answers for it. In a delegated zone they are those the parent names:
            what depends on them, such as a certificate's validation, waits for the delegation.
        certificate_arn: The issued certificate for the zone's names, in the home Region.
        cdn_certificate_arn: The same for CloudFront.
        apex_certificate_arn: The one for CloudFront that holds the root domain's names as well.
        ds_record: What a parent says of the signed zone; for the root, the registrar.
    """

    zone_id: "pulumi.Output[str]"
    domain: str
    name_servers: "pulumi.Output[list[str]]"
    certificate_arn: "pulumi.Output[str] | None" = None
    cdn_certificate_arn: "pulumi.Output[str] | None" = None
    apex_certificate_arn: "pulumi.Output[str] | None" = None
    ds_record: "pulumi.Output[str] | None" = None


def reads(_config: DnsConfig, kind: AccountKind) -> tuple[Read, ...]:
    """What a zone reads from earlier accounts: its parent, unless it is the root."""
    return () if kind is ROOT_KIND else (ROOT_ZONE_ID,)


def organization_problems(configs: Mapping[str, DnsConfig]) -> list[tuple[str, str, str]]:
    """What is wrong between the zones of an organisation: (stack, path, problem) each.

    Args:
        configs: The dns Config of every stack that has one.
    """
    holders = sorted(stack for stack, config in configs.items() if config.apex)
    wanted = "wanted one: the root domain has one record, and one site answers it"
    return [(stack, "apex", f"got {', '.join(holders)}, {wanted}") for stack in holders[1:]]


CONTRACT = LayerContract(name="dns", config=DnsConfig, outputs=DnsOutputs, reads=reads)
