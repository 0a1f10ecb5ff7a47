"""S3: buckets and the resources that make up one bucket."""

from collections.abc import Callable, Iterator

from policy.core.context import Context
from policy.core.documents import is_open, name_of, partly_unknown, statements
from policy.core.graph import Graph, Resource
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, advised, failed, undecided
from policy.core.values import MISSING, UNKNOWN, read
from policy.rules.bucket_parts import (
    ACCESS_LOGGING,
    ACCOUNT_PUBLIC_ACCESS,
    ACL,
    BUCKET,
    ENCRYPTION,
    FLAGS,
    LIFECYCLE,
    OWNERSHIP,
    POLICY,
    PUBLIC_ACCESS,
    VERSIONING,
    Part,
    access_logs,
    blocks_public_access,
    is_encrypted_by_kms,
    is_there,
    is_tls_only,
    is_versioned,
    load_balancer_logs,
    log_buckets,
    part_of,
)

PUBLIC_ACLS = frozenset({"authenticated-read", "public-read", "public-read-write"})

VERSIONED_PURPOSES = frozenset({"audit", "backup", "data", "iac-state", "trail"})
"""Values of the tag `purpose` whose buckets hold what cannot be made again."""

STATE_PURPOSE = "iac-state"


def _each(token: str, holds: Part, wanted: str) -> Callable[[Graph, Context], Iterator[Problem]]:
    """Hold every bucket of the stack against one of its parts."""

    def run(graph: Graph, _: Context) -> Iterator[Problem]:
        for bucket in graph.of_type(BUCKET):
            verdict = part_of(graph, bucket, token, holds)
            if verdict is None:
                yield undecided(bucket, token)
            elif not verdict:
                yield failed(bucket, "", f"got none, wanted {wanted}")

    return run


def _closed_account(graph: Graph, _: Context) -> Iterator[Problem]:
    switches = graph.of_type(ACCOUNT_PUBLIC_ACCESS)
    if not switches:
        yield Problem(urn=graph.urn, path="", message="got no block for the account, wanted one")
    for switch in switches:
        for flag in FLAGS:
            if switch.get(flag) is UNKNOWN:
                yield undecided(switch, flag)
            elif switch.get(flag) is not True:
                yield failed(switch, flag, "got false, wanted true")


def _no_lists(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.type == OWNERSHIP:
        owner = resource.get("rule", "objectOwnership")
        if owner not in {"BucketOwnerEnforced", UNKNOWN}:
            path = "rule.objectOwnership"
            yield advised(resource, path, f"got {owner}, wanted BucketOwnerEnforced")
    elif resource.get("acl") in PUBLIC_ACLS:
        yield failed(resource, "acl", f"got {resource.get('acl')}, wanted no list")


def _no_anonymous(resource: Resource, _: Context) -> Iterator[Problem]:
    document = resource.get("policy")
    opened = [
        statement
        for statement in statements(document)
        if read(statement, "Effect") == "Allow" and is_open(statement)
    ]
    for statement in opened:
        message = f"got principal * in {name_of(statement)}, wanted it named"
        yield failed(resource, "policy", message)
    if document is not MISSING and not opened and partly_unknown(document):
        yield undecided(resource, "policy")


def _encrypted(graph: Graph, context: Context) -> Iterator[Problem]:
    spared = {bucket.urn for bucket in (*load_balancer_logs(graph), *access_logs(graph))}
    for problem in _each(ENCRYPTION, is_encrypted_by_kms, "encryption by KMS")(graph, context):
        if problem.urn not in spared:
            yield problem


def _versioned(graph: Graph, _: Context) -> Iterator[Problem]:
    for bucket in graph.of_type(BUCKET):
        verdict = part_of(graph, bucket, VERSIONING, is_versioned)
        if verdict is None:
            yield undecided(bucket, VERSIONING)
        elif not verdict:
            grave = bucket.tag("purpose") in VERSIONED_PURPOSES
            say = failed if grave else advised
            yield say(bucket, "", "got no versions, wanted versioning")


def _kept(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.get("forceDestroy") is True:
        yield failed(resource, "forceDestroy", "got true, wanted false")


def _tended(graph: Graph, _: Context) -> Iterator[Problem]:
    receivers = {bucket.urn for bucket in log_buckets(graph)}
    for bucket in graph.of_type(BUCKET):
        if part_of(graph, bucket, LIFECYCLE, is_there) is False:
            yield failed(bucket, "", "got no lifecycle rules, wanted an end for old objects")
        if bucket.urn in receivers or bucket.tag("purpose") == "logs":
            continue
        if part_of(graph, bucket, ACCESS_LOGGING, is_there) is False:
            yield failed(bucket, "", "got no access logs, wanted them")


def _state_bucket(graph: Graph, context: Context) -> Iterator[Problem]:
    for bucket in graph.of_type(BUCKET):
        if bucket.tag("purpose") != STATE_PURPOSE:
            continue
        account = context.account_of(bucket)
        if account.kind != "management":
            yield failed(bucket, "", f"got the state in {account.name}, wanted management")
        if not bucket.protect:
            yield failed(bucket, "protect", "got an unprotected bucket, wanted protect")
        for token, holds, wanted in (
            (PUBLIC_ACCESS, blocks_public_access, "public access blocked"),
            (POLICY, is_tls_only, "TLS alone"),
            (ENCRYPTION, is_encrypted_by_kms, "encryption by KMS"),
            (VERSIONING, is_versioned, "versioning"),
        ):
            if part_of(graph, bucket, token, holds) is False:
                yield failed(bucket, "", f"got the state without {wanted}, wanted it")


RULES: tuple[Rule, ...] = (
    Rule(
        id="S3-01",
        title="Every bucket blocks public access",
        severity=Severity.CRITICAL,
        remedy="add a BucketPublicAccessBlock with all four switches on",
        types=(BUCKET, PUBLIC_ACCESS),
        stack=_each(PUBLIC_ACCESS, blocks_public_access, "all four switches on"),
        controls=("CIS AWS 3.0 2.1.4", "FSBP S3.8"),
    ),
    Rule(
        id="S3-02",
        title="The account blocks public access",
        severity=Severity.HIGH,
        remedy="keep the governance layer's AccountPublicAccessBlock with all four switches on",
        types=(ACCOUNT_PUBLIC_ACCESS,),
        stack=_closed_account,
        controls=("CIS AWS 3.0 2.1.4", "FSBP S3.1"),
    ),
    Rule(
        id="S3-03",
        title="No bucket is opened by a list",
        severity=Severity.HIGH,
        remedy="remove the ACL and set object ownership to BucketOwnerEnforced",
        types=(ACL, BUCKET, OWNERSHIP),
        resource=_no_lists,
        controls=("FSBP S3.2", "FSBP S3.3", "FSBP S3.12"),
    ),
    Rule(
        id="S3-04",
        title="No bucket policy admits everybody",
        severity=Severity.CRITICAL,
        remedy="name the principal, or add a condition such as aws:PrincipalOrgID",
        types=(BUCKET, POLICY),
        resource=_no_anonymous,
        controls=("FSBP S3.2", "FSBP S3.3"),
    ),
    Rule(
        id="S3-05",
        title="Buckets answer over TLS alone",
        severity=Severity.MEDIUM,
        remedy="deny what comes with aws:SecureTransport false",
        types=(BUCKET, POLICY),
        stack=_each(POLICY, is_tls_only, "a policy that denies aws:SecureTransport false"),
        controls=("CIS AWS 3.0 2.1.1", "FSBP S3.5"),
    ),
    Rule(
        id="S3-06",
        title="Buckets encrypt with KMS",
        severity=Severity.MEDIUM,
        production_only=True,
        remedy="add a BucketServerSideEncryptionConfiguration with the key of the risk domain",
        types=(BUCKET, ENCRYPTION),
        stack=_encrypted,
        controls=("FSBP S3.17",),
    ),
    Rule(
        id="S3-07",
        title="Buckets that hold what cannot be made again keep versions",
        severity=Severity.MEDIUM,
        remedy="add a BucketVersioning with status Enabled",
        types=(BUCKET, VERSIONING),
        stack=_versioned,
        controls=("FSBP S3.14",),
    ),
    Rule(
        id="S3-08",
        title="No bucket is deleted with what it holds",
        severity=Severity.HIGH,
        production_only=True,
        remedy="leave force_destroy at false",
        types=(BUCKET,),
        resource=_kept,
    ),
    Rule(
        id="S3-09",
        title="Old objects go and access is logged",
        severity=Severity.LOW,
        enforcement=Enforcement.ADVISORY,
        remedy="add a lifecycle configuration, and access logs unless it holds logs itself",
        types=(BUCKET, LIFECYCLE, ACCESS_LOGGING),
        stack=_tended,
        controls=("FSBP S3.9", "FSBP S3.13"),
    ),
    Rule(
        id="S3-10",
        title="The state lives in management, hardened",
        severity=Severity.CRITICAL,
        remedy="leave the state bucket to `platform bootstrap`",
        types=(BUCKET,),
        stack=_state_bucket,
    ),
)
