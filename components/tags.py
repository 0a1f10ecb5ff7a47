"""The tags every taggable resource carries; set once, as default tags of the provider."""

from components.config import Account, Organization

REQUIRED_TAGS = frozenset({"account", "environment", "managed-by", "owner", "risk-domain", "stack"})
"""Keys no resource may miss."""


def environment_of(account: Account) -> str:
    """The environment tag: that of a workload, otherwise what the account is for."""
    return account.environment or account.kind.value


def required_tags(organization: Organization, *, stack: str, account: str) -> dict[str, str]:
    """The tags of what a stack makes in an account.

    The environment and the risk domain are those of the stack: a link that staging writes into
    the shared account (design D4) is staging's cost and staging's risk.

    Args:
        organization: Who owns it all.
        stack: The stack that manages the resource.
        account: The account the resource lives in.
    """
    environment = environment_of(organization.accounts[stack])
    return {
        "account": account,
        "environment": environment,
        "managed-by": "pulumi",
        "owner": organization.owner,
        "risk-domain": environment,
        "stack": stack,
    }
