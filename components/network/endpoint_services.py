"""Which AWS services get an interface endpoint, and what its policy lets through. Pure."""

from enum import StrEnum

from components.statements import Statement, allow, document


class InterfaceService(StrEnum):
    """A service reached through an interface endpoint, as its service name ends."""

    AUTOSCALING = "autoscaling"
    EC2 = "ec2"
    EC2_MESSAGES = "ec2messages"
    ECR_API = "ecr.api"
    ECR_DOCKER = "ecr.dkr"
    EKS = "eks"
    EKS_AUTH = "eks-auth"
    ELASTIC_LOAD_BALANCING = "elasticloadbalancing"
    EVENTS = "events"
    KMS = "kms"
    LOGS = "logs"
    MONITORING = "monitoring"
    SECRETS_MANAGER = "secretsmanager"
    SNS = "sns"
    SQS = "sqs"
    SSM = "ssm"
    SSM_MESSAGES = "ssmmessages"
    STS = "sts"
    XRAY = "xray"


ESSENTIAL = (
    InterfaceService.ECR_API,
    InterfaceService.ECR_DOCKER,
    InterfaceService.LOGS,
    InterfaceService.SECRETS_MANAGER,
    InterfaceService.STS,
)
"""What every workload calls all the time: images, credentials, secrets, logs. Each endpoint bills
by the hour in every zone, so beside a NAT no more of them pay off."""

FULL = (
    *ESSENTIAL,
    InterfaceService.AUTOSCALING,
    InterfaceService.EC2,
    InterfaceService.EKS,
    InterfaceService.EKS_AUTH,
    InterfaceService.ELASTIC_LOAD_BALANCING,
    InterfaceService.KMS,
    InterfaceService.MONITORING,
    InterfaceService.SNS,
    InterfaceService.SQS,
    InterfaceService.SSM,
    InterfaceService.SSM_MESSAGES,
    InterfaceService.XRAY,
)
"""What a cluster and its operators call where there is no NAT (EKS User Guide, "Deploy private
clusters with limited internet access"). Without ``ec2messages``: SSM Agent from 3.3.40 on uses
``ssmmessages`` alone (Systems Manager User Guide, "ec2messages and other API operations")."""

SESSIONS = frozenset({InterfaceService.SSM, InterfaceService.SSM_MESSAGES})
"""What Session Manager needs to reach a machine (Systems Manager User Guide, "VPC endpoints")."""


# "Principal" can be nothing but "*" in an endpoint's policy (VPC User Guide, "Control access using
# endpoint policies"): conditions say who.


def own_statement(organization_id: str) -> Statement:
    """Everything, for principals of the organisation; their own policies decide what of it."""
    return allow(
        "OwnPrincipals",
        ["*"],
        ["*"],
        principal="*",
        condition={"StringEquals": {"aws:PrincipalOrgID": organization_id}},
    )


def federation_statement(organization_id: str) -> Statement:
    """Who asks for a role with a token has no principal yet: the role must be ours instead.

    Without it neither roles for service accounts nor SAML work through the endpoint.
    """
    return allow(
        "FederatedIntoOwnRoles",
        ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"],
        ["*"],
        principal="*",
        condition={"StringEquals": {"aws:ResourceOrgID": organization_id}},
    )


def interface_policy(service: InterfaceService, organization_id: str) -> str:
    """The policy document of a service's interface endpoint."""
    statements = [own_statement(organization_id)]
    if service is InterfaceService.STS:
        statements.append(federation_statement(organization_id))
    return document(statements)
