"""One explicit AWS provider per account a stack touches (design D5)."""

from collections.abc import Callable

import pulumi
import pulumi_aws as aws

from components.config import Organization
from components.contracts import AccountKind
from components.naming import role_arn
from components.tags import required_tags


class AccountProviders:
    """The providers of a stack, made on first use and named after their accounts.

    A provider assumes the organisation's access role in its account and refuses any other
    account. The management account needs no role: a rollout's credentials are its own.

    Attributes:
        stack: The stack that is being built.
        organization: Where the accounts, the home Region and the access role are written.
        account_id: Gives the id of an account by name.
    """

    def __init__(
        self,
        stack: str,
        organization: Organization,
        account_id: Callable[[str], pulumi.Output[str]],
    ) -> None:
        self.stack = stack
        self.organization = organization
        self.account_id = account_id
        self._made: dict[str, aws.Provider] = {}

    def of(self, account: str) -> aws.Provider:
        """The provider of an account."""
        if account not in self._made:
            self._made[account] = self._make(account)
        return self._made[account]

    def _make(self, account: str) -> aws.Provider:
        account_id = self.account_id(account)
        tags = required_tags(self.organization, stack=self.stack, account=account)
        return aws.Provider(
            account,
            region=self.organization.regions.home,
            allowed_account_ids=[account_id],
            assume_roles=self._roles(account, account_id),
            default_tags=aws.ProviderDefaultTagsArgs(tags=tags),
        )

    def _roles(
        self, account: str, account_id: pulumi.Output[str]
    ) -> list[aws.ProviderAssumeRoleArgs] | None:
        if self.organization.accounts[account].kind is AccountKind.MANAGEMENT:
            return None
        role = self.organization.access_role
        # A dict would reach the provider in snake_case, which it silently ignores.
        return [
            aws.ProviderAssumeRoleArgs(
                role_arn=account_id.apply(lambda known: role_arn(known, role)),
                session_name=f"platform-{self.stack}",
            )
        ]
