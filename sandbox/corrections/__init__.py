"""Where moto differs from AWS in a way that a rollout meets, set right in the emulator process.

A module per service of moto, under that service's name: `correct` runs once, before the service
answers its first request. So no service is imported before somebody asks for it. What moto does
not have at all is added in the same places: each such operation keeps what it is told and says it
again, no more. A type whose service moto does not have is recorded by the stand-in instead.
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final

CORRECTED: Final = frozenset(
    {
        "acm",
        "budgets",
        "ec2",
        "ecr",
        "eks",
        "elb",
        "iam",
        "identitystore",
        "kms",
        "logs",
        "organizations",
        "s3",
        "ssoadmin",
    }
)
"""moto's names of the services that have a module here; `elb` is its door to `elbv2` too."""


@cache
def correct(service: str) -> None:
    """Set one service right; every further time does nothing."""
    if service in CORRECTED:
        import_module(f"{__name__}.{service}").correct()


class _Place:
    directory: Path | None = None


def live_in(directory: Path) -> None:
    """Say in which sandbox's folder the emulator runs."""
    _Place.directory = directory


def sandbox_directory() -> Path | None:
    """The folder of the sandbox that the emulator belongs to; None outside of one."""
    return _Place.directory
