"""Names that point at a distribution or a load balancer: alias records, never CNAMEs (DNS-03)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

from components.base import Component

Family = Literal["A", "AAAA"]

DUAL_STACK: tuple[Family, ...] = ("A", "AAAA")
"""CloudFront answers over IPv4 and IPv6."""

IPV4: tuple[Family, ...] = ("A",)
"""A load balancer in a VPC without IPv6 has no AAAA record to point at."""


@dataclass(frozen=True, kw_only=True)
class AliasRecordsArgs:
    """Inputs of :class:`AliasRecords`.

    Attributes:
        zone_id: The hosted zone the names are in.
        names: Full names by what they are. The keys are STATE.
        target_name: The target's DNS name.
        target_zone_id: The zone AWS keeps it in.
        families: The record types.
        zone_provider: Provider with credentials for the zone's account, where it is another.
    """

    zone_id: pulumi.Input[str]
    names: Mapping[str, str]
    target_name: pulumi.Input[str]
    target_zone_id: pulumi.Input[str]
    families: Sequence[Family] = DUAL_STACK
    zone_provider: aws.Provider | None = None


class AliasRecords(Component):
    """One alias record per name and address family. Queries for them cost nothing.

    They are deleted before what they point at: a name that points at a distribution that is gone
    is a name for anybody to take over.
    """

    fqdns: list[pulumi.Output[str]]

    def __init__(
        self, name: str, args: AliasRecordsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        options = self.child()
        if args.zone_provider is not None:
            options = self.child(provider=args.zone_provider)
        records = [
            aws.route53.Record(
                f"{name}-{role}-{family.lower()}",
                zone_id=args.zone_id,
                name=domain,
                type=family,
                aliases=[
                    {
                        "name": args.target_name,
                        "zone_id": args.target_zone_id,
                        "evaluate_target_health": False,
                    }
                ],
                opts=options,
            )
            for role, domain in args.names.items()
            for family in args.families
        ]
        self.finish(fqdns=[record.fqdn for record in records])
