"""`eks:index:ServiceRole`: an IAM role for a service with managed policies."""

import hashlib
import json
from collections.abc import Sequence

import pulumi

from sandbox.eks.child import Child

_HASH_LENGTH = 8


class ServiceRole(pulumi.ComponentResource):
    """A role that one AWS service may assume.

    Attributes:
        role: The role; it exists before its policies are attached.
        attachments: What to wait for before the role is of use.
    """

    def __init__(
        self,
        name: str,
        *,
        service: str,
        policies: Sequence[str],
        description: str | None = None,
        tags: pulumi.Input[dict[str, str]] | None = None,
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__("eks:index:ServiceRole", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        statement = {
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Effect": "Allow",
            "Principal": {"Service": [service]},
        }
        self.role = Child(
            "aws:iam/role:Role",
            f"{name}-role",
            {
                "assumeRolePolicy": json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
                "description": description,
                "tags": tags,
            },
            child,
            outputs=("arn", "name"),
        )
        self.attachments: list[pulumi.Resource] = [
            Child(
                "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
                f"{name}-{hashlib.sha1(arn.encode()).hexdigest()[:_HASH_LENGTH]}",  # noqa: S324 - the name pulumi-eks gives it
                {"policyArn": arn, "role": self.role.output("name")},
                child,
            )
            for arn in (f"arn:aws:iam::aws:policy/{policy}" for policy in policies)
        ]
        self.register_outputs({})
