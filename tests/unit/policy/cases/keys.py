"""KMS: keys, their policies, and what they encrypt."""

import json

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

KEY = "aws:kms/key:Key"
REPLICA = "aws:kms/replicaKey:ReplicaKey"
KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"
ALIAS = "aws:kms/alias:Alias"
CLUSTER = "aws:rds/cluster:Cluster"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
SECRET = "aws:secretsmanager/secret:Secret"
TOPIC = "aws:sns/topic:Topic"
ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)

ROOT = {"AWS": "arn:aws:iam::444444444444:root"}
ADA, BOB = "arn:aws:iam::444444444444:role/ada", "arn:aws:iam::444444444444:role/bob"
OWN_CALLERS = {"StringEquals": {"kms:CallerAccount": "444444444444"}}


def policy(*statements: dict[str, object]) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", **item} for item in statements]})


def key_with(principal: object, **more: object) -> Record:
    return res(KEY, policy=policy({"Principal": principal, "Action": "kms:*", **more}))


OWNER: dict[str, object] = {"Principal": ROOT, "Action": "kms:*"}
ADMINISTRATOR: dict[str, object] = {
    "Principal": {"AWS": ADA},
    "Action": ["kms:Put*", "kms:Create*"],
}
USER: dict[str, object] = {"Principal": {"AWS": [BOB]}, "Action": "kms:Decrypt"}
BOTH: dict[str, object] = {"Principal": {"AWS": ADA}, "Action": "kms:Decrypt"}
BOTH_BY_CONDITION: dict[str, object] = {
    "Principal": "*",
    "Action": "kms:Decrypt",
    "Condition": {"ArnLike": {"aws:PrincipalArn": ADA}},
}

NAMED = res(KEY, "named", multiRegion=True)
OTHER = res(KEY, "other")


def encrypted(rule: dict[str, object]) -> Record:
    return res(ENCRYPTION, rules=[{"applyServerSideEncryptionByDefault": rule}])


CASES = [
    broken("KMS-01", res(KEY)),
    kept("KMS-01", res(KEY, enableKeyRotation=True)),
    kept("KMS-01", res(KEY, customerMasterKeySpec="ECC_NIST_P256")),
    kept("KMS-01", res(KEY, customKeyStoreId="cks-1")),
    kept("KMS-01", res(KEY, keyUsage="SIGN_VERIFY")),
    undecided("KMS-01", res(KEY, enableKeyRotation=UNKNOWN)),
    broken("KMS-02", res(KEY, deletionWindowInDays=7)),
    kept("KMS-02", res(KEY), res(REPLICA, deletionWindowInDays=30)),
    broken("KMS-03", res(KEY)),
    broken("KMS-03", res(KEY, isEnabled=False, record=PROTECTED)),
    kept("KMS-03", res(KEY, record=PROTECTED)),
    broken("KMS-04", res(KEY)),
    kept("KMS-04", res(KEY, policy=UNKNOWN)),
    kept("KMS-04", OTHER, res(KEY_POLICY, keyId=ref(OTHER))),
    undecided("KMS-04", OTHER, res(KEY_POLICY, keyId=UNKNOWN)),
    broken("KMS-05", key_with("*")),
    broken("KMS-05", key_with({"AWS": ["*"]})),
    broken("KMS-05", res(KEY, policy=policy({"NotPrincipal": ROOT, "Action": "kms:*"}))),
    kept("KMS-05", key_with(ROOT)),
    kept("KMS-05", key_with("*", Condition=OWN_CALLERS)),
    undecided("KMS-05", res(KEY, policy=UNKNOWN)),
    broken("KMS-06", res(KEY, policy=policy(OWNER, ADMINISTRATOR, BOTH))),
    broken("KMS-06", res(KEY, policy=policy(OWNER, ADMINISTRATOR, BOTH_BY_CONDITION))),
    broken("KMS-06", res(KEY, policy=policy(OWNER, USER))),
    kept("KMS-06", res(KEY, policy=policy(OWNER, ADMINISTRATOR, USER))),
    undecided("KMS-06", res(KEY, policy=UNKNOWN)),
    broken("KMS-07", res(KEY, bypassPolicyLockoutSafetyCheck=True)),
    kept("KMS-07", res(KEY)),
    broken("KMS-08", OTHER),
    broken("KMS-08", OTHER, NAMED, res(ALIAS, targetKeyId=ref(NAMED))),
    kept("KMS-08", OTHER, res(ALIAS, targetKeyId=ref(OTHER))),
    undecided("KMS-08", OTHER, res(ALIAS, targetKeyId=UNKNOWN)),
    broken("KMS-09", OTHER, res(CLUSTER, kmsKeyId=ref(OTHER))),
    kept("KMS-09", NAMED, res(CLUSTER, kmsKeyId=ref(NAMED))),
    kept("KMS-09", OTHER, res(LOG_GROUP, kmsKeyId=ref(OTHER))),
    undecided("KMS-09", OTHER, res(CLUSTER, kmsKeyId=UNKNOWN)),
    broken("KMS-10", OTHER, res(CLUSTER, kmsKeyId=ref(OTHER)), res(SECRET, kmsKeyId=ref(OTHER))),
    broken(
        "KMS-10",
        OTHER,
        res(CLUSTER, "a", kmsKeyId=ref(OTHER), tags={"risk-domain": "staging"}),
        res(CLUSTER, "b", kmsKeyId=ref(OTHER), tags={"risk-domain": "testing"}),
    ),
    kept("KMS-10", OTHER, res(CLUSTER, kmsKeyId=ref(OTHER)), res(SECRET, kmsKeyId=ref(NAMED))),
    broken("KMS-11", res(TOPIC), stack="production"),
    broken("KMS-11", res(TOPIC, kmsMasterKeyId="alias/aws/sns"), stack="production"),
    broken("KMS-11", encrypted({"sseAlgorithm": "aws:kms"}), stack="production"),
    broken(
        "KMS-11",
        res(CLUSTER, kmsKeyId="arn:key", manageMasterUserPassword=True),
        stack="production",
    ),
    kept("KMS-11", res(TOPIC, kmsMasterKeyId=UNKNOWN), stack="production"),
    kept("KMS-11", encrypted({"sseAlgorithm": "AES256"}), stack="production"),
    kept("KMS-11", res("aws:ssm/parameter:Parameter", type="String"), stack="production"),
]
