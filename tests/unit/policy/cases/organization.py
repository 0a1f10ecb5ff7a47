"""ORG: accounts, providers, tenancy."""

import json
from typing import Any

from policy.rules.tenancy import REQUIRED_TAGS
from tests.unit.policy.cases.graphs import PROTECTED, UNKNOWN, Record, broken, kept, res, undecided

ACCOUNT = "aws:organizations/account:Account"
ORG = "aws:organizations/organization:Organization"
POLICY = "aws:organizations/policy:Policy"
INSTANCE = "aws:ec2/instance:Instance"
KEY = "aws:kms/key:Key"
VPC = "aws:ec2/vpc:Vpc"
PROVIDER = "pulumi:providers:aws"

KEPT = {"protect": True, "retain_on_delete": True}
SERVICES = [f"{name}.amazonaws.com" for name in ("backup", "cloudtrail", "ram", "sso")]
WHOLE: dict[str, Any] = {
    "featureSet": "ALL",
    "enabledPolicyTypes": ["SERVICE_CONTROL_POLICY"],
    "awsServiceAccessPrincipals": SERVICES,
}
GUARD = {
    "Statement": {
        "Effect": "Deny",
        "Action": [
            "organizations:LeaveOrganization",
            "account:CloseAccount",
            "cloudtrail:StopLogging",
            "cloudtrail:DeleteTrail",
            "kms:ScheduleKeyDeletion",
            "kms:DisableKey",
            "iam:Create*",
        ],
        "Resource": "*",
    }
}
IN_MANAGEMENT = {"account": "management"}


def provider(name: str = "staging", account: Any = "444444444444") -> Record:  # noqa: ANN401 - known or not
    return res(
        PROVIDER,
        name,
        allowedAccountIds=json.dumps([account]),
        region="eu-central-1",
        defaultTags=json.dumps({"tags": dict.fromkeys(REQUIRED_TAGS, "x")}),
    )


STAGING = provider()

CASES = [
    broken("ORG-01", res(ACCOUNT, record={"retain_on_delete": True}), stack="management"),
    broken("ORG-01", res(ACCOUNT, closeOnDeletion=True, record=KEPT), stack="management"),
    broken("ORG-01", res(ACCOUNT, record={**KEPT, "retain_on_delete": False}), stack="management"),
    kept("ORG-01", res(ACCOUNT, closeOnDeletion=False, record=KEPT), stack="management"),
    broken("ORG-02", res(ORG, **{**WHOLE, "enabledPolicyTypes": []}), stack="management"),
    broken("ORG-02", res(ORG, **{**WHOLE, "featureSet": "CONSOLIDATED_BILLING"})),
    broken("ORG-02", res(ORG, **{**WHOLE, "awsServiceAccessPrincipals": SERVICES[1:]})),
    kept("ORG-02", res(ORG, **WHOLE), stack="management"),
    broken("ORG-03", res("aws:organizations/organizationalUnit:OrganizationalUnit")),
    kept("ORG-03", res(ACCOUNT), stack="management"),
    broken("ORG-04", res(INSTANCE), stack="management"),
    broken("ORG-04", res(INSTANCE, record=IN_MANAGEMENT), stack="staging"),
    kept("ORG-04", res(KEY), res("aws:iam/role:Role"), stack="management"),
    kept("ORG-04", res(KEY, record=IN_MANAGEMENT), res(INSTANCE), stack="staging"),
    broken("ORG-05", stack="management"),
    kept("ORG-05", res(POLICY, content=json.dumps(GUARD)), stack="management"),
    undecided("ORG-05", res(POLICY, content=UNKNOWN), stack="management"),
    broken("ORG-06", res(PROVIDER, "default_7_51_1")),
    broken("ORG-06", res(PROVIDER, "staging")),
    broken("ORG-06", provider("somewhere")),
    broken("ORG-06", provider("management", "999999999999"), stack="management"),
    kept("ORG-06", provider(), provider("shared", "333333333333")),
    kept("ORG-06", provider("management", "111122223333"), stack="management"),
    broken("ORG-07", res(VPC, region="us-west-2")),
    broken("ORG-07", res(VPC, region="us-east-1")),
    kept("ORG-07", STAGING, res(VPC, record={"provider": STAGING["urn"]})),
    kept("ORG-07", res("aws:wafv2/webAcl:WebAcl", region="us-east-1")),
    broken("ORG-08", res(POLICY)),
    broken("ORG-08", res("aws:msk/cluster:Cluster")),
    broken("ORG-08", res("aws:ec2/vpc:Vpc"), stack="management"),
    kept("ORG-08", res("aws:eks/cluster:Cluster")),
    kept("ORG-08", res("aws:mskconnect/connector:Connector", record={"account": "shared"})),
    broken("ORG-09", res(PROVIDER, "staging", allowedAccountIds="[1]")),
    kept("ORG-09", provider()),
    undecided("ORG-09", res(PROVIDER, "staging", defaultTags={"tags": UNKNOWN})),
    broken("ORG-10", res("aws:rds/cluster:Cluster"), stack="production"),
    broken("ORG-10", res("aws:s3/bucket:Bucket"), stack="production"),
    kept("ORG-10", res("aws:rds/cluster:Cluster", record=PROTECTED), stack="production"),
]
