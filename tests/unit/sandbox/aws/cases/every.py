"""Every case there is: importing a module of cases registers them."""

from tests.unit.sandbox.aws.cases import buckets, edge, network, people, watch
from tests.unit.sandbox.aws.cases.case import CASES

MODULES = (buckets, edge, network, people, watch)

__all__ = ["CASES", "MODULES"]
