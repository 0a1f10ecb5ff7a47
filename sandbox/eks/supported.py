"""What of `eks:index:Cluster` is built here; the rest is refused rather than left out."""

from pulumi.errors import InputPropertiesError

from sandbox.eks.arguments import Arguments

_BUILT = frozenset(
    {
        "accessEntries",
        "authenticationMode",
        "bootstrapSelfManagedAddons",
        "clusterSecurityGroup",
        "clusterSecurityGroupTags",
        "clusterTags",
        "corednsAddonOptions",
        "createOidcProvider",
        "deletionProtection",
        "enableConfigMapMutable",
        "enabledClusterLogTypes",
        "encryptionConfigKeyArn",
        "endpointPrivateAccess",
        "endpointPublicAccess",
        "ipFamily",
        "kubeProxyAddonOptions",
        "kubernetesServiceIpAddressRange",
        "name",
        "nodeSecurityGroupTags",
        "privateSubnetIds",
        "providerCredentialOpts",
        "publicAccessCidrs",
        "publicSubnetIds",
        "serviceRole",
        "skipDefaultNodeGroup",
        "skipDefaultSecurityGroups",
        "subnetIds",
        "tags",
        "upgradePolicy",
        "useDefaultVpcCni",
        "version",
        "vpcCniOptions",
        "vpcId",
    }
)
"""The inputs that have an effect here; another one that is given is refused (pulumi-eks 4.4)."""

_WITH_ACCESS_ENTRIES = ("API", "API_AND_CONFIG_MAP")


class UnsupportedError(InputPropertiesError):
    """The program asks for something that this stand-in does not build."""

    def __init__(self, message: str) -> None:
        # With None for the errors the SDK fails to answer at all.
        super().__init__(message, [])


def refuse_unsupported(arguments: Arguments) -> None:
    """Refuse inputs of a cluster that would be left out here.

    Raises:
        UnsupportedError: There are such.
    """
    found = sorted(name for name in arguments.given() - _BUILT if arguments.plain(name))
    if found:
        raise UnsupportedError(
            f"eks:index:Cluster: got {', '.join(found)}, which the sandbox does not build"
        )
    if not arguments.plain("skipDefaultNodeGroup"):
        raise UnsupportedError(
            "eks:index:Cluster: got a default node group, which the sandbox does not build; wanted"
            " skipDefaultNodeGroup: true"
        )
    mode = arguments.plain("authenticationMode")
    if mode not in _WITH_ACCESS_ENTRIES and "accessEntries" in arguments:
        raise UnsupportedError(
            f"eks:index:Cluster: got accessEntries with authenticationMode {mode}, wanted one of"
            f" {', '.join(_WITH_ACCESS_ENTRIES)}"
        )
