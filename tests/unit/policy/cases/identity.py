"""IAM: users, permissions, trust."""

import json

from tests.unit.policy.cases.graphs import UNKNOWN, Record, broken, kept, ref, res, undecided

USER = "aws:iam/user:User"
LOGIN = "aws:iam/userLoginProfile:UserLoginProfile"
ATTACHMENT = "aws:iam/policyAttachment:PolicyAttachment"
ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ROLE_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
USER_ATTACHMENT = "aws:iam/userPolicyAttachment:UserPolicyAttachment"
SET = "aws:ssoadmin/permissionSet:PermissionSet"
SET_ATTACHMENT = "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment"
SET_INLINE = "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy"
PASSWORDS = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
ANY = {"Action": "*", "Resource": "*"}
TRUST = "arn:aws:iam::333333333333"
KUBERNETES = "oidc.eks.eu-central-1.amazonaws.com/id/1"


def allow(**more: object) -> str:
    return json.dumps({"Statement": [{"Sid": "One", "Effect": "Allow", **more}]})


def trusting(principal: object, action: str = "sts:AssumeRole", **more: object) -> Record:
    return res(ROLE, assumeRolePolicy=allow(Principal=principal, Action=action, **more))


def federated(**conditions: object) -> Record:
    keys = {f"{KUBERNETES}:{claim}": value for claim, value in conditions.items()}
    return trusting(
        {"Federated": "arn:aws:iam::444444444444:oidc-provider/x"},
        "sts:AssumeRoleWithWebIdentity",
        Condition={"StringEquals": keys},
    )


def pods(**more: object) -> Record:
    return trusting({"Service": "pods.eks.amazonaws.com"}, "sts:AssumeRole", **more)


OUR_CLUSTER = {"ArnEquals": {"aws:SourceArn": "arn:aws:eks:eu-central-1:444444444444:cluster/x"}}
ORGANISATION = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
NOT_THE_ORGANISATION = {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}
BREAK_GLASS = res(ROLE, "glass", name="superinc-break-glass")
DEVELOPER = res(ROLE, "developer", name="superinc-developer")
ADMINISTRATORS = res(SET, "administrator", name="administrator")
GOOD_PASSWORDS = res(PASSWORDS, minimumPasswordLength=14, passwordReusePrevention=24)

CASES = [
    broken("IAM-01", res(USER)),
    broken("IAM-01", res(USER), stack="management"),
    broken("IAM-01", res(USER, record={"account": "shared"}), stack="identity"),
    kept("IAM-01", res(USER), stack="identity"),
    broken("IAM-02", res("aws:iam/accessKey:AccessKey"), stack="identity"),
    broken("IAM-02", res(LOGIN, pgpKey="keybase:x")),
    broken("IAM-02", res(LOGIN), stack="identity"),
    kept("IAM-02", res(LOGIN, pgpKey="keybase:x"), stack="identity"),
    broken("IAM-03", res("aws:iam/userPolicy:UserPolicy"), stack="identity"),
    broken("IAM-03", res(ATTACHMENT, users=["ada"]), stack="identity"),
    kept("IAM-03", res(ATTACHMENT, users=[], groups=["people"]), stack="identity"),
    broken("IAM-04", res(POLICY, policy=allow(**ANY))),
    broken("IAM-04", res(POLICY, policy=json.loads(allow(**ANY)))),
    broken("IAM-04", res(SET_INLINE, inlinePolicy=allow(**ANY)), stack="identity"),
    broken("IAM-04", res(ROLE, inlinePolicies=[{"name": "all", "policy": allow(**ANY)}])),
    broken("IAM-04", res(ROLE_POLICY, policy=allow(NotAction="iam:*", Resource="*"))),
    kept("IAM-04", res(POLICY, policy=allow(Action="s3:*", Resource="*"))),
    kept("IAM-04", res(POLICY, policy=allow(**ANY, Condition=ORGANISATION))),
    kept("IAM-04", res(ROLE, name="plain")),
    undecided("IAM-04", res(POLICY, policy=UNKNOWN)),
    broken("IAM-05", DEVELOPER, res(ROLE_ATTACHMENT, role=ref(DEVELOPER), policyArn=ADMINISTRATOR)),
    broken("IAM-05", res(ROLE, name="ops", managedPolicyArns=[ADMINISTRATOR])),
    broken("IAM-05", res(USER_ATTACHMENT, user="ada", policyArn=ADMINISTRATOR), stack="identity"),
    kept(
        "IAM-05", BREAK_GLASS, res(ROLE_ATTACHMENT, role=ref(BREAK_GLASS), policyArn=ADMINISTRATOR)
    ),
    kept("IAM-05", res(ROLE, name="OrganizationAdmin", managedPolicyArns=[ADMINISTRATOR])),
    kept(
        "IAM-05",
        ADMINISTRATORS,
        res(SET_ATTACHMENT, permissionSetArn=ref(ADMINISTRATORS), managedPolicyArn=ADMINISTRATOR),
        stack="identity",
    ),
    undecided("IAM-05", res(ROLE_ATTACHMENT, role="ops", policyArn=UNKNOWN)),
    broken("IAM-06", trusting("*")),
    broken("IAM-06", trusting({"AWS": ["*"]})),
    broken("IAM-06", trusting("*", Condition=NOT_THE_ORGANISATION)),
    kept("IAM-06", trusting({"AWS": "*"}, Condition=ORGANISATION)),
    kept("IAM-06", trusting({"Service": "ec2.amazonaws.com"})),
    undecided("IAM-06", res(ROLE, assumeRolePolicy=UNKNOWN)),
    broken("IAM-07", trusting({"AWS": "arn:aws:iam::999999999999:role/x"})),
    broken("IAM-07", trusting({"AWS": "999999999999"})),
    broken("IAM-07", trusting({"AWS": f"{TRUST}:root"})),
    kept("IAM-07", trusting({"AWS": f"{TRUST}:root"}, Condition=ORGANISATION)),
    kept("IAM-07", trusting({"AWS": f"{TRUST}:role/reader"})),
    kept("IAM-07", trusting({"AWS": "arn:aws:iam::444444444444:root"})),
    undecided("IAM-07", res(ROLE, assumeRolePolicy=UNKNOWN)),
    broken("IAM-08", federated(sub="system:serviceaccount:app:api")),
    broken("IAM-08", federated(aud="sts.amazonaws.com")),
    broken("IAM-08", federated(aud="sts.amazonaws.com", sub="*")),
    kept("IAM-08", federated(aud="sts.amazonaws.com", sub="system:serviceaccount:app:api")),
    broken("IAM-08", pods()),
    broken("IAM-08", pods(Condition={"StringEquals": {"aws:PrincipalTag/team": "hello"}})),
    kept("IAM-08", pods(Condition=OUR_CLUSTER)),
    undecided("IAM-08", res(ROLE, assumeRolePolicy=UNKNOWN)),
    broken("IAM-09", res(POLICY, policy=allow(Action="iam:PassRole", Resource="*"))),
    broken("IAM-09", res(POLICY, policy=allow(Action=["sts:Assume*"], Resource=["*"]))),
    kept("IAM-09", res(POLICY, policy=allow(Action="iam:PassRole", Resource=f"{TRUST}:role/a"))),
    kept(
        "IAM-09",
        res(
            POLICY,
            policy=allow(
                Action="iam:PassRole",
                Resource="*",
                Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
            ),
        ),
    ),
    undecided("IAM-09", res(POLICY, policy=UNKNOWN)),
    broken("IAM-10", res(POLICY, policy=allow(Action="kms:*", Resource="*"))),
    broken(
        "IAM-10",
        res(POLICY, policy=allow(Action="kms:Decrypt", Resource="arn:aws:kms:*:4:key/*")),
    ),
    kept(
        "IAM-10",
        res(POLICY, policy=allow(Action="kms:Decrypt", Resource="arn:aws:kms:eu:4:key/1-2")),
    ),
    kept("IAM-10", res(POLICY, policy=allow(Action=["kms:Create*", "kms:List*"], Resource="*"))),
    undecided("IAM-10", res(POLICY, policy=UNKNOWN)),
    broken("IAM-11", res(USER), stack="identity"),
    broken("IAM-11", res(PASSWORDS, minimumPasswordLength=14), stack="identity"),
    broken("IAM-11", res(PASSWORDS, minimumPasswordLength=8, passwordReusePrevention=24)),
    kept("IAM-11", res(USER), GOOD_PASSWORDS, stack="identity"),
    undecided("IAM-11", res(PASSWORDS, minimumPasswordLength=UNKNOWN, passwordReusePrevention=24)),
    broken("IAM-12", res(SET, sessionDuration="PT12H"), stack="identity"),
    broken("IAM-12", res(SET, sessionDuration="PT8H1M"), stack="identity"),
    broken("IAM-12", res(SET, sessionDuration="a while"), stack="identity"),
    kept("IAM-12", res(SET, sessionDuration="PT8H"), res(SET, "default"), stack="identity"),
    undecided("IAM-12", res(SET, sessionDuration=UNKNOWN), stack="identity"),
]
