"""Physical names: what other systems must know by name, and AWS's limits on it."""

from hashlib import sha256

IAM_ROLE_LIMIT = 64
"""Characters in an IAM role name (IAM quotas)."""

LOAD_BALANCER_LIMIT = 32
"""Characters in the name of a load balancer or a target group (ELBv2 CreateLoadBalancer)."""

ACCOUNT_ALIAS_LIMIT = 63
"""Characters in an account alias (IAM CreateAccountAlias)."""

DEPLOY_ROLE = "superinc-deploy"
"""The role rollouts run as, in every account. STATE: named in trust and key policies."""

BREAK_GLASS_ROLE = "superinc-break-glass"
"""The one role the guardrails let through, in every account. STATE: policies name it."""

BILLING_ROLE = "superinc-billing"
"""The role of the management account for its bills. STATE: people's permissions name it."""

ORGANIZATION_ADMIN_ROLE = "superinc-organization-admin"
"""The role of the management account for its accounts. STATE: people's permissions name it."""

TRAIL = "superinc-organization"
"""The organisation's trail. STATE: the policies of its bucket and its key name it."""

_HASH_LENGTH = 6


def physical_name(*parts: str, limit: int) -> str:
    """The parts joined by hyphens; too long, they are cut and end in a hash of the whole.

    Raises:
        ValueError: A part is empty, or the limit leaves no room for a name and its hash.
    """
    if not all(parts):
        raise ValueError(f"got name parts {parts!r}, wanted none of them empty")
    if limit < _HASH_LENGTH + 2:
        raise ValueError(f"got limit {limit}, wanted at least {_HASH_LENGTH + 2}")
    name = "-".join(parts)
    if len(name) <= limit:
        return name
    digest = sha256(name.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{name[: limit - _HASH_LENGTH - 1].rstrip('-')}-{digest}"


def key_alias(account: str, domain: str) -> str:
    """The alias of an account's key for one risk domain (playbook KMS-10)."""
    return f"alias/{account}/{domain}"


def role_arn(account_id: str, role: str) -> str:
    """The ARN of a role without a path."""
    return f"arn:aws:iam::{account_id}:role/{role}"


def user_arn(account_id: str, user: str) -> str:
    """The ARN of an IAM user without a path."""
    return f"arn:aws:iam::{account_id}:user/{user}"


def trail_arn(account_id: str, region: str) -> str:
    """The ARN of the organisation's trail, known before it is made: its bucket must name it."""
    return f"arn:aws:cloudtrail:{region}:{account_id}:trail/{TRAIL}"


def root_arn(account_id: str) -> str:
    """The principal that stands for an account and leaves the rest to its IAM policies."""
    return f"arn:aws:iam::{account_id}:root"
