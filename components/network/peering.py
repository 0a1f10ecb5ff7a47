"""VPC peering: a connection from this network to an earlier account's, whole on both sides."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.network.flows import PEER_FLOW


@dataclass(frozen=True, kw_only=True)
class PeerSide:
    """One end of a peering.

    Attributes:
        vpc_id: Its VPC.
        tables: The route tables that get routes to the other side, by place: tier or zone.
        subnets: The ranges of the subnets that the other side reaches, by place.
    """

    vpc_id: pulumi.Input[str]
    tables: Mapping[str, pulumi.Input[str]]
    subnets: Mapping[str, pulumi.Input[str]]


@dataclass(frozen=True, kw_only=True)
class DatabaseLink:
    """The one flow through a peering: the hub's connectors read this account's databases.

    Attributes:
        database_group_id: The group of role ``database`` here.
        database_subnets: Ranges of the database subnets here, by zone.
        connector_group_id: The group of role ``connector`` in the hub.
    """

    database_group_id: pulumi.Input[str]
    database_subnets: Mapping[str, pulumi.Input[str]]
    connector_group_id: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class PeeringArgs:
    """Inputs of :class:`Peering`.

    Attributes:
        own: This account's side, which asks.
        hub: The other side, which accepts.
        hub_account_id: The account of the hub.
        hub_provider: Provider with credentials for it.
        called: The ``Name`` of the connection as the hub sees it: who asks.
        link: The flow through it, where databases are reached.
    """

    own: PeerSide
    hub: PeerSide
    hub_account_id: pulumi.Input[str]
    hub_provider: aws.Provider
    called: str
    link: DatabaseLink | None


class Peering(Component):
    """A peering connection with names, routes and rules on both sides (design D4).

    Routes name subnets, not networks: what a side has no business with stays out of reach (CIS
    5.5). Rules name ranges, because a reference to a group of another account breaks unseen when
    that group is replaced. A peering is not transitive: two that peer with the hub do not meet.
    Deleting it takes away the hub's side as well, routes first, so no route leads nowhere.
    """

    connection_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: PeeringArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        there = self.child(provider=args.hub_provider)
        connection = aws.ec2.VpcPeeringConnection(
            f"{name}-connection",
            vpc_id=args.own.vpc_id,
            peer_vpc_id=args.hub.vpc_id,
            peer_owner_id=args.hub_account_id,
            auto_accept=False,  # only the accepter may accept in another account
            tags={"Name": name},
            opts=self.child(),
        )
        accepter = aws.ec2.VpcPeeringConnectionAccepter(
            f"{name}-accepter",
            vpc_peering_connection_id=connection.id,
            auto_accept=True,
            tags={"Name": args.called},
            opts=there,
        )
        # From the accepter: names, routes and rules wait until the connection is active.
        active = accepter.id
        self._resolve_names(name, active, there)
        self._routes(f"{name}-route", args.own, args.hub, active, self.child())
        self._routes(f"{name}-return", args.hub, args.own, active, there)
        if args.link is not None:
            self._rules(name, args.link, args.hub.subnets, there)
        self.finish(connection_id=connection.id)

    def _resolve_names(
        self, name: str, active: pulumi.Output[str], there: pulumi.ResourceOptions
    ) -> None:
        """Let each side see private addresses behind the other's names: RDS has only names."""
        aws.ec2.PeeringConnectionOptions(
            f"{name}-requester-options",
            vpc_peering_connection_id=active,
            requester={"allow_remote_vpc_dns_resolution": True},
            opts=self.child(),
        )
        aws.ec2.PeeringConnectionOptions(
            f"{name}-accepter-options",
            vpc_peering_connection_id=active,
            accepter={"allow_remote_vpc_dns_resolution": True},
            opts=there,
        )

    def _routes(
        self,
        name: str,
        near: PeerSide,
        far: PeerSide,
        active: pulumi.Output[str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        for place, table in near.tables.items():
            for target, cidr in far.subnets.items():
                aws.ec2.Route(
                    f"{name}-{place}-to-{target}",
                    route_table_id=table,
                    destination_cidr_block=cidr,
                    vpc_peering_connection_id=active,
                    opts=opts,
                )

    def _rules(
        self,
        name: str,
        link: DatabaseLink,
        hub_subnets: Mapping[str, pulumi.Input[str]],
        there: pulumi.ResourceOptions,
    ) -> None:
        for zone, cidr in hub_subnets.items():
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-{PEER_FLOW.target}-from-{zone}",
                security_group_id=link.database_group_id,
                description=PEER_FLOW.why,
                ip_protocol=PEER_FLOW.protocol,
                from_port=PEER_FLOW.first_port,
                to_port=PEER_FLOW.last_port,
                cidr_ipv4=cidr,
                opts=self.child(),
            )
        for zone, cidr in link.database_subnets.items():
            aws.vpc.SecurityGroupEgressRule(
                f"{name}-{PEER_FLOW.source}-to-{zone}",
                security_group_id=link.connector_group_id,
                description=PEER_FLOW.why,
                ip_protocol=PEER_FLOW.protocol,
                from_port=PEER_FLOW.first_port,
                to_port=PEER_FLOW.last_port,
                cidr_ipv4=cidr,
                opts=there,
            )
