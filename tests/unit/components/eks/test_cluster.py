"""What EKS is told: the cluster, its role, its log and its nodes."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from tests.recording import Recorded, Recording
from tests.wire import UNKNOWN

EksRecorder = Callable[..., Recording]

ACCOUNT_ID = "222233334444"
CLUSTER_ARN = f"arn:aws:eks:eu-central-1:{ACCOUNT_ID}:cluster/staging"


def cluster(recording: Recording) -> Recorded:
    return recording.one("eks/cluster:Cluster")


def addon(recording: Recording, name: str) -> Recorded:
    (found,) = [one for one in recording.of("eks/addon:Addon") if one.inputs["addonName"] == name]
    return found


def needs(recording: Recording, one: Recorded, other: Recorded) -> bool:
    """Whether one resource waits for another, and goes before it."""
    seen, pending = set[str](), [one.urn]
    while pending:
        urn = pending.pop()
        if urn == other.urn:
            return True
        if urn not in seen:
            seen.add(urn)
            known = [found for found in recording.resources if found.urn == urn]
            pending.extend(urn for found in known for urn in found.depends_on)
    return False


def test_nothing_is_made_unasked(empty: Recording) -> None:
    assert not [one.name for one in empty.resources if one.name.startswith("eks")]
    assert empty.exports == {}


def test_the_api_is_reached_from_inside_alone(eks: EksRecorder) -> None:
    network = cluster(eks()).inputs["vpcConfig"]
    assert network["endpointPrivateAccess"] is True
    assert network["endpointPublicAccess"] is False
    assert "publicAccessCidrs" not in network


def test_a_public_endpoint_knows_whom_and_keeps_the_private_one(eks: EksRecorder) -> None:
    cidrs = ["203.0.113.0/24"]
    network = cluster(eks(endpoint="public-with-cidrs", public_cidrs=cidrs)).inputs["vpcConfig"]
    assert network["endpointPublicAccess"] is True
    assert network["publicAccessCidrs"] == cidrs
    assert network["endpointPrivateAccess"] is True


def test_its_creator_is_nobody_on_it(eks: EksRecorder) -> None:
    assert cluster(eks()).inputs["accessConfig"] == {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": False,
    }


def test_it_is_told_everything(eks: EksRecorder) -> None:
    inputs = cluster(eks()).inputs
    assert inputs["name"] == "staging"
    assert inputs["version"] == "1.36"
    assert inputs["upgradePolicy"] == {"supportType": "STANDARD"}
    assert inputs["zonalShiftConfig"] == {"enabled": True}
    assert inputs["bootstrapSelfManagedAddons"] is False
    assert inputs["kubernetesNetworkConfig"]["serviceIpv4Cidr"] == "172.20.0.0/16"
    assert inputs["encryptionConfig"]["resources"] == ["secrets"]
    assert inputs["encryptionConfig"]["provider"]["keyArn"].endswith("key/secrets")
    assert sorted(inputs["enabledClusterLogTypes"]) == [
        "api",
        "audit",
        "authenticator",
        "controllerManager",
        "scheduler",
    ]


def test_a_zonal_shift_is_only_told_where_it_is_wanted(eks: EksRecorder) -> None:
    assert "zonalShiftConfig" not in cluster(eks(zonal_shift=False)).inputs


def test_it_stands_where_nothing_leaves_the_network(eks: EksRecorder) -> None:
    network = cluster(eks()).inputs["vpcConfig"]
    assert network["subnetIds"] == ["intra-a", "intra-b", "intra-c"]
    assert network["securityGroupIds"] == ["the control-plane group"]


def test_without_such_subnets_it_stands_beside_its_nodes(eks: EksRecorder) -> None:
    network = cluster(eks(tiers=("private", "public"))).inputs["vpcConfig"]
    assert network["subnetIds"] == ["private-a", "private-b", "private-c"]


@pytest.mark.parametrize("protected", [True, False])
def test_deletion_protection_is_of_eks_and_of_pulumi(eks: EksRecorder, *, protected: bool) -> None:
    found = cluster(eks(deletion_protection=protected))
    assert found.inputs["deletionProtection"] is protected
    assert found.protect is protected


def test_its_log_group_comes_first_and_goes_last(eks: EksRecorder) -> None:
    recording = eks(log_retention_days=30)
    group = recording.one("cloudwatch/logGroup:LogGroup", "eks-cluster-log-group")
    assert group.inputs["name"] == "/aws/eks/staging/cluster"
    assert group.inputs["retentionInDays"] == 30
    assert group.inputs["kmsKeyId"].endswith("key/logs")
    assert needs(recording, cluster(recording), group)


def test_its_role_keeps_its_policies_as_long_as_there_is_a_cluster(eks: EksRecorder) -> None:
    recording = eks()
    attached = recording.one("RolePolicyAttachment", "eks-cluster-role-AmazonEKSClusterPolicy")
    assert needs(recording, cluster(recording), attached)


def test_eks_takes_the_role_for_this_cluster_alone(eks: EksRecorder) -> None:
    role = eks().one("iam/role:Role", "eks-cluster-role-role")
    (statement,) = role.policy("assumeRolePolicy")["Statement"]
    assert statement["Principal"] == {"Service": "eks.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT_ID},
        "ArnEquals": {"aws:SourceArn": CLUSTER_ARN},
    }


def test_pods_become_roles_by_tokens_of_its_issuer(eks: EksRecorder) -> None:
    recording = eks()
    issuer = cluster(recording).outputs["identities"][0]["oidcs"][0]["issuer"]
    provider = recording.one("iam/openIdConnectProvider:OpenIdConnectProvider")
    assert provider.inputs["url"] == issuer
    assert recording.exports["oidc_issuer"] == issuer.removeprefix("https://")
    assert recording.exports["oidc_provider_arn"] == provider.outputs["arn"]


def test_the_kubeconfig_asks_for_a_token_and_holds_none(eks: EksRecorder) -> None:
    recording = eks()
    document = json.loads(recording.exports["kubeconfig"])
    (user,) = document["users"]
    assert set(user["user"]) == {"exec"}
    arguments = user["user"]["exec"]["args"]
    assert arguments[arguments.index("eks") : arguments.index("eks") + 2] == ["eks", "get-token"]
    role = f"arn:aws:iam::{ACCOUNT_ID}:role/OrganizationAccountAccessRole"
    assert role in arguments
    assert arguments[arguments.index(role) - 1].startswith("--role")


def test_the_way_to_its_api_waits_for_the_deploy_roles_entry(eks: EksRecorder) -> None:
    recording = eks()
    (provider,) = [
        one for one in recording.of("pulumi:providers:kubernetes") if one.name == "eks-kubernetes"
    ]
    assert provider.inputs["deleteUnreachable"] == "true"
    policy = recording.one("AccessPolicyAssociation")
    assert needs(recording, provider, policy)
    assert needs(recording, policy, recording.one("AccessEntry", "eks-access-deploy"))


def test_nodes_wait_for_the_pod_network(eks: EksRecorder) -> None:
    recording = eks()
    nodes = recording.one("eks/nodeGroup:NodeGroup")
    for name in ("vpc-cni", "kube-proxy", "eks-pod-identity-agent"):
        assert needs(recording, nodes, addon(recording, name)), name
    for name in ("coredns", "aws-ebs-csi-driver", "eks-node-monitoring-agent"):
        assert needs(recording, addon(recording, name), nodes), name
    assert needs(recording, nodes, recording.one("Route", "way-out"))
    assert needs(recording, nodes, recording.one("SecurityGroupEgressRule", "who-may-talk"))
    assert needs(recording, nodes, recording.one("AccessEntry", "eks-access-nodes"))


def test_nodes_keep_their_policies_as_long_as_they_are_there(eks: EksRecorder) -> None:
    recording = eks()
    nodes = recording.one("eks/nodeGroup:NodeGroup")
    role = recording.one("iam/role:Role", "eks-node-role")
    attached = [
        one
        for one in recording.of("RolePolicyAttachment")
        if one.inputs["role"] == role.outputs["name"]
    ]
    assert {one.inputs["policyArn"].rpartition("/")[2] for one in attached} == {
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEKSWorkerNodePolicy",
        "AmazonEKS_CNI_Policy",
        "AmazonSSMManagedInstanceCore",
    }
    assert all(needs(recording, nodes, one) for one in attached)


def test_the_base_group_is_small_fixed_and_tainted(eks: EksRecorder) -> None:
    inputs = eks().one("eks/nodeGroup:NodeGroup").inputs
    assert inputs["taints"] == [
        {"key": "CriticalAddonsOnly", "value": "true", "effect": "NO_SCHEDULE"}
    ]
    assert inputs["labels"] == {"karpenter.sh/controller": "true"}
    assert inputs["scalingConfig"] == {"minSize": 3, "desiredSize": 3, "maxSize": 3}
    assert inputs["capacityType"] == "ON_DEMAND"
    assert inputs["subnetIds"] == ["private-a", "private-b", "private-c"]
    assert "remoteAccess" not in inputs


def test_only_eks_moves_the_number_of_nodes(eks: EksRecorder) -> None:
    assert eks().one("eks/nodeGroup:NodeGroup").ignore_changes == ("scalingConfig.desiredSize",)


@pytest.mark.parametrize(
    ("architecture", "image", "family"),
    [("arm64", "AL2023_ARM_64_STANDARD", "m7g"), ("amd64", "AL2023_x86_64_STANDARD", "m7i")],
)
def test_image_and_machines_are_of_one_architecture(
    eks: EksRecorder, architecture: str, image: str, family: str
) -> None:
    inputs = eks(base_nodes={"architecture": architecture}).one("eks/nodeGroup:NodeGroup").inputs
    assert inputs["amiType"] == image
    assert inputs["instanceTypes"][0].startswith(family)


def test_nodes_hide_their_metadata_and_encrypt_their_disks(eks: EksRecorder) -> None:
    inputs = eks().one("ec2/launchTemplate:LaunchTemplate", "eks-base-template").inputs
    assert inputs["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpPutResponseHopLimit": 1,
        "httpTokens": "required",
    }
    (disk,) = inputs["blockDeviceMappings"]
    assert disk["ebs"]["encrypted"] == "true"
    assert disk["ebs"]["kmsKeyId"].endswith("key/ebs")
    assert "imageId" not in inputs


def test_a_node_has_the_groups_of_its_pods_unless_they_have_their_own(eks: EksRecorder) -> None:
    template = "eks-base-template"
    shared = eks().one("LaunchTemplate", template).inputs["vpcSecurityGroupIds"]
    assert shared == ["the node group", "the application group"]
    recording = eks(security_groups_for_pods=True)
    own = recording.one("LaunchTemplate", template).inputs["vpcSecurityGroupIds"]
    assert own == ["the node group"]
    assert recording.one("RolePolicyAttachment", "eks-cluster-role-AmazonEKSVPCResourceController")


def test_pods_get_prefixes_and_network_policies(eks: EksRecorder) -> None:
    values = addon(eks(), "vpc-cni").policy("configurationValues")
    assert values["enableNetworkPolicy"] == "true"
    assert values["env"] == {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"}


def test_pods_get_interfaces_of_their_own_where_they_have_groups(eks: EksRecorder) -> None:
    values = addon(eks(security_groups_for_pods=True), "vpc-cni").policy("configurationValues")
    assert values["env"]["ENABLE_POD_ENI"] == "true"
    assert values["env"]["POD_SECURITY_GROUP_ENFORCING_MODE"] == "standard"
    assert values["init"]["env"] == {"DISABLE_TCP_EARLY_DEMUX": "true"}


def test_addons_are_pinned_and_overwrite_what_they_find(eks: EksRecorder) -> None:
    addons = eks(addons={"coredns": "v1.13.2-eksbuild.1"}).of("eks/addon:Addon")
    for one in addons:
        assert one.inputs["addonVersion"].startswith("v"), one.name
        assert one.inputs["resolveConflictsOnCreate"] == "OVERWRITE", one.name
        assert one.inputs["resolveConflictsOnUpdate"] == "OVERWRITE", one.name
    versions = {one.inputs["addonName"]: one.inputs["addonVersion"] for one in addons}
    assert versions["coredns"] == "v1.13.2-eksbuild.1"


@pytest.mark.parametrize("protected", [True, False])
def test_a_protected_cluster_keeps_its_pod_network(eks: EksRecorder, *, protected: bool) -> None:
    found = addon(eks(deletion_protection=protected), "vpc-cni")
    assert found.inputs["preserve"] is protected


def test_names_are_answered_from_the_base_nodes(eks: EksRecorder) -> None:
    values = addon(eks(), "coredns").policy("configurationValues")
    assert values["nodeSelector"] == {"karpenter.sh/controller": "true"}
    assert {"key": "CriticalAddonsOnly", "operator": "Exists"} in values["tolerations"]


def test_volumes_are_encrypted_with_the_accounts_own_key(eks: EksRecorder) -> None:
    storage = eks().one("StorageClass", "eks-storage-class").inputs
    assert storage["parameters"]["encrypted"] == "true"
    assert storage["parameters"]["kmsKeyId"].endswith("key/ebs")
    assert storage["volumeBindingMode"] == "WaitForFirstConsumer"


@pytest.mark.parametrize("missing", ["alerts", "ebs", "logs", "secrets"])
def test_a_missing_key_is_named(eks: EksRecorder, missing: str) -> None:
    keys = tuple(sorted({"alerts", "ebs", "logs", "secrets"} - {missing}))
    with pytest.raises(pulumi.RunError, match=f"wanted {missing} among them"):
        eks(keys=keys)


def test_a_network_without_a_cluster_is_named(eks: EksRecorder) -> None:
    with pytest.raises(pulumi.RunError, match=r"superinc:network\.runs\.cluster"):
        eks(groups=("load-balancer",))


def test_a_first_preview_knows_every_resource(eks: EksRecorder) -> None:
    def names(recording: Recording) -> set[str]:
        return {one.urn for one in recording.resources}

    preview: Any = eks(preview=True)
    assert names(preview) == names(eks())
    assert preview.exports["cluster_arn"] == UNKNOWN
