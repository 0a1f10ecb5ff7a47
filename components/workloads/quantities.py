"""Kubernetes quantities: the amounts of CPU and memory in a manifest, as exact numbers."""

import re
from fractions import Fraction
from typing import Annotated

from pydantic import AfterValidator

_QUANTITY = re.compile(r"^(?P<number>\d+(\.\d+)?)(?P<suffix>m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$")
_DECIMAL = "kMGTPE"
_BINARY = ("Ki", "Mi", "Gi", "Ti", "Pi", "Ei")


def amount(quantity: str) -> Fraction:
    """The number a quantity stands for (apimachinery, ``resource.Quantity``).

    Raises:
        ValueError: It is not a quantity, or it is one with an exponent, which nobody reads.
    """
    match = _QUANTITY.match(quantity)
    if match is None:
        raise ValueError(f"got {quantity!r}, wanted a quantity such as 250m, 1 or 512Mi")
    return Fraction(match["number"]) * _factor(match["suffix"])


def _factor(suffix: str | None) -> Fraction:
    if suffix is None:
        return Fraction(1)
    if suffix == "m":
        return Fraction(1, 1000)
    if suffix in _BINARY:
        return Fraction(1024 ** (_BINARY.index(suffix) + 1))
    return Fraction(1000 ** (_DECIMAL.index(suffix) + 1))


def _cpu(value: str) -> str:
    cores = amount(value)
    if cores <= 0 or cores.denominator not in {1, *_divisors_of_a_thousand()}:
        raise ValueError(f"got {value}, wanted whole thousandths of a core, such as 250m or 2")
    return value


def _divisors_of_a_thousand() -> frozenset[int]:
    return frozenset(number for number in range(1, 1001) if 1000 % number == 0)


_LEAST_MEMORY = 4 * 1024**2
"""Below this no container starts at all (Docker's and runc's own floor is 4 MiB)."""


def _memory(value: str) -> str:
    got = amount(value)
    if got < _LEAST_MEMORY or got.denominator != 1:
        raise ValueError(f"got {value}, wanted an amount of bytes of 4Mi or more, such as 128Mi")
    return value


Cpu = Annotated[str, AfterValidator(_cpu)]
"""An amount of CPU: ``250m`` is a quarter of a core."""

Memory = Annotated[str, AfterValidator(_memory)]
"""An amount of memory or of disk: ``512Mi``."""
