"""A tier: subnets of one purpose in every zone, with their route tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.network.cidr import PlannedSubnet, Tier


@dataclass(frozen=True, kw_only=True)
class SubnetTierArgs:
    """Inputs of :class:`SubnetTier`.

    Attributes:
        tier: What the subnets may reach; becomes their ``tier`` tag, which policies read.
        vpc_id: The VPC.
        region: Where the zones are.
        subnets: The subnets, with the letter of the zone of each.
        table_per_zone: Whether each zone has a route table of its own, or all share one.
        tags: Tags of the subnets besides their name and tier.
    """

    tier: Tier
    vpc_id: pulumi.Input[str]
    region: str
    subnets: Sequence[PlannedSubnet]
    table_per_zone: bool = False
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


class SubnetTier(Component):
    """The subnets of one tier, each associated with a route table of this tier.

    The tables hold no routes but the VPC's own: routes are separate resources, so that NAT,
    endpoints and peering can each add theirs without fighting over one list.
    AWS refuses to delete a subnet that still holds a network interface.
    """

    subnet_ids: list[pulumi.Output[str]]
    route_table_ids: list[pulumi.Output[str]]
    association_ids: list[pulumi.Output[str]]

    def __init__(
        self, name: str, args: SubnetTierArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        zones = [subnet.zone for subnet in args.subnets]
        subnets = [self._subnet(name, args, subnet) for subnet in args.subnets]
        if args.table_per_zone:
            tables = [self._table(f"{name}-table-{zone}", args) for zone in zones]
        else:
            tables = [self._table(f"{name}-table", args)] * len(zones)
        associations = [
            aws.ec2.RouteTableAssociation(
                f"{name}-association-{zone}",
                subnet_id=subnet.id,
                route_table_id=table.id,
                opts=self.child(),
            )
            for zone, subnet, table in zip(zones, subnets, tables, strict=True)
        ]
        distinct = dict.fromkeys(tables)
        self.finish(
            subnet_ids=[subnet.id for subnet in subnets],
            route_table_ids=[table.id for table in distinct],
            association_ids=[association.id for association in associations],
        )

    def _subnet(self, name: str, args: SubnetTierArgs, subnet: PlannedSubnet) -> aws.ec2.Subnet:
        return aws.ec2.Subnet(
            f"{name}-subnet-{subnet.zone}",
            vpc_id=args.vpc_id,
            availability_zone=f"{args.region}{subnet.zone}",
            cidr_block=subnet.cidr,
            # Not in public subnets either: a load balancer and a NAT bring their own addresses.
            map_public_ip_on_launch=False,
            tags={"Name": f"{name}-{subnet.zone}", "tier": args.tier.value, **args.tags},
            opts=self.child(),
        )

    def _table(self, name: str, args: SubnetTierArgs) -> aws.ec2.RouteTable:
        return aws.ec2.RouteTable(
            name,
            vpc_id=args.vpc_id,
            tags={"Name": name, "tier": args.tier.value},
            opts=self.child(),
        )
