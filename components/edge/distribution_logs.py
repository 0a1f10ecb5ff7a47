"""Who asked a distribution for what: CloudFront's standard logging, version 2."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.edge.access_logs import CLOUDFRONT_REGION

FIELDS = (
    "date",
    "time",
    "x-edge-location",
    "sc-bytes",
    "c-ip",
    "cs-method",
    "cs(Host)",
    "cs-uri-stem",
    "sc-status",
    "cs(Referer)",
    "cs(User-Agent)",
    "x-edge-result-type",
    "x-edge-request-id",
    "x-host-header",
    "cs-protocol",
    "cs-bytes",
    "time-taken",
    "x-forwarded-for",
    "ssl-protocol",
    "ssl-cipher",
    "x-edge-response-result-type",
    "cs-protocol-version",
    "c-port",
    "time-to-first-byte",
    "x-edge-detailed-result-type",
    "sc-content-type",
    "sc-content-len",
)
"""Of CloudFront's standard fields (CloudFront Developer Guide, "Access logs"), those that carry no
secret: without cookies, and without query strings, in which logins come back with their codes."""


@dataclass(frozen=True, kw_only=True)
class DistributionLogsArgs:
    """Inputs of :class:`DistributionLogs`.

    Attributes:
        distribution_arn: Whose requests are logged.
        log_bucket_arn: A bucket log delivery may write to, in any Region.
    """

    distribution_arn: pulumi.Input[str]
    log_bucket_arn: pulumi.Input[str]


class DistributionLogs(Component):
    """The delivery of a distribution's access logs into a bucket, as JSON lines by the hour.

    Bills by the gigabyte delivered. Deleting it stops the logs; those written stay.
    """

    delivery_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: DistributionLogsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        # The API refuses this log type anywhere but in us-east-1, wherever the bucket is.
        source = aws.cloudwatch.LogDeliverySource(
            f"{name}-source",
            log_type="ACCESS_LOGS",
            resource_arn=args.distribution_arn,
            region=CLOUDFRONT_REGION,
            opts=self.child(),
        )
        destination = aws.cloudwatch.LogDeliveryDestination(
            f"{name}-destination",
            delivery_destination_configuration={"destination_resource_arn": args.log_bucket_arn},
            output_format="json",
            region=CLOUDFRONT_REGION,
            opts=self.child(),
        )
        delivery = aws.cloudwatch.LogDelivery(
            f"{name}-delivery",
            delivery_source_name=source.name,
            delivery_destination_arn=destination.arn,
            record_fields=FIELDS,
            s3_delivery_configurations=[
                {
                    "enable_hive_compatible_path": False,
                    "suffix_path": "{DistributionId}/{yyyy}/{MM}/{dd}/{HH}",
                }
            ],
            region=CLOUDFRONT_REGION,
            opts=self.child(),
        )
        self.finish(delivery_id=delivery.id)
