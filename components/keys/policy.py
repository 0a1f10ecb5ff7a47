"""Key policies as pure data: owner, administrators, users and services, each on their own.

Three facts of AWS shape them (KMS developer guide, "Key policies in AWS KMS"). The root
statement hands the holder's principals to IAM; without it nobody may change the policy again.
It does not cover service principals. And a statement for ``*`` with ``kms:CallerAccount`` reaches
roles that do not exist yet, where naming one would be refused as an invalid principal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.keys.contract import Consumer
from components.keys.services import (
    GRANTED_ROLES,
    SERVICE_LINKED_ROLES,
    SERVICE_PRINCIPALS,
    VIA_SERVICE,
    linked_role_arn,
)
from components.naming import root_arn
from components.statements import Statement, allow, deny, document

ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:Delete*",
    "kms:Describe*",
    "kms:Disable*",
    "kms:Enable*",
    "kms:Get*",
    "kms:List*",
    "kms:Put*",
    "kms:ReplicateKey",
    "kms:Revoke*",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:Update*",
)
"""What the KMS developer guide gives key administrators, without ``kms:CreateGrant``: who may
grant may let any role decrypt (playbook KMS-04). No cryptographic operation."""

USE = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
)
"""What the KMS developer guide gives key users."""

_FOR_AWS_RESOURCES = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
_ANYONE = {"AWS": "*"}


@dataclass(frozen=True, kw_only=True)
class KeyPolicy:
    """What decides a key policy, all known.

    Attributes:
        holder_id: The account that holds the key.
        account_id: The account that uses it; the holder, unless the key is central.
        region: The Region of the key; a replica has its own policy.
        administrators: ARNs of the roles that administer it.
        consumers: The services that use it, in the account that uses it.
        users: Names of the roles of the account that use it; ``*`` and paths allowed.
        accounts: Ids of other accounts whose principals may use it.
    """

    holder_id: str
    account_id: str
    region: str
    administrators: Sequence[str]
    consumers: Sequence[Consumer] = ()
    users: Sequence[str] = ()
    accounts: Sequence[str] = ()

    def document(self) -> str:
        """The policy document, the same for the same facts."""
        return document(
            [
                allow("Owner", ["kms:*"], ["*"], principal={"AWS": root_arn(self.holder_id)}),
                *self._administrators(),
                *self._account(),
                *self._users(),
                *self._other_accounts(),
                *self._linked_roles(),
                *self._via_services(),
                *self._services(),
            ]
        )

    def _administrators(self) -> list[Statement]:
        administrators = sorted(set(self.administrators))
        directly = {
            "ArnEquals": {"aws:PrincipalArn": administrators},
            "Null": {"kms:ViaService": "true"},
        }
        return [
            allow("Administrators", ADMINISTRATION, ["*"], principal={"AWS": administrators}),
            # IAM may give an administrator everything; this takes the data away again, except
            # where a service uses the key on the way to a resource they may manage.
            deny(
                "AdministratorsDoNotDecrypt",
                ["kms:Decrypt", "kms:ReEncryptFrom"],
                principal=_ANYONE,
                condition=directly,
            ),
            deny(
                "AdministratorsDoNotGrant",
                ["kms:CreateGrant"],
                principal=_ANYONE,
                condition={**directly, "BoolIfExists": {"kms:GrantIsForAWSResource": "false"}},
            ),
        ]

    def _account(self) -> list[Statement]:
        """On a central key: use for whom the account's IAM allows, and its linked roles' grants."""
        if self.account_id == self.holder_id:
            return []
        principal = {"AWS": root_arn(self.account_id)}
        statements = [
            allow("Account", USE, ["*"], principal=principal),
            allow(
                "AccountGrants",
                ["kms:CreateGrant"],
                ["*"],
                principal=principal,
                condition=_FOR_AWS_RESOURCES,
            ),
        ]
        roles = self._role_arns(GRANTED_ROLES)
        if roles:
            statements += [
                allow(
                    "GrantsToLinkedRoles",
                    ["kms:CreateGrant"],
                    ["*"],
                    principal=principal,
                    condition={"StringEquals": {"kms:GranteePrincipal": roles}},
                ),
                allow("Grants", ["kms:ListGrants", "kms:RevokeGrant"], ["*"], principal=principal),
            ]
        return statements

    def _users(self) -> list[Statement]:
        if not self.users:
            return []
        roles = [f"arn:aws:iam::{self.account_id}:role/{user}" for user in sorted(self.users)]
        return self._use("Users", {"ArnLike": {"aws:PrincipalArn": roles}})

    def _linked_roles(self) -> list[Statement]:
        roles = self._role_arns(SERVICE_LINKED_ROLES)
        return self._use("LinkedRoles", {"ArnEquals": {"aws:PrincipalArn": roles}}) if roles else []

    def _role_arns(self, table: Mapping[Consumer, str]) -> list[str]:
        return [
            linked_role_arn(self.account_id, table[consumer])
            for consumer in self._consumers_in(table)
        ]

    def _via_services(self) -> list[Statement]:
        names = [
            f"{VIA_SERVICE[consumer]}.{self.region}.amazonaws.com"
            for consumer in self._consumers_in(VIA_SERVICE)
        ]
        if not names:
            return []
        return self._use("ThroughServices", {"StringEquals": {"kms:ViaService": names}})

    def _use(
        self, sid: str, condition: Mapping[str, Mapping[str, Sequence[str]]]
    ) -> list[Statement]:
        own: dict[str, Any] = {"kms:CallerAccount": self.account_id}
        equals: dict[str, Any] = {**own, **condition.get("StringEquals", {})}
        conditions: dict[str, Any] = {**condition, "StringEquals": equals}
        grants = {**conditions, **_FOR_AWS_RESOURCES}
        return [
            allow(sid, USE, ["*"], principal=_ANYONE, condition=conditions),
            allow(f"{sid}Grants", ["kms:CreateGrant"], ["*"], principal=_ANYONE, condition=grants),
        ]

    def _other_accounts(self) -> list[Statement]:
        if not self.accounts:
            return []
        principal = {"AWS": [root_arn(account) for account in sorted(self.accounts)]}
        return [
            allow("OtherAccounts", USE, ["*"], principal=principal),
            allow(
                "OtherAccountsGrants",
                ["kms:CreateGrant"],
                ["*"],
                principal=principal,
                condition=_FOR_AWS_RESOURCES,
            ),
        ]

    def _services(self) -> list[Statement]:
        return [
            statement
            for consumer in self._consumers_in(SERVICE_PRINCIPALS)
            for statement in SERVICE_PRINCIPALS[consumer](self.account_id, self.region)
        ]

    def _consumers_in(self, table: Mapping[Consumer, object]) -> list[Consumer]:
        return sorted(consumer for consumer in set(self.consumers) if consumer in table)
