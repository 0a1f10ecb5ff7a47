"""DNS delegation: a child zone in this account, delegated from its parent zone."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.dns.hosted_zone import HostedZoneArgs, hosted_zone


@dataclass(frozen=True, kw_only=True)
class DelegatedZoneArgs(HostedZoneArgs):
    """Inputs of :class:`DelegatedZone`.

    Attributes:
        parent_zone_id: Hosted zone that must answer for the domain.
        parent_provider: Provider with credentials for the parent zone's account.
    """

    parent_zone_id: pulumi.Input[str]
    parent_provider: aws.Provider


class DelegatedZone(Component):
    """A public zone, and the NS record in its parent that delegates to it.

    The zone is in the component's own account; only the NS record is written with
    ``parent_provider``. Deleting the component removes the delegation before the zone: a
    delegation to a zone that is gone is a name for anybody to take.
    """

    zone_id: pulumi.Output[str]
    name_servers: pulumi.Output[list[str]]

    def __init__(
        self, name: str, args: DelegatedZoneArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        made = hosted_zone(self, name, args, comment=f"{args.domain} (delegated)")
        delegation = aws.route53.Record(
            f"{name}-delegation",
            zone_id=args.parent_zone_id,
            name=args.domain,
            type=aws.route53.RecordType.NS,
            ttl=args.ttl_seconds,
            records=made.zone.name_servers,
            # Nobody is sent here before the short negative TTL holds.
            opts=self.child(provider=args.parent_provider, depends_on=list(made.records)),
        )
        # Taken from the delegation, so that what depends on them waits for it.
        name_servers = delegation.records.apply(lambda servers: list(servers or ()))
        self.finish(zone_id=made.zone.zone_id, name_servers=name_servers)
