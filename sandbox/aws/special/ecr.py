"""Exceptions of registries: a scan of all accounts' images, settings that are never absent."""

from typing import Any, Final, cast

from sandbox.aws.work import Work

ENABLED: Final = frozenset({"accountIds", "resourceTypes"})
_STATE: Final = {
    "CODE_REPOSITORY": "codeRepository",
    "EC2": "ec2",
    "ECR": "ecr",
    "LAMBDA": "lambda",
    "LAMBDA_CODE": "lambdaCode",
}
"""Type of resource → its member in the state of an account (Inspector API)."""


def no_rules(parameters: dict[str, Any]) -> None:
    """Say that there are none, which is not the same as nothing."""
    parameters.setdefault("rules", [])


def enable(work: Work) -> tuple[str, object]:
    """Enable Inspector's scans of some types in some accounts."""
    given = _given(work.properties)
    work.send("Enable", given)
    # The provider's own form (enablerID in its inspector2 package).
    accounts, types = (":".join(sorted(one)) for one in given.values())
    return f"{accounts}-{types}", {}


def find_enabled(work: Work) -> object:
    """Whether every type is on in every account."""
    accounts, _, types = work.id.partition("-")
    wanted = _given(work.properties)["resourceTypes"] or types.split(":")
    answer = work.send("BatchGetAccountStatus", {"accountIds": accounts.split(":")})
    found = cast("list[dict[str, Any]]", answer["accounts"])
    on = bool(found) and all(
        one["resourceState"].get(_STATE[kind], {}).get("status") in {"ENABLED", "ENABLING"}
        for one in found
        for kind in wanted
    )
    return {} if on else None


def change_enabled(work: Work, changed: frozenset[str]) -> None:
    """Disable what is no more, enable the rest."""
    if not changed & ENABLED:
        return
    old, new = _given(work.old), _given(work.properties)
    gone = sorted(set(old["resourceTypes"]) - set(new["resourceTypes"]))
    left = sorted(set(old["accountIds"]) - set(new["accountIds"]))
    if gone:
        work.send("Disable", {"accountIds": old["accountIds"], "resourceTypes": gone})
    if left:
        work.send("Disable", {"accountIds": left, "resourceTypes": old["resourceTypes"]})
    work.send("Enable", new)


def disable(work: Work) -> None:
    """Disable them."""
    work.send("Disable", _given(work.properties))


def _given(properties: Any) -> dict[str, list[str]]:  # noqa: ANN401 - a mapping of plain values
    return {name: list(properties.get(name) or []) for name in ("accountIds", "resourceTypes")}


def no_replication(work: Work) -> None:
    """Take every rule of a registry's replication away."""
    work.send("PutReplicationConfiguration", {"replicationConfiguration": {"rules": []}})
