"""Default routes: where traffic that leaves the VPC goes."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.network.vpc import ANYWHERE


@dataclass(frozen=True, kw_only=True)
class DefaultRoute:
    """One default route; exactly one target is given.

    Attributes:
        route_table_id: The table it is in.
        gateway_id: An internet gateway.
        nat_gateway_id: A NAT gateway.
        network_interface_id: The interface of a NAT instance.
    """

    route_table_id: pulumi.Input[str]
    gateway_id: pulumi.Input[str] | None = None
    nat_gateway_id: pulumi.Input[str] | None = None
    network_interface_id: pulumi.Input[str] | None = None

    def __post_init__(self) -> None:
        """Refuse a route with no target or several.

        Raises:
            ValueError: There is not exactly one.
        """
        targets = (self.gateway_id, self.nat_gateway_id, self.network_interface_id)
        given = sum(target is not None for target in targets)
        if given != 1:
            raise ValueError(f"got {given} targets of a default route, wanted 1")


@dataclass(frozen=True, kw_only=True)
class DefaultRoutesArgs:
    """Inputs of :class:`DefaultRoutes`.

    Attributes:
        routes: The routes by the name of the table's place: a zone, or what is there once.
    """

    routes: Mapping[str, DefaultRoute]


class DefaultRoutes(Component):
    """The default routes of one tier.

    They are apart from the NAT they lead to, so that a change of NAT mode turns each route to
    its new target in place: a table holds one default route, and a second cannot be created
    beside it. Deleting one cuts the tier off from the internet.
    """

    route_ids: list[pulumi.Output[str]]

    def __init__(
        self, name: str, args: DefaultRoutesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        routes = [
            aws.ec2.Route(
                f"{name}-{place}",  # STATE: independent of the target
                route_table_id=route.route_table_id,
                destination_cidr_block=ANYWHERE,
                gateway_id=route.gateway_id,
                nat_gateway_id=route.nat_gateway_id,
                network_interface_id=route.network_interface_id,
                opts=self.child(),
            )
            for place, route in args.routes.items()
        ]
        self.finish(route_ids=[route.id for route in routes])
