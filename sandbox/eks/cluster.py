"""`eks:index:Cluster`."""

from collections.abc import Mapping
from typing import Any

import pulumi

from sandbox.eks.addons import VpcCniAddon, addon
from sandbox.eks.arguments import Arguments
from sandbox.eks.child import Child
from sandbox.eks.kubeconfig import kubeconfig_of, text_of
from sandbox.eks.roles import ServiceRole
from sandbox.eks.security import NodeSecurity, endpoint_group, node_group
from sandbox.eks.supported import refuse_unsupported

_THUMBPRINT = "9e99a48a9960b14926bb7f3b02e22da2b0ab7280"
"""Of the root certificate authority of the OIDC endpoints; IAM ignores it for them
(docs.aws.amazon.com, id_roles_providers_create_oidc_verify-thumbprint)."""

_OUTPUTS = ("arn", "certificateAuthority", "endpoint", "identities", "name", "version", "vpcConfig")


class Cluster(pulumi.ComponentResource):
    """A cluster with its role, security groups, addons, access entries and OIDC provider."""

    def __init__(self, name: str, arguments: Arguments, opts: pulumi.ResourceOptions) -> None:
        refuse_unsupported(arguments)
        super().__init__("eks:index:Cluster", name, None, opts)
        self._name = name
        self._arguments = arguments
        self._child = pulumi.ResourceOptions(parent=self)
        self._tags = arguments.input("tags")
        role, attachments = self._service_role()
        self._groups()
        self.cluster = self._cluster(role, attachments)
        self.nodes = self._node_security()
        kubeconfig = kubeconfig_of(self.cluster, arguments.input("providerCredentialOpts"))
        self.kubernetes = pulumi.ProviderResource(
            "kubernetes",
            f"{name}-eks-k8s",
            {
                "kubeconfig": text_of(kubeconfig),
                "enableConfigMapMutable": arguments.input("enableConfigMapMutable"),
            },
            self._child,
        )
        entries = self._access_entries()
        self._addons(entries)
        self.oidc = self._oidc_provider()
        self.state = self._state(kubeconfig, role)
        self.register_outputs(self.state)

    def _service_role(self) -> tuple[Child, list[pulumi.Resource]]:
        given = self._arguments.resource("serviceRole", "arn")
        if given is not None:
            return given, []
        made = ServiceRole(
            f"{self._name}-eksRole",
            service="eks.amazonaws.com",
            description="Allows EKS to manage clusters on your behalf.",
            policies=["AmazonEKSClusterPolicy"],
            tags=self._tags,
            opts=self._child,
        )
        return made.role, made.attachments

    def _groups(self) -> None:
        self.endpoint_group = self._arguments.resource("clusterSecurityGroup")
        if self.endpoint_group is None and not self._arguments.plain("skipDefaultSecurityGroups"):
            self.endpoint_group = endpoint_group(self._name, self._arguments, self._child)

    def _node_security(self) -> NodeSecurity | None:
        if self.endpoint_group is None or self._arguments.plain("skipDefaultSecurityGroups"):
            return None
        return node_group(
            self._name, self._arguments, self.cluster, self.endpoint_group, self._child
        )

    def _cluster(self, role: Child, attachments: list[pulumi.Resource]) -> Child:
        given = self._arguments.input
        key, mode = given("encryptionConfigKeyArn"), given("authenticationMode")
        tags = {"Name": f"{self._name}-eksCluster"}
        network = {
            "endpointPrivateAccess": given("endpointPrivateAccess"),
            "endpointPublicAccess": given("endpointPublicAccess"),
            "publicAccessCidrs": given("publicAccessCidrs"),
            "securityGroupIds": [self.endpoint_group.id] if self.endpoint_group else None,
            "subnetIds": self._subnet_ids(),
        }
        access = {"authenticationMode": mode, "bootstrapClusterCreatorAdminPermissions": True}
        inputs = {
            "name": given("name"),
            "roleArn": role.output("arn"),
            "version": given("version"),
            "bootstrapSelfManagedAddons": self._arguments.plain(
                "bootstrapSelfManagedAddons", default=True
            ),
            "deletionProtection": given("deletionProtection"),
            "enabledClusterLogTypes": given("enabledClusterLogTypes"),
            "upgradePolicy": given("upgradePolicy"),
            "accessConfig": access if mode else None,
            "encryptionConfig": key and {"provider": {"keyArn": key}, "resources": ["secrets"]},
            "kubernetesNetworkConfig": self._network_config(),
            "vpcConfig": _present(network),
            "tags": pulumi.Output.all(tags, given("clusterTags"), self._tags).apply(_merged),
        }
        opts = pulumi.ResourceOptions(
            parent=self,
            depends_on=attachments,
            ignore_changes=[
                "accessConfig.bootstrapClusterCreatorAdminPermissions",
                "bootstrapSelfManagedAddons",
            ],
        )
        return Child(
            "aws:eks/cluster:Cluster", f"{self._name}-eksCluster", inputs, opts, outputs=_OUTPUTS
        )

    def _network_config(self) -> dict[str, Any] | None:
        family = self._arguments.input("ipFamily")
        cidr = self._arguments.input("kubernetesServiceIpAddressRange")
        if family is None and cidr is None:
            return None
        return _present({"ipFamily": family or "ipv4", "serviceIpv4Cidr": cidr})

    def _subnet_ids(self) -> Any:  # noqa: ANN401 - an Input of a list
        given = self._arguments
        if "subnetIds" in given:
            return given.input("subnetIds")
        return pulumi.Output.all(
            given.input("publicSubnetIds"), given.input("privateSubnetIds")
        ).apply(_joined)

    def _access_entries(self) -> list[pulumi.Resource]:
        entries: list[pulumi.Resource] = []
        for key, given in self._arguments.entries("accessEntries").items():
            name = f"{self._name}-{key}"
            entry = Child(
                "aws:eks/accessEntry:AccessEntry",
                name,
                {
                    "clusterName": self.cluster.output("name"),
                    "kubernetesGroups": given.input("kubernetesGroups"),
                    "principalArn": given.input("principalArn"),
                    "tags": given.input("tags"),
                    "type": given.input("type"),
                    "userName": given.input("username"),
                },
                pulumi.ResourceOptions(parent=self, depends_on=[self.cluster]),
            )
            entries.append(entry)
            for policy, association in given.entries("accessPolicies").items():
                Child(
                    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
                    f"{name}-{policy}",
                    {
                        "accessScope": association.input("accessScope"),
                        "clusterName": self.cluster.output("name"),
                        "policyArn": association.input("policyArn"),
                        "principalArn": given.input("principalArn"),
                    },
                    pulumi.ResourceOptions(parent=entry, depends_on=[entry]),
                )
        return entries

    def _addons(self, entries: list[pulumi.Resource]) -> None:
        given = self._arguments
        proxy, dns = given.within("kubeProxyAddonOptions"), given.within("corednsAddonOptions")
        name = self.cluster.output("name")
        if proxy.plain("enabled", default=True):
            addon(f"{self._name}-kube-proxy", "kube-proxy", proxy, name, self._tags, self._child)
        if not given.plain("useDefaultVpcCni"):
            VpcCniAddon(
                f"{self._name}-vpc-cni",
                given.within("vpcCniOptions"),
                name,
                self._tags,
                pulumi.ResourceOptions(parent=self, depends_on=entries),
            )
        # Without nodes of the cluster's own there is nothing to place it on unless asked for.
        if dns.plain("enabled") or "configurationValues" in dns:
            addon(f"{self._name}-coredns", "coredns", dns, name, self._tags, self._child)

    def _oidc_provider(self) -> Child | None:
        if not self._arguments.plain("createOidcProvider"):
            return None
        inputs = {
            "clientIdLists": ["sts.amazonaws.com"],
            "thumbprintLists": [_THUMBPRINT],
            "url": self.cluster.output("identities").apply(_issuer),
        }
        token = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"  # noqa: S105 - a type token
        return Child(token, f"{self._name}-oidcProvider", inputs, self._child, outputs=("arn",))

    def _state(self, kubeconfig: pulumi.Output[Any], role: Child) -> dict[str, Any]:
        given = self._arguments
        core: dict[str, Any] = {
            "accessEntries": [entry.inputs() for entry in given.entries("accessEntries").values()],
            "autoModeNodeRoleName": "",
            "cluster": self.cluster,
            "clusterIamRole": role,
            "clusterSecurityGroup": self.endpoint_group,
            "endpoint": self.cluster.output("endpoint"),
            "instanceRoles": [],
            "kubeconfig": kubeconfig,
            "nodeGroupOptions": {},
            "oidcProvider": self.oidc,
            "privateSubnetIds": given.input("privateSubnetIds"),
            "provider": self.kubernetes,
            "publicSubnetIds": given.input("publicSubnetIds"),
            "subnetIds": self._subnet_ids(),
            "tags": self._tags,
            "vpcId": given.input("vpcId"),
        }
        managed = self.cluster.output("vpcConfig").apply(
            lambda known: known.get("clusterSecurityGroupId", "")
        )
        issuer = self.cluster.output("identities").apply(_issuer)
        group, nodes = self.endpoint_group, self.nodes
        return {
            "autoModeNodeRoleName": "",
            "clusterIngressRuleId": nodes.ingress.id if nodes else "",
            "clusterSecurityGroup": group,
            "clusterSecurityGroupId": group.id if group else managed,
            "core": _present(core),
            "defaultNodeGroupAsgName": "",
            "eksCluster": self.cluster,
            "eksClusterIngressRule": nodes.ingress if nodes else None,
            "fargateProfileId": "",
            "fargateProfileStatus": "",
            "instanceRoles": [],
            "kubeconfig": kubeconfig,
            "kubeconfigJson": text_of(kubeconfig),
            "nodeSecurityGroup": nodes.group if nodes else None,
            "nodeSecurityGroupId": nodes.group.id if nodes else managed,
            "oidcIssuer": issuer.apply(lambda known: known.removeprefix("https://")),
            "oidcProviderArn": self.oidc.output("arn") if self.oidc else "",
            "oidcProviderUrl": issuer,
        }


def _merged(given: list[Mapping[str, str] | None]) -> dict[str, str]:
    return {key: value for tags in given if tags for key, value in tags.items()}


def _joined(given: list[list[str] | None]) -> list[str]:
    return [item for part in given if part for item in part]


def _issuer(identities: Any) -> str:  # noqa: ANN401 - JSON
    try:
        return str(identities[0]["oidcs"][0]["issuer"])
    except (IndexError, KeyError, TypeError):
        return ""


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
