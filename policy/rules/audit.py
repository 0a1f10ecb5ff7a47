"""LOG: the organisation's audit trail."""

from collections.abc import Iterator

from policy.core.context import Context
from policy.core.documents import condition_keys, partly_unknown, statements
from policy.core.graph import Graph, Resource
from policy.core.results import Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items, read, strings, words
from policy.rules.bucket_parts import (
    ACCESS_LOGGING,
    BUCKET,
    ENCRYPTION,
    POLICY,
    PUBLIC_ACCESS,
    VERSIONING,
    blocks_public_access,
    is_encrypted_by_kms,
    is_there,
    is_versioned,
    part_of,
)

TRAIL = "aws:cloudtrail/trail:Trail"
KMS = "kms.amazonaws.com"

SWITCHES = (
    ("isMultiRegionTrail", False),
    ("isOrganizationTrail", False),
    ("enableLogging", True),
    ("includeGlobalServiceEvents", True),
    ("enableLogFileValidation", False),
)
"""What a trail must have on, and what AWS takes it for where it is not said."""

DESTINATIONS = ("kmsKeyId", "cloudWatchLogsGroupArn", "s3BucketName")


def _organization_trail(graph: Graph, context: Context) -> Iterator[Problem]:
    if context.account.kind != "management":
        return
    found = [tuple(_trail_problems(trail)) for trail in graph.of_type(TRAIL)]
    if not found:
        yield Problem(urn=graph.urn, path="", message="got no trail, wanted the organisation's")
    elif all(found):
        yield from found[0]


def _trail_problems(trail: Resource) -> Iterator[Problem]:
    for path, default in SWITCHES:
        value = trail.get(path)
        if value is UNKNOWN:
            yield undecided(trail, path)
        elif not (default if value is MISSING else value):
            yield failed(trail, path, "got false, wanted true")
    for path in DESTINATIONS:
        if trail.get(path) is MISSING:
            yield failed(trail, path, "got none, wanted one")


def _sees_keys(resource: Resource, _: Context) -> Iterator[Problem]:
    for selector in items(resource.get("eventSelectors")):
        if KMS in words(read(selector, "excludeManagementEventSources")):
            path = "eventSelectors.excludeManagementEventSources"
            yield failed(resource, path, "got the use of keys left out, wanted it recorded")
        if read(selector, "includeManagementEvents") is False:
            path = "eventSelectors.includeManagementEvents"
            yield failed(resource, path, "got false, wanted true")
        if str(read(selector, "readWriteType")).lower() == "readonly":
            path = "eventSelectors.readWriteType"
            yield failed(resource, path, "got reads alone, wanted changes too")
    for selector in items(resource.get("advancedEventSelectors")):
        for field in items(read(selector, "fieldSelectors")):
            excluded = strings(read(field, "notEquals"))
            if read(field, "field") == "eventSource" and KMS in excluded:
                path = "advancedEventSelectors.fieldSelectors.notEquals"
                yield failed(resource, path, "got the use of keys left out, wanted it recorded")


def _kept_safe(graph: Graph, _: Context) -> Iterator[Problem]:
    for trail in graph.of_type(TRAIL):
        buckets = graph.joined(trail, "s3BucketName", BUCKET)
        if buckets is None:
            yield undecided(trail, "s3BucketName")
        for bucket in buckets or ():
            yield from _bucket_problems(graph, bucket)


def _bucket_problems(graph: Graph, bucket: Resource) -> Iterator[Problem]:
    for token, holds, wanted in (
        (PUBLIC_ACCESS, blocks_public_access, "public access blocked"),
        (ENCRYPTION, is_encrypted_by_kms, "encryption with a key of ours"),
        (VERSIONING, is_versioned, "versions of every object"),
        (ACCESS_LOGGING, is_there, "access logs"),
        (POLICY, _names_the_trail, "a policy for this trail alone (aws:SourceArn)"),
    ):
        verdict = part_of(graph, bucket, token, holds)
        if verdict is None:
            yield undecided(bucket, token)
        elif not verdict:
            yield failed(bucket, "", f"got the bucket of the trail without {wanted}")


def _names_the_trail(policy: Resource) -> bool | None:
    document = policy.get("policy")
    if any("aws:sourcearn" in condition_keys(statement) for statement in statements(document)):
        return True
    return None if partly_unknown(document) else False


RULES: tuple[Rule, ...] = (
    Rule(
        id="LOG-01",
        title="One trail records the whole organisation in all Regions",
        severity=Severity.CRITICAL,
        remedy="make the trail with the governance layer of the management account",
        types=(TRAIL,),
        stack=_organization_trail,
        controls=("CIS AWS 3.0 3.1", "CIS AWS 3.0 3.2", "CIS AWS 3.0 3.5", "FSBP CloudTrail.1"),
    ),
    Rule(
        id="LOG-02",
        title="The trail records what is done with keys",
        severity=Severity.CRITICAL,
        remedy="remove the selector; the events are what tells who used a key (playbook KMS-03)",
        types=(TRAIL,),
        resource=_sees_keys,
    ),
    Rule(
        id="LOG-03",
        title="The bucket of the trail is closed, encrypted, versioned and watched",
        severity=Severity.HIGH,
        remedy="add the missing part of the bucket beside it",
        types=(TRAIL,),
        stack=_kept_safe,
        controls=("CIS AWS 3.0 3.4", "FSBP CloudTrail.6", "FSBP CloudTrail.7"),
    ),
)
