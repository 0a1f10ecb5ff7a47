"""S3: the resources that make up one bucket, and whether each is as it should be."""

from collections.abc import Callable, Iterator

from policy.core.documents import conditions, partly_unknown, statements
from policy.core.graph import Graph, Resource
from policy.core.values import UNKNOWN, one_or_many, read, spread

BUCKET = "aws:s3/bucket:Bucket"
ACCESS_LOGGING = "aws:s3/bucketLogging:BucketLogging"
ACCOUNT_PUBLIC_ACCESS = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
ACL = "aws:s3/bucketAcl:BucketAcl"
DELIVERY_DESTINATION = "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination"
ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
PUBLIC_ACCESS = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"

FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

LOG_DESTINATIONS = {
    DELIVERY_DESTINATION: "deliveryDestinationConfiguration",
    "aws:ec2/flowLog:FlowLog": "logDestination",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "logDestinationConfigs",
}
"""Where each type that writes logs names their destination, a bucket or a log group."""


Part = Callable[[Resource], bool | None]
"""Whether a part of a bucket is as it should be; None where that is not known."""


def blocks_public_access(part: Resource) -> bool | None:
    """Whether all four switches are on; None where one is not known."""
    values = [part.get(flag) for flag in FLAGS]
    return _verdict(values, lambda value: value is True)


def is_encrypted_by_kms(part: Resource) -> bool | None:
    """Whether new objects are encrypted with a KMS key; None where that is not known."""
    path = ("rules", "applyServerSideEncryptionByDefault", "sseAlgorithm")
    values = list(spread(part.props, *path))
    return _verdict(values, lambda value: str(value).startswith("aws:kms"))


def is_versioned(part: Resource) -> bool | None:
    """Whether versioning is on; None where that is not known."""
    status = part.get("versioningConfiguration", "status")
    return _verdict([status], lambda value: value == "Enabled")


def is_there(_: Resource) -> bool:
    """True: that the part exists is all that is asked."""
    return True


def _verdict(values: list[object], good: Callable[[object], bool]) -> bool | None:
    if any(value is not UNKNOWN and not good(value) for value in values):
        return False
    return None if UNKNOWN in values else bool(values)


def is_tls_only(part: Resource) -> bool | None:
    """Whether a bucket policy denies what comes without TLS; None where that is not known."""
    document = part.get("policy")
    for statement in statements(document):
        plain = any(
            key == "aws:securetransport" and str(value).lower() == "false"
            for _, key, found in conditions(statement)
            for value in one_or_many(found)
        )
        if read(statement, "Effect") == "Deny" and plain:
            return True
    return None if partly_unknown(document) else False


def part_of(graph: Graph, bucket: Resource, token: str, holds: Part) -> bool | None:
    """Whether a bucket has a part of this type that is as it should be."""
    parts = graph.referring(bucket, token, "bucket")
    verdicts = {holds(part) for part in parts.found}
    if True in verdicts:
        return True
    return None if None in verdicts or not parts.certain else False


def load_balancer_logs(graph: Graph) -> Iterator[Resource]:
    """Load balancers deliver to SSE-S3 alone (ELB user guide, "Access logs")."""
    for balancer in graph.of_type(LOAD_BALANCER):
        yield from graph.joined(balancer, "accessLogs", BUCKET) or ()
        name = balancer.get("accessLogs", "bucket")
        yield from (bucket for bucket in graph.of_type(BUCKET) if bucket.get("id") == name)


def access_logs(graph: Graph) -> Iterator[Resource]:
    """S3 delivers access logs to SSE-S3 alone (S3 user guide, "Enabling server access logging")."""
    for logging in graph.of_type(ACCESS_LOGGING):
        yield from graph.joined(logging, "targetBucket", BUCKET) or ()


def log_buckets(graph: Graph) -> Iterator[Resource]:
    """Buckets that hold logs: logs of them would tell of their writers, and fill themselves."""
    yield from load_balancer_logs(graph)
    yield from access_logs(graph)
    for token, prop in LOG_DESTINATIONS.items():
        for item in graph.of_type(token):
            yield from graph.joined(item, prop, BUCKET) or ()
