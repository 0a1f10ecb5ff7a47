"""S3: buckets and their parts."""

import json
from typing import Any

from tests.unit.policy.cases.graphs import (
    PROTECTED,
    UNKNOWN,
    Record,
    broken,
    kept,
    ref,
    res,
    undecided,
)

BUCKET = "aws:s3/bucket:Bucket"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
CLOSED = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
ACCOUNT = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"

FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
ALL_ON: dict[str, Any] = dict.fromkeys(FLAGS, True)

FILES = res(BUCKET, "files")
LOGS = res(BUCKET, "logs", tags={"purpose": "logs"})
STATE = res(BUCKET, "state", tags={"purpose": "iac-state"}, record=PROTECTED)
OLD = res("aws:s3/bucketV2:BucketV2", "old")


def document(*statements: dict[str, object]) -> str:
    return json.dumps({"Statement": list(statements)})


PLAIN = {"Bool": {"aws:SecureTransport": "false"}}
NO_PLAIN: dict[str, object] = {"Effect": "Deny", "Principal": "*", "Condition": PLAIN}
READ: dict[str, object] = {"Effect": "Allow", "Action": "s3:GetObject"}
CDN = {"StringEquals": {"aws:SourceArn": "arn:aws:cloudfront::4:distribution/E1"}}


def policy(bucket: Record, *statements: dict[str, object]) -> Record:
    return res(POLICY, bucket["name"], bucket=ref(bucket), policy=document(*statements))


def encrypted(bucket: Record, algorithm: object = "aws:kms") -> Record:
    rule = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm}}
    return res(ENCRYPTION, bucket["name"], bucket=ref(bucket), rules=[rule])


def versioned(bucket: Record, status: object = "Enabled") -> Record:
    return res(VERSIONING, bucket=ref(bucket), versioningConfiguration={"status": status})


SAFE = (
    STATE,
    res(CLOSED, bucket=ref(STATE), **ALL_ON),
    policy(STATE, NO_PLAIN),
    encrypted(STATE),
    versioned(STATE),
)

CASES = [
    broken("S3-01", FILES),
    broken("S3-01", FILES, res(CLOSED, bucket=ref(FILES), blockPublicAcls=True)),
    broken("S3-01", FILES, LOGS, res(CLOSED, bucket=ref(LOGS), **ALL_ON)),
    broken("S3-01", OLD),
    kept("S3-01", FILES, res(CLOSED, bucket=ref(FILES), **ALL_ON)),
    undecided("S3-01", FILES, res(CLOSED, bucket=UNKNOWN, **ALL_ON)),
    broken("S3-02"),
    broken("S3-02", res(ACCOUNT, blockPublicAcls=True)),
    kept("S3-02", res(ACCOUNT, **ALL_ON)),
    undecided("S3-02", res(ACCOUNT, **{**ALL_ON, "blockPublicAcls": UNKNOWN})),
    broken("S3-03", res("aws:s3/bucketAcl:BucketAcl", acl="public-read")),
    broken("S3-03", res(OWNERSHIP, rule={"objectOwnership": "ObjectWriter"})),
    kept("S3-03", res(OWNERSHIP, rule={"objectOwnership": "BucketOwnerEnforced"}), FILES),
    broken("S3-04", policy(FILES, {**READ, "Principal": "*"})),
    kept("S3-04", policy(FILES, {**READ, "Principal": "*", "Condition": CDN}), FILES),
    kept("S3-04", policy(FILES, NO_PLAIN)),
    undecided("S3-04", res(POLICY, policy=UNKNOWN)),
    broken("S3-05", FILES),
    broken("S3-05", FILES, policy(FILES, READ)),
    kept("S3-05", FILES, policy(FILES, READ, NO_PLAIN)),
    undecided("S3-05", FILES, res(POLICY, bucket=ref(FILES), policy=UNKNOWN)),
    broken("S3-06", FILES, stack="production"),
    broken("S3-06", FILES, encrypted(FILES, "AES256"), stack="production"),
    kept("S3-06", FILES, encrypted(FILES), stack="production"),
    kept("S3-06", LOGS, res(BALANCER, accessLogs=ref(LOGS)), stack="production"),
    kept(
        "S3-06",
        LOGS,
        policy(LOGS, NO_PLAIN),
        res(LOGGING, bucket=ref(LOGS), targetBucket=ref(policy(LOGS, NO_PLAIN))),
        stack="production",
    ),
    undecided("S3-06", FILES, encrypted(FILES, UNKNOWN), stack="production"),
    broken("S3-07", FILES),
    broken("S3-07", FILES, versioned(FILES, "Suspended")),
    kept("S3-07", FILES, versioned(FILES)),
    undecided("S3-07", FILES, versioned(FILES, UNKNOWN)),
    broken("S3-08", res(BUCKET, forceDestroy=True), stack="production"),
    kept("S3-08", FILES, stack="production"),
    broken("S3-09", FILES, res(LIFECYCLE, bucket=ref(FILES))),
    broken("S3-09", FILES, res(LOGGING, bucket=ref(FILES))),
    kept("S3-09", FILES, res(LIFECYCLE, bucket=ref(FILES)), res(LOGGING, bucket=ref(FILES))),
    kept("S3-09", LOGS, res(LIFECYCLE, bucket=ref(LOGS))),
    broken("S3-10", *SAFE, stack="staging"),
    broken("S3-10", *SAFE[:-1], stack="management"),
    broken("S3-10", {**STATE, "protect": False}, *SAFE[1:], stack="management"),
    broken("S3-10", res(BUCKET, "state", tags={"purpose": "iac-state"}), *SAFE[1:]),
    kept("S3-10", *SAFE, FILES, stack="management"),
]
