"""Kubernetes quantities: `0.5`, `500m`, `1e3`, `1Gi` (apimachinery, `resource.Quantity`)."""

import re
from decimal import Decimal

_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([a-zA-Z]{1,2}))?")

_SUFFIXES = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    **{name: Decimal(1000) ** power for power, name in enumerate("kMGTPE", start=1)},
    **{f"{name}i": Decimal(1024) ** power for power, name in enumerate("KMGTPE", start=1)},
}


def quantity(value: object) -> Decimal | None:
    """The amount a quantity stands for; None for what is no quantity."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    match = _QUANTITY.fullmatch(str(value))
    if match is None:
        return None
    number, exponent, suffix = match.groups()
    if suffix is None:
        return Decimal(number + (exponent or ""))
    return Decimal(number) * _SUFFIXES[suffix] if suffix in _SUFFIXES else None
