"""What the dns layer takes and publishes; importable without a provider SDK."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

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
    """

    ttl_seconds: int = Field(default=300, ge=30, le=300)
    negative_ttl_seconds: int = Field(default=60, ge=30, le=300)
    certificate_authorities: Annotated[tuple[DomainName, ...], AfterValidator(_acm_may_issue)] = (
        "amazon.com",
    )


@dataclass(frozen=True, kw_only=True)
class DnsOutputs:
    """What the dns layer publishes.

    Attributes:
        zone_id: The hosted zone.
        domain: Its name.
        name_servers: Who answers for it. In a delegated zone they are those the parent names:
            what depends on them, such as a certificate's validation, waits for the delegation.
    """

    zone_id: "pulumi.Output[str]"
    domain: str
    name_servers: "pulumi.Output[list[str]]"


def reads(_config: DnsConfig, kind: AccountKind) -> tuple[Read, ...]:
    """What a zone reads from earlier accounts: its parent, unless it is the root."""
    return () if kind is ROOT_KIND else (ROOT_ZONE_ID,)


CONTRACT = LayerContract(name="dns", config=DnsConfig, outputs=DnsOutputs, reads=reads)
