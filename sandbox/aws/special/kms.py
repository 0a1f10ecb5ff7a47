"""KMS's exceptions: rotation and state are calls of their own, replicas live elsewhere."""

from typing import Any, cast

from sandbox.aws.table.entry import Call
from sandbox.aws.work import Work


def change_key(work: Work, changed: frozenset[str]) -> None:
    """Set rotation and state, and after creation the policy and the description."""
    key, given = {"KeyId": work.id}, work.properties
    if changed & {"enableKeyRotation", "rotationPeriodInDays"}:
        if given.get("enableKeyRotation"):
            days = given.get("rotationPeriodInDays")
            work.send(
                "EnableKeyRotation", {**key, **({"RotationPeriodInDays": days} if days else {})}
            )
        elif not work.result:
            work.send("DisableKeyRotation", key)
    if not work.result and "policy" in changed and given.get("policy"):
        work.send("PutKeyPolicy", {**key, "PolicyName": "default", "Policy": given["policy"]})
    if not work.result and "description" in changed:
        work.send("UpdateKeyDescription", {**key, "Description": given.get("description") or ""})
    if "isEnabled" in changed:
        if given.get("isEnabled") is False:
            work.send("DisableKey", key)
        elif not work.result:
            work.send("EnableKey", key)


def replicate(work: Work) -> tuple[str, object]:
    """Replicate a multi-Region key; the call goes to the primary's Region, the key to ours."""
    _, _, _, region, _, name = str(work.properties["primaryKeyArn"]).split(":", 5)
    parameters: dict[str, Any] = {"KeyId": name.removeprefix("key/"), "ReplicaRegion": work.region}
    for name_, member in (("policy", "Policy"), ("description", "Description")):
        if work.properties.get(name_):
            parameters[member] = work.properties[name_]
    if work.tags:
        tags = [{"TagKey": key, "TagValue": value} for key, value in work.tags.items()]
        parameters["Tags"] = tags
    client = work.connection.client("kms", region)
    work.result = cast("dict[str, Any]", client.replicate_key(**parameters))
    metadata = cast("dict[str, Any]", work.result["ReplicaKeyMetadata"])
    return str(metadata["KeyId"]), metadata


def find_alias(work: Work) -> object:
    """An alias is listed with its key, and nowhere else."""
    call = Call("ListAliases")
    aliases = cast("list[dict[str, Any]]", work.call(call)["Aliases"])
    return next((one for one in aliases if one["AliasName"] == work.id), None)
