"""`eks:index:ManagedNodeGroup` and `eks:index:Addon`: what is added to a cluster."""

from typing import Any

import pulumi

from sandbox.eks.addons import addon
from sandbox.eks.arguments import Arguments
from sandbox.eks.child import Child
from sandbox.eks.supported import UnsupportedError

_TEMPLATE_INPUTS = ("enableIMDSv2", "userData", "kubeletExtraArgs", "nodeadmExtraOptions")
"""Inputs that only a launch template can express."""

_PASSED_ON = (
    "amiType",
    "capacityType",
    "diskSize",
    "forceUpdateVersion",
    "instanceTypes",
    "labels",
    "nodeGroupName",
    "nodeGroupNamePrefix",
    "releaseVersion",
    "remoteAccess",
    "tags",
    "taints",
    "version",
)
_SCALING = {"desiredSize": 2, "maxSize": 2, "minSize": 1}
_HARDENED = {"httpEndpoint": "enabled", "httpPutResponseHopLimit": 2, "httpTokens": "required"}


class ManagedNodeGroup(pulumi.ComponentResource):
    """A managed node group, with a launch template where its options need one."""

    def __init__(
        self,
        name: str,
        arguments: Arguments,
        core: dict[str, Any],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__("eks:index:ManagedNodeGroup", name, None, opts)
        given = arguments.input
        role = arguments.resource("nodeRole", "arn")
        if (role is None) == ("nodeRoleArn" not in arguments):
            raise UnsupportedError(f"{name}: got both or none, wanted nodeRole or nodeRoleArn")
        inputs = {key: given(key) for key in _PASSED_ON}
        inputs |= {
            "clusterName": given("clusterName") or core["cluster"],
            "launchTemplate": given("launchTemplate") or self._template(name, arguments),
            "nodeRoleArn": role.output("arn") if role else given("nodeRoleArn"),
            "scalingConfig": given("scalingConfig") or _SCALING,
            "subnetIds": given("subnetIds") or core["subnetIds"],
        }
        ignored = ["scalingConfig.desiredSize"] if arguments.plain("ignoreScalingChanges") else None
        self.group = Child(
            "aws:eks/nodeGroup:NodeGroup",
            name,
            inputs,
            pulumi.ResourceOptions(parent=self, ignore_changes=ignored),
        )
        self.state = {"nodeGroup": self.group, "placementGroupName": ""}
        self.register_outputs(self.state)

    def _template(self, name: str, arguments: Arguments) -> dict[str, Any] | None:
        if not any(given in arguments for given in _TEMPLATE_INPUTS):
            return None
        template = Child(
            "aws:ec2/launchTemplate:LaunchTemplate",
            f"{name}-launchTemplate",
            {
                "metadataOptions": _HARDENED if arguments.plain("enableIMDSv2") else None,
                "userData": arguments.input("userData"),
            },
            pulumi.ResourceOptions(parent=self),
            outputs=("latestVersion",),
        )
        version = template.output("latestVersion").apply(lambda known: str(int(known)))
        return {"id": template.id, "version": version}


class Addon(pulumi.ComponentResource):
    """An addon of a cluster."""

    def __init__(
        self,
        name: str,
        arguments: Arguments,
        core: dict[str, Any],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__("eks:index:Addon", name, None, opts)
        self.addon = addon(
            name,
            arguments.input("addonName"),
            arguments,
            core["cluster"],
            arguments.input("tags"),
            pulumi.ResourceOptions(parent=self),
        )
        self.state: dict[str, Any] = {}
        self.register_outputs(self.state)
