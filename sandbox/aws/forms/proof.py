"""The DNS record by which ACM is shown that a name is ours."""

import hashlib
from typing import Final

_DIGITS: Final = 32
_ZONE_LETTERS: Final = 10


def proof(account: str, domain: str) -> tuple[str, str]:
    """Name and value of the CNAME record for a domain.

    ACM derives both from the account and the domain alone, and a wildcard has the record of its
    parent (ACM User Guide, "DNS validation"): certificates of all Regions share it.
    """
    apex = domain.removeprefix("*.")
    name, value, zone = (
        hashlib.sha256(f"{kind}\n{account}\n{apex}".encode()).hexdigest()
        for kind in ("name", "value", "zone")
    )
    letters = zone[:_ZONE_LETTERS].translate(str.maketrans("0123456789", "ghijklmnop"))
    return (
        f"_{name[:_DIGITS]}.{apex}.",
        f"_{value[:_DIGITS]}.{letters}.acm-validations.aws.",
    )
