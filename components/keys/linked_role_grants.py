"""The grants that let an account's service-linked roles use a central key."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.keys.services import linked_role_arn

OPERATIONS = (
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
)
"""What EC2 Auto Scaling and Spot need of a key in another account (EC2 Auto Scaling guide)."""


@dataclass(frozen=True, kw_only=True)
class LinkedRoleGrantsArgs:
    """Inputs of :class:`LinkedRoleGrants`.

    Attributes:
        account_id: The account whose roles they are.
        keys: ARNs of the keys by domain, with the roles that use each: path and name below
            ``aws-service-role/``.
        make_roles: Whether the roles are made here; AWS refuses to make one that exists.
    """

    account_id: pulumi.Output[str]
    keys: Mapping[str, tuple[pulumi.Output[str], tuple[str, ...]]]
    make_roles: bool


class LinkedRoleGrants(Component):
    """One grant per central key and service-linked role of the account that uses it.

    A linked role has no KMS permission of its own and nobody can give it one, so a key of
    another account needs a grant. Removing one stops new nodes from starting; AWS refuses to
    delete a linked role in use. Costs nothing.
    """

    grant_ids: pulumi.Output[dict[str, str]]

    def __init__(
        self, name: str, args: LinkedRoleGrantsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        services = sorted({_service(role) for _, roles in args.keys.values() for role in roles})
        made = {
            service: aws.iam.ServiceLinkedRole(
                f"{name}-{service.partition('.')[0]}-role",
                aws_service_name=service,
                opts=self.child(),
            )
            for service in (services if args.make_roles else ())
        }
        grants = {
            f"{domain}-{_service(role).partition('.')[0]}": aws.kms.Grant(
                f"{name}-{domain}-{_service(role).partition('.')[0]}",
                key_id=key_arn,
                grantee_principal=_grantee(args.account_id, role),
                operations=list(OPERATIONS),
                opts=self.child(depends_on=[made[_service(role)]] if made else []),
            )
            for domain, (key_arn, roles) in args.keys.items()
            for role in roles
        }

        self.finish(
            grant_ids=pulumi.Output.all(**{key: grant.grant_id for key, grant in grants.items()})
        )


def _service(role: str) -> str:
    return role.partition("/")[0]


def _grantee(account_id: pulumi.Output[str], role: str) -> pulumi.Output[str]:
    return account_id.apply(lambda known: linked_role_arn(known, role))
