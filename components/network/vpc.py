"""The VPC, its door to the internet, and AWS's defaults in it made harmless."""

from dataclasses import dataclass
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from components.base import Component

ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class VpcArgs:
    """Inputs of :class:`Vpc`.

    Attributes:
        cidr: Its address range.
    """

    cidr: str


class Vpc(Component):
    """A VPC with an internet gateway, and its default group, ACL and route table adopted.

    The default security group loses its rules (CIS 5.4) and the default route table its routes,
    so what is forgotten reaches nothing. The default ACL keeps letting everything through:
    security groups decide here, and every subnet uses that ACL.
    AWS refuses to delete a VPC that anything still uses; the adopted defaults go with it.
    """

    vpc_id: pulumi.Output[str]
    internet_gateway_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: VpcArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=args.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            enable_network_address_usage_metrics=True,
            tags={"Name": name},
            opts=self.child(),
        )
        gateway = aws.ec2.InternetGateway(
            f"{name}-internet-gateway", vpc_id=vpc.id, tags={"Name": name}, opts=self.child()
        )
        self._adopt_defaults(name, vpc)
        self.finish(vpc_id=vpc.id, internet_gateway_id=gateway.id)

    def _adopt_defaults(self, name: str, vpc: aws.ec2.Vpc) -> None:
        tags = {"Name": f"{name}-default-unused"}
        aws.ec2.DefaultSecurityGroup(
            f"{name}-default-security-group", vpc_id=vpc.id, tags=tags, opts=self.child()
        )
        aws.ec2.DefaultRouteTable(
            f"{name}-default-route-table",
            default_route_table_id=vpc.default_route_table_id,
            routes=[],
            tags=tags,
            opts=self.child(),
        )
        aws.ec2.DefaultNetworkAcl(
            f"{name}-default-network-acl",
            default_network_acl_id=vpc.default_network_acl_id,
            # As AWS made them; adopted without rules it would deny everything.
            ingress=[aws.ec2.DefaultNetworkAclIngressArgs(**_allow_all())],
            egress=[aws.ec2.DefaultNetworkAclEgressArgs(**_allow_all())],
            tags={"Name": name},
            # AWS lists every subnet here as it joins; without this each run would evict them.
            opts=self.child(ignore_changes=["subnet_ids"]),
        )


class _AclRule(TypedDict):
    protocol: str
    rule_no: int
    action: str
    cidr_block: str
    from_port: int
    to_port: int


def _allow_all() -> _AclRule:
    return {
        "protocol": "-1",
        "rule_no": 100,
        "action": "allow",
        "cidr_block": ANYWHERE,
        "from_port": 0,
        "to_port": 0,
    }
