"""What everything else in the network is built on."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.network.cidr import Tier
from components.network.contract import NetworkConfig
from components.network.default_routes import DefaultRoutes
from components.network.session_records import SessionRecords
from components.network.subnet_tier import SubnetTier
from components.network.vpc import Vpc

NAME = "network"
"""First part of every logical name of this layer. STATE: part of every URN."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The VPC with its subnets, before anything leaves it or stands in it.

    Attributes:
        vpc: The VPC.
        tiers: Its subnets and their tables.
        public_routes: The way from public subnets to the internet.
        sessions: Session Manager's preferences, where operators use it.
    """

    vpc: Vpc
    tiers: Mapping[Tier, SubnetTier]
    public_routes: DefaultRoutes
    sessions: SessionRecords | None

    @property
    def session_policy(self) -> pulumi.Output[str] | None:
        """What a machine's role needs to be reached by Session Manager."""
        return self.sessions.machine_policy if self.sessions else None

    def by_zone(self, config: NetworkConfig, tier: Tier) -> dict[str, pulumi.Output[str]]:
        """The subnets of a tier by the letter of their zone."""
        subnet_ids = self.tiers[tier].subnet_ids
        return dict(zip(config.availability_zones, subnet_ids, strict=True))
