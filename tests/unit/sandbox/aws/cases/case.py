"""What a row is driven with: a resource, a change of it, and AWS's own word on both."""

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.aws.connection import Connection
from sandbox.store import Store
from tests.unit.sandbox.aws.driving import MANAGEMENT, Driver, Made

_NUMBERS = itertools.count(1)


def document(*statements: Mapping[str, object]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


ROOT = {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}
TRUST = document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": ROOT})
READ = document({"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"})
LIST = document({"Effect": "Allow", "Action": "s3:List*", "Resource": "*"})


@dataclass(frozen=True)
class World:
    """The account that a case is made in, and eyes of its own there."""

    driver: Driver
    store: Store
    connect: Callable[[str], Connection]

    def see(self, service: str, region: str | None = None) -> Any:  # noqa: ANN401 - botocore's clients
        """A client that no stand-in uses."""
        return self.connect(MANAGEMENT).client(service, region)

    def make(self, token: str, /, **inputs: object) -> Made:
        """Another resource, which the case needs."""
        return self.driver.create(f"aws:{token}", self.name(), **inputs)

    def name(self) -> str:
        """A name that nobody else has: the emulator serves all tests."""
        return f"case-{next(_NUMBERS)}"

    def vpc(self) -> Made:
        return self.make("ec2/vpc:Vpc", cidrBlock="10.60.0.0/16")

    def subnets(self, vpc: Made) -> list[str]:
        """One in each of two zones."""
        return [
            self.make(
                "ec2/subnet:Subnet",
                vpcId=vpc.id,
                cidrBlock=f"10.60.{number}.0/24",
                availabilityZone=f"eu-central-1{zone}",
            ).id
            for number, zone in enumerate("ab")
        ]

    def group(self, vpc: Made) -> Made:
        return self.make("ec2/securityGroup:SecurityGroup", vpcId=vpc.id, description="case")

    def role(self) -> Made:
        return self.make("iam/role:Role", assumeRolePolicy=TRUST)

    def log_group(self, **inputs: object) -> Made:
        return self.make("cloudwatch/logGroup:LogGroup", **inputs)

    def bucket(self, **inputs: object) -> Made:
        return self.make("s3/bucket:Bucket", **inputs)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A resource and what must be true of it.

    Attributes:
        made: It.
        outputs: Computed properties, as regular expressions.
        change: New inputs that change it in place.
        seen: What AWS says of what changes.
        before: That, after creation.
        after: That, after the change.
        replaced: Inputs whose new value needs a new resource.
        stays: Its deletion leaves what AWS always has, so that nothing is ever gone.
    """

    made: Made
    outputs: Mapping[str, str] = field(default_factory=dict[str, str])
    change: Mapping[str, object] = field(default_factory=dict[str, object])
    seen: Callable[[], object] = lambda: None
    before: object = None
    after: object = None
    replaced: Mapping[str, object] = field(default_factory=dict[str, object])
    stays: bool = False


CASES: dict[str, Callable[[World], Case]] = {}
"""Type (without ``aws:``) → its case."""

_Making = Callable[[World], Case]


def case(token: str) -> Callable[[_Making], _Making]:
    """Register the case of a type."""

    def register(making: _Making) -> _Making:
        CASES[token] = making
        return making

    return register
