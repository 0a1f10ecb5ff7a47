"""ORG: accounts, providers, tenancy."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from policy.core.context import Context
from policy.core.documents import statements
from policy.core.graph import Graph, Resource
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN, read, strings, words

ACCOUNT = "aws:organizations/account:Account"
ORGANIZATION = "aws:organizations/organization:Organization"
UNIT = "aws:organizations/organizationalUnit:OrganizationalUnit"
POLICY = "aws:organizations/policy:Policy"

TRUSTED_SERVICES = frozenset(
    {"backup.amazonaws.com", "cloudtrail.amazonaws.com", "ram.amazonaws.com", "sso.amazonaws.com"}
)

MANAGEMENT_TYPES = (
    "aws:accessanalyzer/*",
    "aws:account/*",
    "aws:budgets/*",
    "aws:cloudtrail/*",
    "aws:cloudwatch/*",
    "aws:costexplorer/*",
    "aws:ebs/*",
    "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess",
    "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
    "aws:ec2/serialConsoleAccess:SerialConsoleAccess",
    "aws:iam/*",
    "aws:identitystore/*",
    "aws:kms/*",
    "aws:organizations/*",
    "aws:ram/*",
    "aws:s3/*",
    "aws:sns/*",
    "aws:sqs/*",
    "aws:ssoadmin/*",
)
"""What the management account may hold (playbook ACC-02): governance, never a workload. Of EC2 the
switches of a whole account alone; keys of other accounts are there in central mode (KMS-02)."""

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
    for resource in graph.resources:
        if not resource.type.startswith("aws:"):
            continue
        if context.account_of(resource).kind != "management":
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
        types=(POLICY,),
        stack=_guard_scps,
        controls=("CIS AWS 3.0 1.21",),
    ),
)
