"""What the provider says of inputs before anything happens: unknown, missing, wrong; and names."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, cast

from pulumi.provider.experimental.provider import CheckFailure

from sandbox.aws.catalogue import Member, TypeFacts
from sandbox.plugins.values import UNKNOWN

_HEX_DIGITS: Final = 7
"""How many of them Pulumi adds to a name it invents."""

_UNIQUE_BYTES: Final = 13

DEFAULTS_KEY: Final = "__defaults"
"""Where the bridge keeps which inputs it invented; so does every state of a real aws stack."""


@dataclass(frozen=True)
class Autonaming:
    """How the real provider names a type that the program does not name.

    Attributes:
        property: The input that is filled in.
        length: The longest name that AWS takes.
        lower: AWS takes lower-case names only.
        prefix: In front of every invented name.
        suffix: Behind it.
    """

    property: str = "name"
    length: int = 255
    lower: bool = False
    prefix: str = ""
    suffix: str = ""


_NAMED: Final[Mapping[str, Autonaming]] = {
    "aws:autoscaling/group:Group": Autonaming(length=255),
    "aws:ecr/repository:Repository": Autonaming(length=256, lower=True),
    "aws:eks/nodeGroup:NodeGroup": Autonaming("nodeGroupName", 63),
    "aws:elasticache/replicationGroup:ReplicationGroup": Autonaming("replicationGroupId", 40, True),
    "aws:iam/group:Group": Autonaming(length=128),
    "aws:iam/instanceProfile:InstanceProfile": Autonaming(length=128),
    "aws:iam/policy:Policy": Autonaming(length=128),
    "aws:iam/role:Role": Autonaming(length=64),
    "aws:iam/user:User": Autonaming(length=64),
    "aws:kms/alias:Alias": Autonaming(length=256, prefix="alias/"),
    "aws:lb/loadBalancer:LoadBalancer": Autonaming(length=32),
    "aws:lb/targetGroup:TargetGroup": Autonaming(length=32),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": Autonaming(lower=True),
    "aws:rds/parameterGroup:ParameterGroup": Autonaming(lower=True),
    "aws:rds/subnetGroup:SubnetGroup": Autonaming(lower=True),
    "aws:s3/bucket:Bucket": Autonaming("bucket", 63, True),
    "aws:s3/bucketV2:BucketV2": Autonaming("bucket", 63, True),
    "aws:sqs/queue:Queue": Autonaming(length=80),
}
"""Lengths and characters: the AWS API reference of each create call."""

_UNNAMED: Final = frozenset(
    {"aws:s3/bucketObject:BucketObject", "aws:iam/accountAlias:AccountAlias"}
)


def autonaming(token: str, facts: TypeFacts) -> Autonaming | None:
    """How a type is named; the bridge names every type with an optional ``name``."""
    if token in _UNNAMED:
        return None
    known = _NAMED.get(token)
    if known is not None:
        return known
    name = facts.inputs.get("name")
    return Autonaming() if name is not None and name.kind == "str" and not name.required else None


def named(
    rule: Autonaming,
    label: str,
    news: Mapping[str, object],
    olds: Mapping[str, object],
    seed: bytes,
) -> str | None:
    """The name to fill in; the one invented before stays, a name or a prefix given wins."""
    if news.get(rule.property) is not None or news.get(f"{rule.property}Prefix") is not None:
        return None
    if rule.property in cast("list[str]", olds.get(DEFAULTS_KEY) or []):
        return str(olds[rule.property])
    digits = hashlib.sha256(seed + label.encode()).hexdigest() if seed else secrets.token_hex(8)
    suffix = ".fifo" if news.get("fifoQueue") is True or news.get("fifoTopic") is True else ""
    room = rule.length - _HEX_DIGITS - 1 - len(rule.prefix) - len(suffix)
    name = f"{rule.prefix}{label[:room]}-{digits[:_HEX_DIGITS]}{suffix}"
    return name.lower() if rule.lower else name


def prefixed(rule: Autonaming | None, inputs: Mapping[str, object]) -> dict[str, object]:
    """The name a prefix stands for, chosen when the resource is made: 26 digits behind it."""
    prefix = inputs.get(f"{rule.property}Prefix") if rule is not None else None
    if rule is None or prefix is None or inputs.get(rule.property) is not None:
        return {}
    return {rule.property: f"{prefix}{secrets.token_hex(_UNIQUE_BYTES)}"}


def failures(facts: TypeFacts, inputs: Mapping[str, object]) -> list[CheckFailure]:
    """Everything that is wrong with the inputs, each by its path."""
    given = {name: value for name, value in inputs.items() if name != DEFAULTS_KEY}
    return _members(facts, facts.inputs, given, "")


def _members(
    facts: TypeFacts, members: Mapping[str, Member], given: Mapping[str, object], path: str
) -> list[CheckFailure]:
    found: list[CheckFailure] = []
    for name, value in given.items():
        member = members.get(name)
        if member is None:
            near = get_close_matches(name, members, 1)
            hint = f"; did you mean {near[0]!r}" if near else ""
            found.append(
                CheckFailure(
                    f"{path}{name}", f"an argument named {name!r} is not expected here{hint}"
                )
            )
        elif value is not None:
            found += _value(facts, member, value, f"{path}{name}")
    found += [
        CheckFailure(
            f"{path}{name}", f"the argument {name!r} is required, but no definition was found"
        )
        for name, member in members.items()
        if member.required and given.get(name) is None
    ]
    return found


_SHAPES: Final[Mapping[str, tuple[type, str]]] = {
    "list": (list, "a list"),
    "map": (Mapping, "a map"),
    "object": (Mapping, "an object"),
}


def _value(facts: TypeFacts, member: Member, value: object, path: str) -> list[CheckFailure]:
    if value == UNKNOWN or member.kind == "any":
        return []
    if member.kind not in _SHAPES:
        return _scalar(member.kind, value, path)
    shape, wanted = _SHAPES[member.kind]
    if not isinstance(value, shape):
        return [_wrong(path, value, wanted)]
    if member.kind == "list":
        item = Member(member.of, "", member.object)
        return [
            failure
            for index, one in enumerate(cast("list[object]", value))
            for failure in _value(facts, item, one, f"{path}[{index}]")
        ]
    inner = facts.objects.get(member.object)
    if inner is None:
        return []
    return _members(facts, inner, cast("Mapping[str, object]", value), f"{path}.")


def _scalar(kind: str, value: object, path: str) -> list[CheckFailure]:
    """Terraform converts between scalars where it can, and so does this."""
    if isinstance(value, Mapping | list):
        return [
            _wrong(
                path,
                cast("object", value),
                {"str": "a string", "bool": "a boolean"}.get(kind, "a number"),
            )
        ]
    if kind == "bool" and not isinstance(value, bool) and value not in {"true", "false"}:
        return [_wrong(path, value, "a boolean")]
    if kind in {"int", "float"} and not _is_number(value):
        return [_wrong(path, value, "a number")]
    return []


def _is_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True


def _wrong(path: str, value: object, wanted: str) -> CheckFailure:
    kinds = {dict: "a map", list: "a list", str: "a string", bool: "a boolean"}
    got = next((words for kind, words in kinds.items() if isinstance(value, kind)), "a number")
    return CheckFailure(path, f"got {got}, wanted {wanted}")
