"""Gateway endpoints: S3 and DynamoDB without NAT, for this organisation only."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.network.endpoint_services import own_statement
from components.network.flows import Outside
from components.statements import Statement, allow, document

PUBLIC_BUCKETS = (
    "al2023-repos-{region}-de612dc2",
    "amazon-ssm-{region}",
    "aws-ssm-document-attachments-{region}",
    "aws-ssm-{region}",
    "patch-baseline-snapshot-{region}",
    "prod-registry-k8s-io-{region}",
    "prod-{region}-starport-layer-bucket",
)
"""Buckets of others that nodes must read: Amazon Linux packages, SSM agent and patches (Systems
Manager User Guide, "SSM Agent communications with AWS managed S3 buckets"), ECR layers (ECR User
Guide, "Amazon S3 gateway endpoint"), and the layers registry.k8s.io hands to clients in AWS."""


@dataclass(frozen=True, kw_only=True)
class GatewayEndpointsArgs:
    """Inputs of :class:`GatewayEndpoints`.

    Attributes:
        vpc_id: The VPC.
        region: The Region of the services.
        route_table_ids: Tables that get a route to them.
        organization_id: Whose principals are let through.
        readable_buckets: Buckets outside the organisation that may be read, besides
            :data:`PUBLIC_BUCKETS`.
    """

    vpc_id: pulumi.Input[str]
    region: str
    route_table_ids: Sequence[pulumi.Input[str]]
    organization_id: pulumi.Input[str]
    readable_buckets: Sequence[str] = ()


class GatewayEndpoints(Component):
    """Endpoints of S3 and DynamoDB, which cost nothing and spare NAT its largest customers.

    Their policies let the organisation's own principals through and nobody else: a stolen
    foreign credential cannot carry data out this way. Deleting one interrupts open connections
    and sends the traffic to NAT, where there is one.
    """

    s3_id: pulumi.Output[str]
    dynamodb_id: pulumi.Output[str]
    prefix_list_ids: dict[Outside, pulumi.Output[str]]

    def __init__(
        self, name: str, args: GatewayEndpointsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        reading = read_statement(args.region, args.readable_buckets)
        s3 = self._endpoint(f"{name}-s3", "s3", args, [reading])
        dynamodb = self._endpoint(f"{name}-dynamodb", "dynamodb", args, [])
        self.finish(
            s3_id=s3.id,
            dynamodb_id=dynamodb.id,
            # The endpoint knows the list of its service's addresses: nothing is looked up.
            prefix_list_ids={
                Outside.S3: s3.prefix_list_id,
                Outside.DYNAMODB: dynamodb.prefix_list_id,
            },
        )

    def _endpoint(
        self, name: str, service: str, args: GatewayEndpointsArgs, more: Sequence[Statement]
    ) -> aws.ec2.VpcEndpoint:
        organization_id = pulumi.Output.from_input(args.organization_id)
        return aws.ec2.VpcEndpoint(
            name,
            vpc_id=args.vpc_id,
            vpc_endpoint_type="Gateway",
            service_name=f"com.amazonaws.{args.region}.{service}",
            route_table_ids=args.route_table_ids,
            policy=organization_id.apply(lambda known: document([own_statement(known), *more])),
            tags={"Name": name},
            opts=self.child(),
        )


def read_statement(region: str, buckets: Sequence[str]) -> Statement:
    """Objects of the public buckets and of those given, for anybody: their URLs are presigned."""
    public = {pattern.format(region=region) for pattern in PUBLIC_BUCKETS}
    return allow(
        "ReadPublicBuckets",
        ["s3:GetObject"],
        [f"arn:aws:s3:::{bucket}/*" for bucket in sorted(public | set(buckets))],
        principal="*",
    )
