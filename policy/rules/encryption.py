"""KMS: what is encrypted with which key."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN, spread
from policy.rules.keys import KEY, REPLICA

AWS_MANAGED = "alias/aws/"

DATA, LOGS, ALERTS, VOLUMES, SECRETS, BACKUPS = (
    "data",
    "logs",
    "alerts",
    "volumes",
    "secrets",
    "backups",
)


def _always(_: Resource) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Encrypted:
    """Where a type names its key.

    Attributes:
        path: The property; it may lead through lists.
        domain: What the type holds; None where it may hold anything.
        when: Whether a resource of the type needs the key at all.
    """

    path: tuple[str, ...]
    domain: str | None = None
    when: Callable[[Resource], bool] = _always


def _at(path: str, domain: str | None, when: Callable[[Resource], bool] = _always) -> Encrypted:
    return Encrypted(path=tuple(path.split(".")), domain=domain, when=when)


def _is(prop: str, value: object) -> Callable[[Resource], bool]:
    return lambda resource: resource.get(prop) == value


def _has(prop: str) -> Callable[[Resource], bool]:
    return lambda resource: resource.get(prop) is not MISSING


def _by_kms(resource: Resource) -> bool:
    path = ("rules", "applyServerSideEncryptionByDefault", "sseAlgorithm")
    return any(str(found).startswith("aws:kms") for found in spread(resource.props, *path))


TABLE: Mapping[str, tuple[Encrypted, ...]] = {
    "aws:backup/vault:Vault": (_at("kmsKeyArn", BACKUPS),),
    "aws:cloudtrail/trail:Trail": (_at("kmsKeyId", LOGS),),
    "aws:cloudwatch/logGroup:LogGroup": (_at("kmsKeyId", LOGS),),
    "aws:dms/replicationInstance:ReplicationInstance": (_at("kmsKeyArn", DATA),),
    "aws:dynamodb/table:Table": (_at("serverSideEncryption.kmsKeyArn", DATA),),
    "aws:ebs/defaultKmsKey:DefaultKmsKey": (_at("keyArn", VOLUMES),),
    "aws:ebs/volume:Volume": (_at("kmsKeyId", VOLUMES),),
    "aws:ec2/instance:Instance": (
        _at("rootBlockDevice.kmsKeyId", VOLUMES, _has("rootBlockDevice")),
        _at("ebsBlockDevices.kmsKeyId", VOLUMES, _has("ebsBlockDevices")),
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": (
        _at("blockDeviceMappings.ebs.kmsKeyId", VOLUMES, _has("blockDeviceMappings")),
    ),
    "aws:ecr/repository:Repository": (_at("encryptionConfigurations.kmsKey", None),),
    "aws:efs/fileSystem:FileSystem": (_at("kmsKeyId", DATA),),
    "aws:eks/cluster:Cluster": (_at("encryptionConfig.provider.keyArn", SECRETS),),
    "aws:elasticache/replicationGroup:ReplicationGroup": (_at("kmsKeyId", DATA),),
    "aws:kinesis/stream:Stream": (_at("kmsKeyId", None),),
    "aws:msk/cluster:Cluster": (_at("encryptionInfo.encryptionAtRestKmsKeyArn", DATA),),
    "aws:opensearch/domain:Domain": (_at("encryptAtRest.kmsKeyId", None),),
    "aws:rds/cluster:Cluster": (
        _at("kmsKeyId", DATA),
        _at("masterUserSecretKmsKeyId", None, _is("manageMasterUserPassword", True)),
        _at("performanceInsightsKmsKeyId", None, _is("performanceInsightsEnabled", True)),
    ),
    "aws:rds/instance:Instance": (
        # A replica in the Region of its source has its source's key.
        _at("kmsKeyId", DATA, _is("replicateSourceDb", MISSING)),
        _at("masterUserSecretKmsKeyId", None, _is("manageMasterUserPassword", True)),
        _at("performanceInsightsKmsKeyId", None, _is("performanceInsightsEnabled", True)),
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        # Buckets that AWS delivers load balancer logs to take no key (S3-06 holds the others).
        _at("rules.applyServerSideEncryptionByDefault.kmsMasterKeyId", None, _by_kms),
    ),
    "aws:secretsmanager/secret:Secret": (_at("kmsKeyId", SECRETS),),
    "aws:sns/topic:Topic": (_at("kmsMasterKeyId", ALERTS),),
    "aws:sqs/queue:Queue": (_at("kmsMasterKeyId", None),),
    "aws:ssm/parameter:Parameter": (_at("keyId", SECRETS, _is("type", "SecureString")),),
}
"""Every type the playbook's services encrypt, and where it names its key (playbook KMS-01)."""

MAY_LEAVE_THE_REGION = (
    "aws:backup/vault:Vault",
    "aws:dynamodb/table:Table",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
)
"""Stores that may have a copy in another Region one day; a key cannot become multi-Region."""


def _own_key(resource: Resource, _: Context) -> Iterator[Problem]:
    for place in TABLE[resource.type]:
        if not place.when(resource):
            continue
        path = ".".join(place.path)
        for key in spread(resource.props, *place.path):
            if key is MISSING:
                yield failed(resource, path, "got AWS's own key, wanted a key of ours")
            elif isinstance(key, str) and AWS_MANAGED in key:
                yield failed(resource, path, f"got {key}, wanted a key of ours")


def _uses(graph: Graph) -> Iterator[tuple[Resource, Encrypted, tuple[Resource, ...] | None]]:
    """Each encrypted resource of the stack with the keys it names; None where not known yet."""
    for resource in graph.of_type(*TABLE):
        for place in TABLE[resource.type]:
            yield resource, place, _keys(graph, resource, place)


def _keys(graph: Graph, resource: Resource, place: Encrypted) -> tuple[Resource, ...] | None:
    # Dependencies are known per property, which is the first step of the path.
    joined = graph.joined(resource, place.path[0], KEY, REPLICA)
    if joined or len(place.path) == 1:
        return joined
    values = tuple(spread(resource.props, *place.path))
    if UNKNOWN in values:
        return None
    return tuple(key for key in graph.of_type(KEY, REPLICA) if key.get("arn") in values)


def _ready_to_leave(graph: Graph, _: Context) -> Iterator[Problem]:
    for resource, place, keys in _uses(graph):
        if resource.type not in MAY_LEAVE_THE_REGION:
            continue
        if keys is None:
            yield undecided(resource, place.path[0])
        for key in keys or ():
            if key.type == KEY and key.get("multiRegion") is not True:
                message = f"got a single-Region key under {resource.name}, wanted multi-Region"
                yield failed(key, "multiRegion", message)


def _one_domain(graph: Graph, _: Context) -> Iterator[Problem]:
    held: defaultdict[str, set[str]] = defaultdict(set)
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for resource, place, keys in _uses(graph):
        for key in keys or ():
            owners[key.urn].add(str(resource.tag("risk-domain")))
            if place.domain is not None:
                held[key.urn].add(place.domain)
    for urn, domains in held.items():
        if len(domains) > 1:
            got = ", ".join(sorted(domains))
            message = f"got one key for {got}, wanted one each"
            yield failed(graph.by_urn[urn], "", message)
    for urn, tags in owners.items():
        known = tags - {str(MISSING), str(UNKNOWN)}
        if len(known) > 1:
            message = f"got one key for the risk domains {', '.join(sorted(known))}, wanted one"
            yield failed(graph.by_urn[urn], "tags", message)


RULES: tuple[Rule, ...] = (
    Rule(
        id="KMS-09",
        title="Keys of data that may leave the Region are multi-Region from the start",
        severity=Severity.MEDIUM,
        enforcement=Enforcement.ADVISORY,
        remedy="set multi_region: true for the domain before anything is encrypted with it",
        types=MAY_LEAVE_THE_REGION,
        stack=_ready_to_leave,
    ),
    Rule(
        id="KMS-10",
        title="One key per risk domain",
        severity=Severity.MEDIUM,
        enforcement=Enforcement.ADVISORY,
        remedy="add a domain to superinc:keys and use its key",
        types=tuple(TABLE),
        stack=_one_domain,
    ),
    Rule(
        id="KMS-11",
        title="Whatever can be encrypted with a key of ours is",
        severity=Severity.HIGH,
        production_only=True,
        remedy="give it the ARN of the key of its risk domain (KeysOutputs.arns)",
        types=tuple(TABLE),
        resource=_own_key,
        controls=("FSBP S3.17", "FSBP EFS.1", "FSBP RDS.3"),
    ),
)
