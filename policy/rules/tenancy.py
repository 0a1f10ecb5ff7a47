"""ORG: providers, Regions, placement, tags, protection."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from policy.core.context import Context
from policy.core.graph import Resource
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items, mapping
from policy.rules.organization import ACCOUNT, ORGANIZATION

AWS_PROVIDER = "pulumi:providers:aws"

GLOBAL_REGION = "us-east-1"
GLOBAL_TYPES = (
    "aws:acm/*",
    "aws:budgets/*",
    "aws:cloudfront/*",
    "aws:cloudwatch/*",
    "aws:costexplorer/*",
    "aws:kms/*",
    "aws:route53/*",
    "aws:sns/*",
    "aws:wafv2/*",
)
"""Types with a part that AWS only has in us-east-1: CloudFront, DNSSEC keys, billing, sign-in."""

PLACEMENT = {
    "aws:cloudfront/*": frozenset({"shared", "workload"}),
    "aws:cloudtrail/*": frozenset({"management"}),
    "aws:ec2/vpc:Vpc": frozenset({"monitoring", "shared", "workload"}),
    "aws:ecr/repository:Repository": frozenset({"shared"}),
    "aws:eks/*": frozenset({"monitoring", "workload"}),
    "aws:elasticache/*": frozenset({"monitoring", "workload"}),
    "aws:identitystore/*": frozenset({"identity", "management"}),
    "aws:lb/*": frozenset({"monitoring", "shared", "workload"}),
    "aws:msk/*": frozenset({"shared"}),
    "aws:mskconnect/*": frozenset({"shared"}),
    "aws:oam/sink:Sink": frozenset({"monitoring"}),
    "aws:organizations/*": frozenset({"management"}),
    "aws:rds/*": frozenset({"monitoring", "workload"}),
    "aws:route53/zone:Zone": frozenset({"monitoring", "shared", "workload"}),
    "aws:ssoadmin/*": frozenset({"identity", "management"}),
}
"""Which account kinds may hold which types (playbook ACC-02 to ACC-09)."""

REQUIRED_TAGS = frozenset({"account", "environment", "managed-by", "owner", "risk-domain", "stack"})

STATEFUL_TYPES = (
    ACCOUNT,
    ORGANIZATION,
    "aws:backup/vault:Vault",
    "aws:dynamodb/table:Table",
    "aws:eks/cluster:Cluster",
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:msk/cluster:Cluster",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:route53/zone:Zone",
    "aws:s3/bucket:Bucket",
)


def _pinned_provider(resource: Resource, context: Context) -> Iterator[Problem]:
    if resource.name.startswith("default"):
        yield failed(resource, "", "got a default provider, wanted an explicit one per account")
        return
    allowed = resource.get("allowedAccountIds")
    if allowed is UNKNOWN:
        return  # Present, and filled in from the management account's outputs.
    ids = items(allowed)
    if len(ids) != 1:
        yield failed(resource, "allowedAccountIds", f"got {len(ids)} ids, wanted exactly one")
        return
    account = context.accounts.get(resource.name)
    if account is None:
        known = ", ".join(context.accounts)
        yield failed(resource, "", f"got provider {resource.name}, wanted one named {known}")
    elif account.id is not None and ids[0] not in {UNKNOWN, account.id}:
        path = "allowedAccountIds"
        yield failed(resource, path, f"got {ids[0]}, wanted {account.id} of {account.name}")


def _allowed_region(resource: Resource, context: Context) -> Iterator[Problem]:
    region = resource.region
    if region is MISSING or not isinstance(region, str):
        return
    if region in context.regions:
        return
    if region == GLOBAL_REGION and any(fnmatchcase(resource.type, glob) for glob in GLOBAL_TYPES):
        return
    wanted = ", ".join(sorted(context.regions))
    yield failed(resource, "region", f"got {region}, wanted one of {wanted}")


def _placed(resource: Resource, context: Context) -> Iterator[Problem]:
    for pattern, kinds in PLACEMENT.items():
        account = context.account_of(resource)
        if fnmatchcase(resource.type, pattern) and account.kind not in kinds:
            wanted = ", ".join(sorted(kinds))
            message = f"got it in {account.name} ({account.kind}), wanted {wanted}"
            yield failed(resource, "", message)


def _tagged(resource: Resource, _: Context) -> Iterator[Problem]:
    tags = resource.get("defaultTags", "tags")
    if tags is UNKNOWN:
        yield undecided(resource, "defaultTags.tags")
        return
    present = frozenset(mapping(tags))
    if missing := sorted(REQUIRED_TAGS - present):
        yield failed(resource, "defaultTags.tags", f"wanted {', '.join(missing)} among them")


def _protected(resource: Resource, _: Context) -> Iterator[Problem]:
    if not resource.protect:
        yield failed(resource, "protect", "got an unprotected stateful resource, wanted protect")


RULES: tuple[Rule, ...] = (
    Rule(
        id="ORG-06",
        title="Every AWS provider is pinned to its account",
        severity=Severity.CRITICAL,
        remedy="take the provider from the layer context; it sets allowed_account_ids",
        types=(AWS_PROVIDER,),
        resource=_pinned_provider,
    ),
    Rule(
        id="ORG-07",
        title="Resources live in the organisation's Regions",
        severity=Severity.HIGH,
        remedy="use a Region of organization.regions, or us-east-1 for CloudFront's parts",
        types=("aws:*",),
        resource=_allowed_region,
    ),
    Rule(
        id="ORG-08",
        title="Resources live in the accounts they belong to",
        severity=Severity.MEDIUM,
        remedy="move the resource to an account of the kind that owns it",
        types=tuple(PLACEMENT),
        resource=_placed,
    ),
    Rule(
        id="ORG-09",
        title="Every provider sets the required tags",
        severity=Severity.MEDIUM,
        enforcement=Enforcement.ADVISORY,
        remedy="take the provider from the layer context; it sets default tags",
        types=(AWS_PROVIDER,),
        resource=_tagged,
    ),
    Rule(
        id="ORG-10",
        title="Stateful resources are protected",
        severity=Severity.HIGH,
        production_only=True,
        remedy="create it with protect=True",
        types=STATEFUL_TYPES,
        resource=_protected,
    ),
)
