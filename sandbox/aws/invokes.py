"""The provider functions that need no look-up; components use none, plain Pulumi programs may."""

import json
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from sandbox.aws.errors import AwsError

_Args = Mapping[str, Any]
_ZONES: Final = ("a", "b", "c")


def answer(token: str, args: _Args, account: str, region: str) -> dict[str, object]:
    """The result of a provider function.

    Raises:
        AwsError: The sandbox does not have this function.
    """
    function = _FUNCTIONS.get(token)
    if function is None:
        known = ", ".join(sorted(name.rsplit(":", 1)[-1] for name in _FUNCTIONS))
        raise AwsError(f"the sandbox has no function {token}, only {known}")
    return function(args, account, region)


def _caller(args: _Args, account: str, region: str) -> dict[str, object]:
    del args, region
    return {
        "accountId": account,
        "arn": f"arn:aws:sts::{account}:assumed-role/platform/sandbox",
        "id": account,
        "userId": f"AROASANDBOX{account}:sandbox",
    }


def _region(args: _Args, account: str, region: str) -> dict[str, object]:
    del account
    chosen = str(args.get("region") or args.get("name") or region)
    return {
        "description": chosen,
        "endpoint": f"ec2.{chosen}.amazonaws.com",
        "id": chosen,
        "name": chosen,
        "region": chosen,
    }


def _zones(args: _Args, account: str, region: str) -> dict[str, object]:
    del account
    chosen = str(args.get("region") or region)
    names = [f"{chosen}{letter}" for letter in _ZONES]
    short = "".join(part[0] for part in chosen.split("-")[1:-1])
    number = chosen.rsplit("-", 1)[-1]
    area = chosen.split("-", maxsplit=1)[0]
    zone_ids = [f"{area}{short}{number}-az{index}" for index in range(1, len(names) + 1)]
    return {
        "groupNames": [chosen],
        "id": chosen,
        "names": names,
        "region": chosen,
        "state": "available",
        "zoneIds": zone_ids,
    }


def _partition(args: _Args, account: str, region: str) -> dict[str, object]:
    del args, account, region
    return {
        "dnsSuffix": "amazonaws.com",
        "id": "aws",
        "partition": "aws",
        "reverseDnsPrefix": "com.amazonaws",
    }


def _policy_document(args: _Args, account: str, region: str) -> dict[str, object]:
    del account, region
    statements = [_statement(one) for one in cast("list[_Args]", args.get("statements") or [])]
    document: dict[str, object] = {"Version": args.get("version") or "2012-10-17"}
    if args.get("policyId"):
        document["Id"] = args["policyId"]
    document["Statement"] = statements
    return {
        **args,
        "id": str(zlib.crc32(json.dumps(document, sort_keys=True).encode())),
        "json": json.dumps(document, indent=2),
        "minifiedJson": json.dumps(document, separators=(",", ":")),
    }


def _statement(given: _Args) -> dict[str, object]:
    found: dict[str, object] = {"Sid": given["sid"]} if given.get("sid") else {}
    found["Effect"] = given.get("effect") or "Allow"
    for name, member in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        principals = cast("list[_Args]", given.get(name) or [])
        if principals:
            found[member] = _principals(principals)
    for name in ("actions", "notActions", "resources", "notResources"):
        values = cast("list[str]", given.get(name) or [])
        if values:
            member = f"{name[0].upper()}{name[1:-1]}"
            found[member] = values[0] if len(values) == 1 else values
    conditions: dict[str, dict[str, object]] = {}
    for one in cast("list[_Args]", given.get("conditions") or []):
        values = cast("list[str]", one["values"])
        conditions.setdefault(one["test"], {})[one["variable"]] = (
            values[0] if len(values) == 1 else values
        )
    return {**found, **({"Condition": conditions} if conditions else {})}


def _principals(given: list[_Args]) -> object:
    found: dict[str, list[str]] = {}
    for one in given:
        found.setdefault(str(one["type"]), []).extend(cast("list[str]", one["identifiers"]))
    if found == {"*": ["*"]}:
        return "*"
    return {kind: names[0] if len(names) == 1 else names for kind, names in found.items()}


_FUNCTIONS: Final[Mapping[str, Callable[[_Args, str, str], dict[str, object]]]] = {
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
}
