"""Every case there is: importing a module of cases registers them."""

from tests.unit.sandbox.aws.cases import (
    buckets,
    cdn,
    clusters,
    edge,
    keep,
    network,
    people,
    registries,
    settings,
    sso,
    watch,
)
from tests.unit.sandbox.aws.cases.case import CASES

MODULES = (
    buckets,
    cdn,
    clusters,
    edge,
    keep,
    network,
    people,
    registries,
    settings,
    sso,
    watch,
)

__all__ = ["CASES", "MODULES"]
