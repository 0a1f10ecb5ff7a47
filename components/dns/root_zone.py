"""The zone at the top of the organisation's names."""

import pulumi

from components.base import Component
from components.dns.hosted_zone import HostedZoneArgs, hosted_zone


class RootZone(Component):
    """The public zone of the organisation's domain; every other zone is delegated from it.

    The registrar must be told its name servers by hand, once. Deleting it takes every name of
    the organisation off the internet, in all accounts.
    """

    zone_id: pulumi.Output[str]
    name_servers: pulumi.Output[list[str]]

    def __init__(
        self, name: str, args: HostedZoneArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        made = hosted_zone(self, name, args, comment=f"{args.domain} (root)")
        self.finish(zone_id=made.zone.zone_id, name_servers=made.zone.name_servers.apply(list))
