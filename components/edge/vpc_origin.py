"""CloudFront's way to an internal load balancer (playbook SEC-03)."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.edge.ingress import HTTP_PORT, HTTPS_PORT


@dataclass(frozen=True, kw_only=True)
class VpcOriginArgs:
    """Inputs of :class:`VpcOrigin`.

    Attributes:
        load_balancer_arn: The internal load balancer.
        load_balancer_name: Its name; another load balancer has another.
    """

    load_balancer_arn: pulumi.Input[str]
    load_balancer_name: pulumi.Input[str]


class VpcOrigin(Component):
    """A VPC origin: CloudFront's own network interfaces in front of an internal load balancer.

    Costs nothing. AWS refuses any update, even of a tag, while a distribution uses it
    (hashicorp/terraform-provider-aws#40905), so tags are left as they were made and another load
    balancer means another VPC origin: made, taken by the distributions, and only then the old one
    deleted. Making one takes a quarter of an hour and more.
    """

    vpc_origin_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: VpcOriginArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        origin = aws.cloudfront.VpcOrigin(
            f"{name}-vpc",
            vpc_origin_endpoint_config={
                "name": args.load_balancer_name,
                "arn": args.load_balancer_arn,
                "http_port": HTTP_PORT,
                "https_port": HTTPS_PORT,
                "origin_protocol_policy": "https-only",
                "origin_ssl_protocols": {"items": ["TLSv1.2"], "quantity": 1},
            },
            opts=self.child(
                ignore_changes=["tags", "tagsAll"],
                replace_on_changes=["vpcOriginEndpointConfig"],
                custom_timeouts=pulumi.CustomTimeouts(create="30m", update="30m", delete="30m"),
            ),
        )
        self.finish(vpc_origin_id=origin.id)
