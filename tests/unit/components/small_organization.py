"""A small organisation for layers that are built alone: one account of each kind."""

from components.config import Organization

ACCOUNT_ID = "222233334444"
"""Of staging, where most layers are built."""

SHARED_ID = "333344445555"
HOME = "eu-central-1"


def small_organization(*, home: str = HOME, **ids: str) -> Organization:
    """The organisation.

    Args:
        home: Its home Region.
        ids: Of accounts, by name, beside those that are known or instead of them.
    """
    known = {"management": "111122223333", "shared": SHARED_ID, "staging": ACCOUNT_ID, **ids}
    kinds = ("management", "identity", "shared", "backup", "monitoring")
    accounts: dict[str, dict[str, str]] = {
        **{kind: {"kind": kind} for kind in kinds},
        "staging": {"kind": "workload", "environment": "staging"},
    }
    for name, found in known.items():
        accounts[name]["id"] = found
    return Organization.model_validate(
        {
            "domain": "example.com",
            "email": "aws+{account}@example.com",
            "regions": {"home": home, "replica": "eu-west-1"},
            "accounts": accounts,
        }
    )
