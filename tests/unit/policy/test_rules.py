"""Each rule on the smallest graph that keeps it and the smallest that breaks it."""

import json
from collections.abc import Mapping
from datetime import date

import pytest

from policy.core.context import Context
from policy.core.evaluation import Report, evaluate
from policy.core.graph import Graph
from policy.core.results import Enforcement, Verdict
from policy.rules import RULES
from policy.rules.network import is_world
from policy.rules.organization import REQUIRED_TAGS

ORGANIZATION: Mapping[str, object] = {
    "domain": "example.com",
    "regions": {"home": "eu-central-1", "replica": "eu-west-1"},
    "accounts": {
        "management": {"kind": "management", "id": "111122223333"},
        "shared": {"kind": "shared"},
        "staging": {"kind": "workload", "environment": "staging"},
        "production": {"kind": "workload", "environment": "production"},
    },
}
TODAY = date(2026, 1, 31)
PROVIDER = "urn:pulumi:x::superinc::pulumi:providers:aws::staging"


def resource(token: str, name: str = "thing", /, **inputs: object) -> dict[str, object]:
    """One record of a synth document; keyword `record` overrides fields of the record itself."""
    record = inputs.pop("record", {})
    assert isinstance(record, dict)
    return {
        "urn": f"urn:pulumi:x::superinc::{token}::{name}",
        "type": token,
        "name": name,
        "inputs": inputs,
        "protect": False,
        "source": "components/example/thing.py:7",
        **record,
    }


def provider(name: str = "staging", account: object = "222233334444") -> dict[str, object]:
    tags = dict.fromkeys(REQUIRED_TAGS, "x")
    return resource(
        "pulumi:providers:aws",
        name,
        allowedAccountIds=json.dumps([account]),
        region="eu-central-1",
        defaultTags=json.dumps({"tags": tags}),
    )


def gate(stack: str, *resources: dict[str, object], ids: dict[str, str] | None = None) -> Report:
    graph = Graph.of_document({"stack": stack, "resources": list(resources)})
    return evaluate(graph, Context.of(ORGANIZATION, stack, ids), RULES, today=TODAY)


def failures(report: Report) -> set[str]:
    return {f.rule for f in report.findings if f.problem.verdict is Verdict.FAIL}


PROTECTED = {"protect": True}
KEPT = {"protect": True, "retain_on_delete": True}
SUBNET = "aws:ec2/subnet:Subnet"
TABLE = "aws:ec2/routeTable:RouteTable"
VPC = "aws:ec2/vpc:Vpc"


def urn(token: str, name: str = "thing") -> str:
    return f"urn:pulumi:x::superinc::{token}::{name}"


def key_policy(principal: object, **more: object) -> str:
    statement = {"Sid": "One", "Effect": "Allow", "Principal": principal, "Action": "kms:*", **more}
    return json.dumps({"Statement": [statement]})


def isolated(*routes: dict[str, object]) -> tuple[dict[str, object], ...]:
    joins = {"subnetId": [urn(SUBNET)], "routeTableId": [urn(TABLE)]}
    return (
        resource(SUBNET, tags={"tier": "database"}),
        resource(TABLE),
        resource(
            "aws:ec2/routeTableAssociation:RouteTableAssociation",
            subnetId={"unknown": True},
            routeTableId={"unknown": True},
            record={"property_dependencies": joins},
        ),
        *routes,
    )


def route(cidr: str) -> dict[str, object]:
    return resource(
        "aws:ec2/route:Route",
        routeTableId={"unknown": True},
        destinationCidrBlock=cidr,
        record={"property_dependencies": {"routeTableId": [urn(TABLE)]}},
    )


def vpc_with(token: str, **inputs: object) -> tuple[dict[str, object], ...]:
    joins = {"property_dependencies": {"vpcId": [urn(VPC)]}}
    return (resource(VPC), resource(token, vpcId={"unknown": True}, **inputs, record=joins))


ACCOUNT = "aws:organizations/account:Account"
ORG = "aws:organizations/organization:Organization"
KEY = "aws:kms/key:Key"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
SERVICES = [f"{name}.amazonaws.com" for name in ("backup", "cloudtrail", "ram", "sso")]

BROKEN = [
    ("ORG-01", "management", (resource(ACCOUNT, record={"retain_on_delete": True}),)),
    ("ORG-01", "management", (resource(ACCOUNT, closeOnDeletion=True, record=KEPT),)),
    ("ORG-01", "management", (resource(ACCOUNT, record={**KEPT, "retain_on_delete": False}),)),
    ("ORG-02", "management", (resource(ORG, enabledPolicyTypes=[]),)),
    ("ORG-02", "management", (resource(ORG, featureSet="CONSOLIDATED_BILLING"),)),
    (
        "ORG-03",
        "management",
        (resource("aws:organizations/organizationalUnit:OrganizationalUnit"),),
    ),
    ("ORG-04", "management", (resource("aws:ec2/instance:Instance"),)),
    ("ORG-05", "management", ()),
    ("ORG-06", "staging", (resource("pulumi:providers:aws", "default_7_51_1"),)),
    ("ORG-06", "staging", (resource("pulumi:providers:aws", "staging"),)),
    ("ORG-06", "staging", (provider("somewhere"),)),
    ("ORG-06", "management", (provider("management", "999999999999"),)),
    ("ORG-07", "staging", (resource(VPC, region="us-west-2"),)),
    ("ORG-07", "staging", (resource(VPC, region="us-east-1"),)),
    ("ORG-08", "staging", (resource("aws:organizations/policy:Policy"),)),
    ("ORG-09", "staging", (resource("pulumi:providers:aws", "staging", allowedAccountIds="[1]"),)),
    ("ORG-10", "production", (resource("aws:rds/cluster:Cluster"),)),
    ("KMS-01", "staging", (resource(KEY),)),
    ("KMS-02", "staging", (resource(KEY, deletionWindowInDays=7),)),
    ("KMS-03", "staging", (resource(KEY),)),
    ("KMS-03", "staging", (resource(KEY, isEnabled=False, record=PROTECTED),)),
    ("KMS-05", "staging", (resource(KEY, policy=key_policy("*")),)),
    ("KMS-05", "staging", (resource(KEY, policy=key_policy({"AWS": ["*"]})),)),
    ("KMS-07", "staging", (resource(KEY, bypassPolicyLockoutSafetyCheck=True),)),
    (
        "DNS-03",
        "shared",
        (resource("aws:route53/record:Record", type="CNAME", name="example.com."),),
    ),
    ("DNS-04", "production", (resource("aws:route53/zone:Zone", name="example.com"),)),
    ("NET-05", "staging", isolated(route("0.0.0.0/0"))),
    ("NET-05", "staging", isolated(route("0.0.0.0/1"))),
    ("NET-08", "staging", (resource(INGRESS, cidrIpv4="0.0.0.0/0"),)),
    ("NET-08", "staging", (resource(INGRESS, cidrIpv6="0::/0"),)),
    (
        "NET-08",
        "staging",
        (resource("aws:ec2/securityGroup:SecurityGroup", ingress=[{"cidrBlocks": ["1.2.3.4/0"]}]),),
    ),
    ("NET-14", "staging", (resource(VPC),)),
    (
        "NET-14",
        "staging",
        vpc_with("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", ingress=[{"protocol": -1}]),
    ),
    ("LOG-05", "staging", (resource("aws:cloudwatch/logGroup:LogGroup"),)),
    ("LOG-05", "staging", (resource("aws:cloudwatch/logGroup:LogGroup", retentionInDays=0),)),
    ("LOG-09", "staging", (resource(VPC),)),
    ("LOG-09", "staging", vpc_with("aws:ec2/flowLog:FlowLog", trafficType="ACCEPT")),
]

DENIED = [
    "organizations:LeaveOrganization",
    "account:CloseAccount",
    "cloudtrail:StopLogging",
    "cloudtrail:DeleteTrail",
    "kms:ScheduleKeyDeletion",
    "kms:DisableKey",
    "iam:Create*",
]
GUARD = json.dumps({"Statement": {"Effect": "Deny", "Action": DENIED, "Resource": "*"}})

KEPT_RULES = [
    ("ORG-01", "management", (resource(ACCOUNT, closeOnDeletion=False, record=KEPT),)),
    (
        "ORG-02",
        "management",
        (
            resource(
                ORG,
                featureSet="ALL",
                enabledPolicyTypes=["SERVICE_CONTROL_POLICY"],
                awsServiceAccessPrincipals=SERVICES,
            ),
        ),
    ),
    ("ORG-03", "management", (resource(ACCOUNT),)),
    ("ORG-04", "management", (resource(KEY), resource("aws:iam/role:Role"))),
    ("ORG-04", "staging", (resource("aws:ec2/instance:Instance"),)),
    ("ORG-05", "management", (resource("aws:organizations/policy:Policy", content=GUARD),)),
    ("ORG-06", "staging", (provider(), provider("shared"))),
    ("ORG-06", "management", (provider("management", "111122223333"),)),
    ("ORG-07", "staging", (provider(), resource(VPC, record={"provider": PROVIDER}))),
    ("ORG-07", "staging", (resource("aws:wafv2/webAcl:WebAcl", region="us-east-1"),)),
    ("ORG-08", "staging", (resource("aws:eks/cluster:Cluster"),)),
    ("ORG-09", "staging", (provider(),)),
    ("ORG-10", "production", (resource("aws:rds/cluster:Cluster", record=PROTECTED),)),
    ("KMS-01", "staging", (resource(KEY, enableKeyRotation=True),)),
    ("KMS-01", "staging", (resource(KEY, customerMasterKeySpec="ECC_NIST_P256"),)),
    ("KMS-02", "staging", (resource(KEY), resource(KEY, "b", deletionWindowInDays=30))),
    ("KMS-03", "staging", (resource(KEY, record=PROTECTED),)),
    ("KMS-05", "staging", (resource(KEY, policy=key_policy({"AWS": "arn:aws:iam::1:root"})),)),
    (
        "KMS-05",
        "staging",
        (
            resource(
                KEY,
                policy=key_policy("*", Condition={"StringEquals": {"kms:CallerAccount": "1"}}),
            ),
        ),
    ),
    ("KMS-07", "staging", (resource(KEY),)),
    ("DNS-03", "shared", (resource("aws:route53/record:Record", type="CNAME", name="a.b.com"),)),
    ("DNS-04", "production", (resource("aws:route53/zone:Zone", record=PROTECTED),)),
    ("NET-05", "staging", isolated(route("10.0.0.0/16"))),
    ("NET-08", "staging", (resource(INGRESS, cidrIpv4="10.0.0.0/8"),)),
    ("NET-14", "staging", vpc_with("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")),
    ("LOG-05", "staging", (resource("aws:cloudwatch/logGroup:LogGroup", retentionInDays=30),)),
    ("LOG-09", "staging", vpc_with("aws:ec2/flowLog:FlowLog", trafficType="ALL")),
]


@pytest.mark.parametrize(("rule", "stack", "resources"), BROKEN)
def test_a_broken_rule_is_found(
    rule: str, stack: str, resources: tuple[dict[str, object], ...]
) -> None:
    assert rule in failures(gate(stack, *resources))


@pytest.mark.parametrize(("rule", "stack", "resources"), KEPT_RULES)
def test_a_kept_rule_is_silent(
    rule: str, stack: str, resources: tuple[dict[str, object], ...]
) -> None:
    found = [f for f in gate(stack, *resources).findings if f.rule == rule]
    assert not found


def test_every_rule_has_a_case_that_keeps_it_and_one_that_breaks_it() -> None:
    ids = {rule.id for rule in RULES}
    assert {rule for rule, *_ in BROKEN} == ids
    assert {rule for rule, *_ in KEPT_RULES} == ids


def test_rule_ids_are_unique() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_a_rule_for_production_is_advisory_elsewhere() -> None:
    cluster = resource("aws:rds/cluster:Cluster")
    (found,) = [f for f in gate("staging", cluster).findings if f.rule == "ORG-10"]
    assert found.enforcement is Enforcement.ADVISORY
    assert not found.blocking


def test_an_unknown_value_is_neither_kept_nor_broken() -> None:
    unknown = resource(KEY, policy={"unknown": True}, enableKeyRotation={"unknown": True})
    verdicts = {
        f.rule: f.problem.verdict
        for f in gate("staging", unknown).findings
        if f.rule in {"KMS-01", "KMS-05"}
    }
    assert verdicts == {"KMS-01": Verdict.UNKNOWN, "KMS-05": Verdict.UNKNOWN}


def test_an_account_id_from_the_management_outputs_is_compared() -> None:
    found = gate("staging", provider("staging", "1" * 12), ids={"staging": "2" * 12})
    assert "ORG-06" in failures(found)


def test_a_finding_names_where_the_resource_was_written() -> None:
    found = gate("staging", resource(KEY)).findings
    assert {finding.source for finding in found} == {"components/example/thing.py:7"}


@pytest.mark.parametrize(
    ("cidr", "world"),
    [
        ("0.0.0.0/0", True),
        ("10.0.0.5/0", True),
        ("128.0.0.0/1", True),
        ("::/0", True),
        ("10.0.0.0/8", False),
        ("203.0.113.0/24", False),
        ("not a network", False),
        (None, False),
    ],
)
def test_the_world_has_many_names(cidr: object, world: bool) -> None:  # noqa: FBT001 - a table column
    assert is_world(cidr) is world
