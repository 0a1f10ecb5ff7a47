"""Exceptions of EKS: clusters with a real API server, their nodes, settings with own calls."""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from botocore.exceptions import ClientError

from sandbox.aws import control_planes, errors
from sandbox.aws.access_entries import CREATOR
from sandbox.aws.table.entry import Call
from sandbox.aws.work import Work

_CLUSTER: Final = {"resourcesVpcConfig": "$.vpcConfig"}
_CREATE = Call("CreateCluster", _CLUSTER, mapped=True)
_CREATE_LOGGED = Call(
    "CreateCluster",
    {
        **_CLUSTER,
        "logging": {"clusterLogging": [{"types": "$.enabledClusterLogTypes", "enabled": True}]},
    },
    mapped=True,
)
_CREATE_GROUP = Call(
    "CreateNodegroup", {"subnets": "$.subnetIds", "nodeRole": "$.nodeRoleArn"}, mapped=True
)
_ENCRYPT = Call(
    "AssociateEncryptionConfig", {"clusterName": "$id", "encryptionConfig": "$.encryptionConfig"}
)
_LOGS: Final = ("api", "audit", "authenticator", "controllerManager", "scheduler")
_CONFIGS: Final = {
    "accessConfig": {"authenticationMode": "$.accessConfig.authenticationMode"},
    "computeConfig": "$.computeConfig",
    "controlPlaneScalingConfig": "$.controlPlaneScalingConfig",
    "deletionProtection": "$.deletionProtection",
    "remoteNetworkConfig": "$.remoteNetworkConfig",
    "storageConfig": "$.storageConfig",
    "upgradePolicy": "$.upgradePolicy",
    "vpcConfig": "$.vpcConfig",
    "zonalShiftConfig": "$.zonalShiftConfig",
}
"""Property → what UpdateClusterConfig is told; it takes one kind of change at a time."""

CLUSTER_SETTINGS: Final = frozenset(_CONFIGS) | {
    "enabledClusterLogTypes",
    "encryptionConfig",
    "forceUpdateVersion",
    "kubernetesNetworkConfig",
    "version",
}
GROUP_SETTINGS: Final = frozenset(
    {"forceUpdateVersion", "labels", "launchTemplate", "nodeRepairConfig", "releaseVersion"}
    | {"scalingConfig", "taints", "updateConfig", "version", "warmPoolConfig"}
)
_GROUP_VERSION: Final = frozenset({"launchTemplate", "releaseVersion", "version"})


def make_cluster(work: Work) -> tuple[str, object]:
    """Create a cluster; whoever creates it may enter unless told otherwise."""
    logged = bool(work.properties.get("enabledClusterLogTypes"))
    work.result = work.call(_CREATE_LOGGED if logged else _CREATE, tagged=True)
    work.id = str(work.result["cluster"]["name"])
    entries = cast(
        "list[str]", work.send("ListAccessEntries", {"clusterName": work.id})["accessEntries"]
    )
    if entries:
        work.properties = {**work.properties, CREATOR: entries[0]}
    return work.id, find_cluster(work)


def find_cluster(work: Work) -> object:
    """A cluster with its API server, which runs from here on, and with EKS's network settings."""
    found = _described(work, "DescribeCluster", "cluster", {"name": work.id})
    if found is None:
        return None
    plane = control_planes.ensure(work, str(found["version"]))
    if plane is not None:
        found["endpoint"] = plane.endpoint
        found["certificateAuthority"] = {"data": plane.certificate_authority}
    issuer = cast("dict[str, Any]", found["identity"])["oidc"]["issuer"]
    found["identities"] = [{"oidcs": [{"issuer": issuer}]}]
    network = cast("dict[str, Any]", found["resourcesVpcConfig"])
    given = cast("dict[str, Any]", work.properties.get("vpcConfig") or network)
    own = {name: network[name] for name in ("clusterSecurityGroupId", "vpcId")}
    work.properties = {**_creator(work), **work.properties, "vpcConfig": {**given, **own}}
    return found


def _creator(work: Work) -> dict[str, object]:
    """Who made the cluster, which only the store says."""
    if work.store is None:
        return {}
    record = work.store.get(work.token, work.id, account=work.account, region=work.region)
    known = record.outputs.get(CREATOR) if record is not None else None
    return {CREATOR: known} if known else {}


def change_cluster(work: Work, changed: frozenset[str]) -> None:
    """Change what EKS changes in place, a call for each; the version comes last."""
    for name in sorted(changed & _CONFIGS.keys()):
        if work.properties.get(name) is not None:
            member = "resourcesVpcConfig" if name == "vpcConfig" else name
            work.call(Call("UpdateClusterConfig", {"name": "$id", member: _CONFIGS[name]}))
        elif name == "deletionProtection":
            work.send("UpdateClusterConfig", {"name": work.id, name: False})
    _change_more(work, changed)
    if "version" in changed and work.properties.get("version"):
        _change_version(work, str(work.properties["version"]))


def _change_more(work: Work, changed: frozenset[str]) -> None:
    """Change settings that the API has another form of."""
    which = {"name": work.id}
    if "kubernetesNetworkConfig" in changed:
        balancing = _block(work.properties, "kubernetesNetworkConfig").get("elasticLoadBalancing")
        if balancing:
            network = {"elasticLoadBalancing": balancing}
            work.send("UpdateClusterConfig", {**which, "kubernetesNetworkConfig": network})
    if "enabledClusterLogTypes" in changed:
        on = cast("list[str]", work.properties.get("enabledClusterLogTypes") or [])
        setups = [
            {"types": [kind for kind in _LOGS if (kind in on) is enabled], "enabled": enabled}
            for enabled in (True, False)
        ]
        logging = {"clusterLogging": [one for one in setups if one["types"]]}
        work.send("UpdateClusterConfig", {**which, "logging": logging})
    if "encryptionConfig" in changed:
        work.call(_ENCRYPT)


def _change_version(work: Work, version: str) -> None:
    """Move the API server first: EKS cannot be asked to go back."""
    back: Callable[[], object] = lambda: None  # noqa: E731 - replaced below
    if _is_next(str(work.old.get("version", "")), version):
        back = control_planes.move(work, version)
    try:
        work.send("UpdateClusterVersion", {"name": work.id, "version": version})
    except ClientError:
        back()
        raise


def _is_next(before: str, after: str) -> bool:
    numbers = [version.partition(".")[2] for version in (before, after)]
    return all(one.isdigit() for one in numbers) and int(numbers[1]) == int(numbers[0]) + 1


def replaces_cluster(old: Mapping[str, Any], new: Mapping[str, Any]) -> frozenset[str]:
    """What of a cluster's settings stays as it was created (provider, ForceNew)."""
    found: set[str] = set()
    admin = "bootstrapClusterCreatorAdminPermissions"
    access = [_block(one, "accessConfig").get(admin, True) for one in (old, new)]
    if access[0] != access[1]:
        found.add("accessConfig")
    if old.get("encryptionConfig") and old.get("encryptionConfig") != new.get("encryptionConfig"):
        found.add("encryptionConfig")
    if _differ(old, new, "kubernetesNetworkConfig", ("ipFamily", "serviceIpv4Cidr")):
        found.add("kubernetesNetworkConfig")
    return frozenset(found)


def delete_cluster(work: Work) -> None:
    """Delete a cluster, and its API server once EKS has agreed."""
    try:
        work.send("DeleteCluster", {"name": work.id})
    except ClientError as error:
        if not errors.is_gone(error):
            raise
    control_planes.remove(work)


def make_group(work: Work) -> tuple[str, object]:
    """Create a node group, and let its nodes join."""
    work.result = work.call(_CREATE_GROUP, tagged=True)
    made = cast("dict[str, Any]", work.result["nodegroup"])
    control_planes.sync_nodes(work, str(made["clusterName"]))
    return f"{made['clusterName']}:{made['nodegroupName']}", made


def change_group(work: Work, changed: frozenset[str]) -> None:
    """Change a node group: its settings by one call, what its nodes are made from by another."""
    cluster, name = work.id.split(":")
    which = {"clusterName": cluster, "nodegroupName": name}
    if changed & _GROUP_VERSION:
        work.call(
            Call(
                "UpdateNodegroupVersion",
                {
                    **which,
                    "launchTemplate": "$.launchTemplate",
                    "releaseVersion": "$.releaseVersion",
                    "version": "$.version",
                    "force": "$.forceUpdateVersion",
                },
            )
        )
    if changed & (GROUP_SETTINGS - _GROUP_VERSION):
        config = {
            name: f"$.{name}"
            for name in ("nodeRepairConfig", "scalingConfig", "updateConfig", "warmPoolConfig")
            if name in changed
        }
        config |= {"labels": _labels(work), "taints": _taints(work)}
        given = {key: value for key, value in config.items() if value}
        work.call(Call("UpdateNodegroupConfig", {**which, **given}))
    if changed & GROUP_SETTINGS:
        control_planes.sync_nodes(work, cluster)


def _labels(work: Work) -> dict[str, object]:
    old, new = (
        cast("dict[str, str]", one.get("labels") or {}) for one in (work.old, work.properties)
    )
    removed = sorted(old.keys() - new.keys())
    return _present({"addOrUpdateLabels": new, "removeLabels": removed}) if old != new else {}


def _taints(work: Work) -> dict[str, object]:
    old, new = (cast("list[Any]", one.get("taints") or []) for one in (work.old, work.properties))
    removed = [one for one in old if one not in new]
    return _present({"addOrUpdateTaints": new, "removeTaints": removed}) if old != new else {}


def _present(values: dict[str, Any]) -> dict[str, object]:
    return {key: value for key, value in values.items() if value}


def replaces_group(old: Mapping[str, Any], new: Mapping[str, Any]) -> frozenset[str]:
    """Another launch template is another group; another version of one is not."""
    other = _differ(old, new, "launchTemplate", ("id", "name"))
    return frozenset({"launchTemplate"}) if other else frozenset()


def _differ(
    old: Mapping[str, Any], new: Mapping[str, Any], name: str, keys: tuple[str, ...]
) -> bool:
    before, after = _block(old, name), _block(new, name)
    return any(before.get(key) != after.get(key) for key in keys)


def _block(properties: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", properties.get(name) or {})


def delete_group(work: Work) -> None:
    """Delete a node group with its nodes."""
    cluster, name = work.id.split(":")
    try:
        work.send("DeleteNodegroup", {"clusterName": cluster, "nodegroupName": name})
    except ClientError as error:
        if not errors.is_gone(error):
            raise
    control_planes.sync_nodes(work, cluster)


def make_addon(work: Work) -> tuple[str, object]:
    """Create an add-on, which brings its definitions along."""
    parameters = {"resolveConflicts": "$.resolveConflictsOnCreate"}
    work.result = work.call(Call("CreateAddon", parameters, mapped=True), tagged=True)
    made = cast("dict[str, Any]", work.result["addon"])
    control_planes.install_addon(work, str(made["clusterName"]), str(made["addonName"]))
    return f"{made['clusterName']}:{made['addonName']}", made


def change_entry(work: Work, changed: frozenset[str]) -> None:
    """Change an access entry; no groups are said, for what is not said stays."""
    if changed & {"kubernetesGroups", "userName"}:
        parameters: dict[str, object] = {
            "clusterName": work.properties["clusterName"],
            "principalArn": work.properties["principalArn"],
            "kubernetesGroups": work.properties.get("kubernetesGroups") or [],
        }
        if work.properties.get("userName"):
            parameters["username"] = work.properties["userName"]
        work.send("UpdateAccessEntry", parameters)


def find_policy(work: Work) -> object:
    """An access policy is listed with its entry."""
    cluster, principal, policy = work.id.split("#")
    which = {"clusterName": cluster, "principalArn": principal}
    found = _described(work, "ListAssociatedAccessPolicies", "associatedAccessPolicies", which)
    listed = cast("list[dict[str, Any]]", found or [])
    return next((one for one in listed if one["policyArn"] == policy), None)


def _described(work: Work, operation: str, member: str, which: dict[str, str]) -> Any:  # noqa: ANN401 - what the answer has
    try:
        return work.send(operation, which)[member]
    except ClientError as error:
        if errors.is_gone(error):
            return None
        raise
