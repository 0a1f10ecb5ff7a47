"""ORG: accounts, providers, tenancy."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from policy.core.context import Context
from policy.core.graph import Graph, Resource, strings
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items, mapping, read, statements, words

ACCOUNT = "aws:organizations/account:Account"
ORGANIZATION = "aws:organizations/organization:Organization"
UNIT = "aws:organizations/organizationalUnit:OrganizationalUnit"
POLICY = "aws:organizations/policy:Policy"
AWS_PROVIDER = "pulumi:providers:aws"

TRUSTED_SERVICES = frozenset(
    {"backup.amazonaws.com", "cloudtrail.amazonaws.com", "ram.amazonaws.com", "sso.amazonaws.com"}
)

MANAGEMENT_TYPES = (
    "aws:account/*",
    "aws:accessanalyzer/*",
    "aws:budgets/*",
    "aws:cloudtrail/*",
    "aws:cloudwatch/*",
    "aws:costexplorer/*",
    "aws:ebs/*",
    "aws:iam/*",
    "aws:kms/*",
    "aws:organizations/*",
    "aws:s3/*",
    "aws:sns/*",
    "aws:ssoadmin/*",
)
"""What the management account may hold (playbook ACC-02): governance, never a workload."""

DENIED_BY_SCP = frozenset(
    {
        "organizations:leaveorganization",
        "account:closeaccount",
        "cloudtrail:stoplogging",
        "cloudtrail:deletetrail",
        "kms:schedulekeydeletion",
        "kms:disablekey",
        "iam:createuser",
        "iam:createaccesskey",
    }
)

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
    "aws:eks/*": frozenset({"workload", "monitoring"}),
    "aws:identitystore/*": frozenset({"identity", "management"}),
    "aws:msk/*": frozenset({"shared"}),
    "aws:organizations/*": frozenset({"management"}),
    "aws:rds/*": frozenset({"workload", "monitoring"}),
    "aws:ssoadmin/*": frozenset({"identity", "management"}),
}
"""Which account kinds may hold which types (playbook ACC-02 to ACC-09; design.md D8)."""

REQUIRED_TAGS = frozenset({"account", "environment", "managed-by", "owner", "risk-domain", "stack"})

STATEFUL_TYPES = (
    ACCOUNT,
    ORGANIZATION,
    "aws:backup/vault:Vault",
    "aws:dynamodb/table:Table",
    "aws:eks/cluster:Cluster",
    "aws:kms/key:Key",
    "aws:msk/cluster:Cluster",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:route53/zone:Zone",
)


def _never_closed(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.get("closeOnDeletion") is True:
        yield failed(resource, "closeOnDeletion", "got true, wanted false")
    if not resource.protect:
        yield failed(resource, "protect", "got an unprotected account, wanted protect")
    if resource.retain_on_delete is False:
        yield failed(resource, "retainOnDelete", "got a deletable account, wanted retainOnDelete")


def _whole_organization(resource: Resource, _: Context) -> Iterator[Problem]:
    feature_set = resource.get("featureSet")
    if feature_set not in {MISSING, UNKNOWN, "ALL"}:
        yield failed(resource, "featureSet", f"got {feature_set}, wanted ALL")
    if "SERVICE_CONTROL_POLICY" not in strings(resource.get("enabledPolicyTypes")):
        yield failed(resource, "enabledPolicyTypes", "wanted SERVICE_CONTROL_POLICY among them")
    trusted = frozenset(strings(resource.get("awsServiceAccessPrincipals")))
    if missing := sorted(TRUSTED_SERVICES - trusted):
        path = "awsServiceAccessPrincipals"
        yield failed(resource, path, f"wanted {', '.join(missing)} among them")


def _flat(resource: Resource, _: Context) -> Iterator[Problem]:
    yield failed(resource, "", "got an organizational unit, wanted a flat organisation")


def _no_workloads(graph: Graph, context: Context) -> Iterator[Problem]:
    if context.account.kind != "management":
        return
    for resource in graph.resources:
        if not resource.type.startswith("aws:"):
            continue
        if not any(fnmatchcase(resource.type, pattern) for pattern in MANAGEMENT_TYPES):
            message = f"got {resource.type} in the management account, wanted it in another"
            yield failed(resource, "", message)


def _guard_scps(graph: Graph, context: Context) -> Iterator[Problem]:
    if context.account.kind != "management":
        return
    denied: set[str] = set()
    for policy in graph.of_type(POLICY):
        if policy.get("type") not in {MISSING, "SERVICE_CONTROL_POLICY"}:
            continue
        if policy.get("content") is UNKNOWN:
            yield undecided(policy, "content")
            return
        for statement in statements(policy.get("content")):
            if read(statement, "Effect") == "Deny":
                denied |= words(read(statement, "Action"))
    uncovered = sorted(
        action
        for action in DENIED_BY_SCP
        if not any(fnmatchcase(action, pattern) for pattern in denied)
    )
    if uncovered:
        message = f"wanted service control policies that deny {', '.join(uncovered)}"
        yield Problem(urn=graph.urn, path="content", message=message)


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
        if fnmatchcase(resource.type, pattern) and context.account.kind not in kinds:
            wanted = ", ".join(sorted(kinds))
            message = f"got it in {context.account.name} ({context.account.kind}), wanted {wanted}"
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
        id="ORG-01",
        title="An AWS account can never be closed by a rollout",
        severity=Severity.CRITICAL,
        remedy="set close_on_deletion=False, protect=True and retain_on_delete=True",
        types=(ACCOUNT,),
        resource=_never_closed,
    ),
    Rule(
        id="ORG-02",
        title="The organisation has all features, service control policies and trusted services",
        severity=Severity.HIGH,
        remedy="set feature_set=ALL and list the policy types and services",
        types=(ORGANIZATION,),
        resource=_whole_organization,
        controls=("CIS AWS 3.0 1.21",),
    ),
    Rule(
        id="ORG-03",
        title="The organisation is flat",
        severity=Severity.LOW,
        enforcement=Enforcement.ADVISORY,
        remedy="attach policies to accounts or to the root instead of to a unit",
        types=(UNIT,),
        resource=_flat,
    ),
    Rule(
        id="ORG-04",
        title="The management account holds no workloads",
        severity=Severity.HIGH,
        remedy="move the resource to the account whose job it is",
        stack=_no_workloads,
    ),
    Rule(
        id="ORG-05",
        title="Guard service control policies exist",
        severity=Severity.MEDIUM,
        enforcement=Enforcement.ADVISORY,
        remedy="add the actions to components/accounts/guardrails.py",
        stack=_guard_scps,
        controls=("CIS AWS 3.0 1.21",),
    ),
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
