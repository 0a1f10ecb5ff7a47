"""EKS addons: those a cluster brings along and those a program adds."""

import json
from typing import Any

import pulumi

from sandbox.eks.arguments import Arguments
from sandbox.eks.child import Child

_VPC_CNI_VARIABLES = {
    "cniConfigureRpfilter": "AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER",
    "cniCustomNetworkCfg": "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
    "cniExternalSnat": "AWS_VPC_K8S_CNI_EXTERNALSNAT",
    "customNetworkConfig": "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
    "enablePodEni": "ENABLE_POD_ENI",
    "enablePrefixDelegation": "ENABLE_PREFIX_DELEGATION",
    "eniConfigLabelDef": "ENI_CONFIG_LABEL_DEF",
    "eniMtu": "AWS_VPC_ENI_MTU",
    "externalSnat": "AWS_VPC_K8S_CNI_EXTERNALSNAT",
    "logFile": "AWS_VPC_K8S_CNI_LOG_FILE",
    "logLevel": "AWS_VPC_K8S_CNI_LOGLEVEL",
    "nodePortSupport": "AWS_VPC_CNI_NODE_PORT_SUPPORT",
    "pluginLogFile": "AWS_VPC_K8S_PLUGIN_LOG_FILE",
    "pluginLogLevel": "AWS_VPC_K8S_PLUGIN_LOG_LEVEL",
    "vethPrefix": "AWS_VPC_K8S_CNI_VETHPREFIX",
    "warmIpTarget": "WARM_IP_TARGET",
    "warmPrefixTarget": "WARM_PREFIX_TARGET",
}
"""Options of the VPC CNI and the environment variables they become (addons/cni-addon.ts)."""

_Known = dict[str, Any]


class VpcCniAddon(pulumi.ComponentResource):
    """`eks:index:VpcCniAddon`: the VPC CNI with its options as environment variables."""

    def __init__(
        self,
        name: str,
        options: Arguments,
        cluster_name: pulumi.Input[str],
        tags: pulumi.Input[dict[str, str]] | None,
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__("eks:index:VpcCniAddon", name, None, opts)
        values = pulumi.Output.from_input(options.inputs()).apply(_vpc_cni_values)
        self.addon = addon(
            name, "vpc-cni", options, cluster_name, tags, pulumi.ResourceOptions(parent=self),
            values=values,
        )  # fmt: skip
        self.register_outputs({"addon": self.addon})


def addon(  # noqa: PLR0913 - an addon's inputs come from as many places
    name: str,
    addon_name: pulumi.Input[str],
    options: Arguments,
    cluster_name: pulumi.Input[str],
    tags: pulumi.Input[dict[str, str]] | None,
    opts: pulumi.ResourceOptions,
    *,
    values: pulumi.Input[_Known] | None = None,
) -> Child:
    """An addon with the defaults of pulumi-eks: it overwrites what it finds and outlives itself."""
    given = options.input("configurationValues") if values is None else values
    version = options.input("addonVersion") or options.input("version")
    inputs = {
        "addonName": addon_name,
        "addonVersion": version,
        "clusterName": cluster_name,
        "configurationValues": None
        if given is None
        else pulumi.Output.from_input(given).apply(_text),
        "preserve": options.plain("preserve", default=True),
        "resolveConflictsOnCreate": options.input("resolveConflictsOnCreate") or "OVERWRITE",
        "resolveConflictsOnUpdate": options.input("resolveConflictsOnUpdate") or "OVERWRITE",
        "serviceAccountRoleArn": options.input("serviceAccountRoleArn"),
        "tags": tags,
    }
    return Child("aws:eks/addon:Addon", name, inputs, opts)


def _vpc_cni_values(options: _Known) -> _Known:
    variables = {
        variable: _word(options[option])
        for option, variable in sorted(_VPC_CNI_VARIABLES.items())
        if options.get(option) is not None
    }
    variables["WARM_ENI_TARGET"] = _word(options.get("warmEniTarget", 1))
    given: _Known = options.get("configurationValues") or {}
    values: _Known = {**given, "env": {**variables, **given.get("env", {})}}
    if options.get("enableNetworkPolicy") is not None:
        values["enableNetworkPolicy"] = _word(options["enableNetworkPolicy"])
    return values


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(values: _Known | None) -> str | None:
    return json.dumps(values, sort_keys=True) if values else None
