"""Who may open a connection to the load balancer, by how the origin is protected."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component

HTTPS_PORT = 443
HTTP_PORT = 80
ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class IngressArgs:
    """Inputs of :class:`Ingress`; exactly one of the three sources is given.

    Attributes:
        security_group_id: The load balancer's group.
        prefix_list_id: CloudFront's origin-facing addresses.
        source_group_id: The group CloudFront gives its own interfaces in the VPC.
        internet: Whether anybody may come: only with a web ACL in front.
    """

    security_group_id: pulumi.Input[str]
    prefix_list_id: str | None = None
    source_group_id: str | None = None
    internet: bool = False

    def __post_init__(self) -> None:
        """Refuse a load balancer nobody reaches, and one with a second way in.

        Raises:
            ValueError: There is not one source.
        """
        given = [bool(self.prefix_list_id), bool(self.source_group_id), self.internet].count(True)
        if given != 1:
            raise ValueError(f"got {given} sources of requests, wanted one")


class Ingress(Component):
    """The ingress rules of the load balancer's group: HTTPS from one kind of source.

    From the internet, plain HTTP comes in as well, to be redirected. The group is the network's,
    and so is where requests go on to. Deleting it closes the load balancer to everybody.
    """

    rule_ids: list[pulumi.Output[str]]

    def __init__(
        self, name: str, args: IngressArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        if args.internet:
            rules = [
                self._rule(f"{name}-{role}-internet", args, port, why, cidr=ANYWHERE)
                for role, port, why in (
                    ("https", HTTPS_PORT, "Visitors, through the web ACL"),
                    ("http", HTTP_PORT, "Visitors, to be redirected to HTTPS"),
                )
            ]
        else:
            kind = "cloudfront" if args.prefix_list_id else "vpc-origin"
            why = "CloudFront" if args.prefix_list_id else "CloudFront's VPC origins"
            rules = [self._rule(f"{name}-https-{kind}", args, HTTPS_PORT, why)]
        self.finish(rule_ids=[rule.id for rule in rules])

    def _rule(
        self, name: str, args: IngressArgs, port: int, why: str, *, cidr: str | None = None
    ) -> aws.vpc.SecurityGroupIngressRule:
        return aws.vpc.SecurityGroupIngressRule(
            name,
            security_group_id=args.security_group_id,
            description=why,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            cidr_ipv4=cidr,
            prefix_list_id=args.prefix_list_id,
            referenced_security_group_id=args.source_group_id,
            opts=self.child(),
        )
