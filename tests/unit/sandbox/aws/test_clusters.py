"""EKS says no where AWS does; a cluster has its control plane; who may enter is known."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws.access_entries import ADMINISTRATOR_POLICY, entries_of
from sandbox.aws.errors import AwsError
from tests.unit.sandbox.aws.cases.case import World
from tests.unit.sandbox.aws.cases.clusters import POLICY, make, pod_role
from tests.unit.sandbox.aws.control_planes import Planes
from tests.unit.sandbox.aws.driving import HOME, MANAGEMENT, Made

ADDON = "eks/addon:Addon"
ENTRY = "eks/accessEntry:AccessEntry"
GROUP = "eks/nodeGroup:NodeGroup"
IDENTITY = "eks/podIdentityAssociation:PodIdentityAssociation"
ASSOCIATION = "eks/accessPolicyAssociation:AccessPolicyAssociation"


def group(world: World, cluster: Made, **inputs: object) -> Made:
    return world.make(
        GROUP,
        **{
            "clusterName": cluster.id,
            "nodeRoleArn": world.role()["arn"],
            "subnetIds": cluster.inputs["vpcConfig"]["subnetIds"],
            "scalingConfig": {"minSize": 1, "desiredSize": 1, "maxSize": 1},
            **inputs,
        },
    )


def test_a_cluster_has_the_address_of_the_api_server_that_runs(
    world: World, planes: Planes
) -> None:
    planes.versions = ("1.35", "1.36")
    made = make(world)
    assert made["endpoint"] == "https://127.0.0.1:20001"
    assert made["certificateAuthority"] == {"data": "Q0E="}
    made.update(version="1.36")
    made.delete()
    assert planes.done == [f"{made.id} runs 1.35", f"{made.id} runs 1.36", f"{made.id} is removed"]


def test_a_refresh_finds_an_api_server_that_there_was_none_for(
    world: World, planes: Planes
) -> None:
    made = make(world)
    assert made["endpoint"].endswith(".eks.amazonaws.com")
    planes.versions = ("1.35",)
    assert made.drift() == {
        "certificateAuthority": {"data": "Q0E="},
        "endpoint": "https://127.0.0.1:20001",
    }


def test_a_cluster_without_an_api_server_says_so_in_one_line(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    made = make(world)
    made.read()
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith(f"sandbox: EKS cluster {made.id} has no API server: got version 1.35")


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("1.34", "Unsupported Kubernetes minor version update from 1.35 to 1.34"),
        ("1.37", "Unsupported Kubernetes minor version update from 1.35 to 1.37"),
        ("1.36", "the sandbox: got version 1.36, wanted"),
    ],
)
def test_a_version_is_the_next_one_and_the_sandbox_has_it(
    world: World, planes: Planes, version: str, words: str
) -> None:
    planes.versions = ("1.34", "1.35", "1.37")
    made = make(world)
    with pytest.raises(AwsError, match=words):
        made.update(version=version)
    assert world.see("eks").describe_cluster(name=made.id)["cluster"]["version"] == "1.35"
    assert planes.done == [f"{made.id} runs 1.35"]


def test_an_api_server_goes_back_when_eks_refuses_the_new_version(
    world: World, planes: Planes
) -> None:
    planes.versions = ("1.33", "1.34", "1.35", "1.36", "1.37")
    made = make(world, version="1.33")
    group(world, made)
    for version in ("1.34", "1.35", "1.36"):
        made.update(version=version)
    with pytest.raises(AwsError, match=r"must be updated from 1\.33 before cluster version 1\.37"):
        made.update(version="1.37")
    assert planes.running[made.id].version == "1.36"


def test_a_protected_cluster_is_not_deleted_and_keeps_everything(
    world: World, planes: Planes
) -> None:
    planes.versions = ("1.35",)
    made = make(world, deletionProtection=True)
    with pytest.raises(AwsError, match=r"InvalidRequestException.*deletion protection"):
        made.delete()
    assert made.id in planes.running
    security = made["vpcConfig"]["clusterSecurityGroupId"]
    world.see("ec2").describe_security_groups(GroupIds=[security])
    made.update(deletionProtection=False)
    made.delete()
    with pytest.raises(ClientError, match="NotFound"):
        world.see("ec2").describe_security_groups(GroupIds=[security])


def test_a_cluster_keeps_its_security_group_through_changes(world: World) -> None:
    made = make(world)
    before = made["vpcConfig"]["clusterSecurityGroupId"]
    made.update(upgradePolicy={"supportType": "STANDARD"})
    assert made["vpcConfig"]["clusterSecurityGroupId"] == before
    said = world.see("eks").describe_cluster(name=made.id)["cluster"]["resourcesVpcConfig"]
    assert said["clusterSecurityGroupId"] == before


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"roleArn": "arn:aws:iam::111122223333:role/nobody"}, "does not exist or the trusted"),
        ({"version": "latest"}, "unsupported Kubernetes version latest"),
    ],
)
def test_a_cluster_needs_a_role_and_a_version_that_exist(
    world: World, inputs: dict[str, Any], words: str
) -> None:
    with pytest.raises(AwsError, match=words):
        make(world, **inputs)


def test_a_cluster_needs_two_zones(world: World) -> None:
    subnet = world.subnets(world.vpc())[0]
    with pytest.raises(AwsError, match="at least two different AZs"):
        make(world, vpcConfig={"subnetIds": [subnet]})


def test_access_by_the_api_is_not_taken_back(world: World) -> None:
    made = make(world)
    mode = {**made.inputs["accessConfig"], "authenticationMode": "API_AND_CONFIG_MAP"}
    with pytest.raises(AwsError, match="Unsupported authentication mode update from API to"):
        made.update(accessConfig=mode)


def test_nodes_follow_their_group_from_its_creation_to_its_deletion(
    world: World, planes: Planes
) -> None:
    planes.versions = ("1.35",)
    cluster = make(world)
    made = group(world, cluster)
    made.update(tags={"team": "platform"})
    made.update(scalingConfig={"minSize": 1, "desiredSize": 2, "maxSize": 2})
    made.delete()
    assert planes.done.count(f"{cluster.id} has its nodes") == 3


def test_an_addon_brings_its_definitions_along(world: World, planes: Planes) -> None:
    planes.versions = ("1.35",)
    cluster = make(world)
    world.make(ADDON, clusterName=cluster.id, addonName="vpc-cni")
    assert planes.done[-1] == f"{cluster.id} has vpc-cni"


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"scalingConfig": {"minSize": 3, "desiredSize": 2, "maxSize": 4}}, "Minimum capacity 3"),
        ({"scalingConfig": {"minSize": 1, "desiredSize": 5, "maxSize": 4}}, "Desired capacity 5"),
        ({"version": "1.36"}, "cannot be newer than the version 1.35"),
    ],
)
def test_a_node_group_that_eks_would_not_make_is_refused(
    world: World, inputs: dict[str, Any], words: str
) -> None:
    cluster = make(world)
    with pytest.raises(AwsError, match=words):
        group(world, cluster, **inputs)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"configurationValues": "{env: ["}, "neither a JSON nor a YAML object"),
        ({"configurationValues": "[1]"}, "neither a JSON nor a YAML object"),
        ({"addonName": "vpc-cmi"}, "Addon vpc-cmi specified is not supported"),
        ({"addonVersion": "1.20"}, "Addon version specified is not supported"),
    ],
)
def test_an_addon_that_eks_would_not_make_is_refused(
    world: World, inputs: dict[str, Any], words: str
) -> None:
    cluster = make(world)
    with pytest.raises(AwsError, match=words):
        world.make(ADDON, **{"clusterName": cluster.id, "addonName": "vpc-cni", **inputs})


def test_a_cluster_with_node_groups_is_not_deleted(world: World) -> None:
    cluster = make(world)
    made = group(world, cluster)
    with pytest.raises(AwsError, match="ResourceInUseException: Cluster has nodegroups attached"):
        cluster.delete()
    made.delete()
    cluster.delete()


def test_a_service_account_has_one_role_which_trusts_eks(world: World) -> None:
    cluster, role = make(world), pod_role(world)
    account = {"clusterName": cluster.id, "namespace": "apps", "serviceAccount": "api"}
    first = world.make(IDENTITY, **account, roleArn=role)
    with pytest.raises(AwsError, match=f"ResourceInUse.*Association already exists: {first.id}"):
        world.make(IDENTITY, **account, roleArn=role)
    other = {**account, "serviceAccount": "worker"}
    with pytest.raises(AwsError, match="Trust policy of the role provided is invalid"):
        world.make(IDENTITY, **other, roleArn=world.role()["arn"])
    world.make(IDENTITY, **other, roleArn=role)


def test_an_addons_association_takes_the_place_of_one_of_ones_own(world: World) -> None:
    cluster, role = make(world), pod_role(world)
    pods = [{"serviceAccount": "ebs-csi-controller-sa", "roleArn": role}]
    inputs = {"clusterName": cluster.id, "addonName": "aws-ebs-csi-driver"}
    made = world.make(ADDON, **inputs, podIdentityAssociations=pods)
    account = {"namespace": "kube-system", "serviceAccount": "ebs-csi-controller-sa"}
    with pytest.raises(AwsError, match="Association already exists"):
        world.make(IDENTITY, clusterName=cluster.id, **account, roleArn=role)
    made.delete()
    world.make(IDENTITY, clusterName=cluster.id, **account, roleArn=role)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"kubernetesGroups": ["system:masters"]}, "it cannot start with system:"),
        ({"userName": "aws:me"}, "The username must not begin with aws:"),
        ({"type": "EC2_LINUX", "kubernetesGroups": ["a"]}, "cannot be set for entries of type"),
        ({"principalArn": "arn:aws:iam::111122223333:role/nobody"}, "invalid principal"),
    ],
)
def test_an_access_entry_that_eks_would_not_make_is_refused(
    world: World, inputs: dict[str, Any], words: str
) -> None:
    cluster, role = make(world), world.role()["arn"]
    with pytest.raises(AwsError, match=words):
        world.make(ENTRY, **{"clusterName": cluster.id, "principalArn": role, **inputs})


def test_a_role_of_nodes_has_its_entry_from_eks_and_no_second_one(world: World) -> None:
    cluster = make(world)
    made = group(world, cluster)
    entry = {"clusterName": cluster.id, "principalArn": made["nodeRoleArn"], "type": "EC2_LINUX"}
    with pytest.raises(AwsError, match="already in use on this cluster"):
        world.make(ENTRY, **entry)
    made.delete()
    world.make(ENTRY, **entry)


def test_an_access_policy_needs_an_entry_a_name_and_a_scope(world: World) -> None:
    cluster, role = make(world), world.role()["arn"]
    which: dict[str, Any] = {"clusterName": cluster.id, "principalArn": role}
    whole = {"type": "cluster"}
    with pytest.raises(AwsError, match="principalArn could not be found"):
        world.make(ASSOCIATION, **which, policyArn=POLICY.format("View"), accessScope=whole)
    world.make(ENTRY, **which)
    with pytest.raises(AwsError, match="policyArn is invalid"):
        world.make(ASSOCIATION, **which, policyArn=POLICY.format("Root"), accessScope=whole)
    with pytest.raises(AwsError, match="Namespaces are required"):
        world.make(
            ASSOCIATION,
            **which,
            policyArn=POLICY.format("View"),
            accessScope={"type": "namespace"},
        )


def test_whoever_may_enter_is_found_with_groups_and_policies(world: World) -> None:
    cluster, role = make(world), world.role()["arn"]
    which = {"clusterName": cluster.id, "principalArn": role}
    entry = world.make(ENTRY, **which, kubernetesGroups=["readers"])
    scope = {"type": "namespace", "namespaces": ["apps"]}
    policy = world.make(ASSOCIATION, **which, policyArn=POLICY.format("Edit"), accessScope=scope)
    nodes = group(world, cluster)

    def found() -> dict[str, Any]:
        known = entries_of(world.store, MANAGEMENT, HOME, cluster.id)
        return {one.principal_arn: one for one in known}

    assert set(found()) == {role, nodes["nodeRoleArn"]}
    assert found()[role].groups == ("readers",)
    assert found()[role].username.endswith(f"/{role.rpartition('/')[2]}/{{{{SessionName}}}}")
    (edit,) = found()[role].policies
    assert (edit.policy_arn, edit.namespaces) == (POLICY.format("Edit"), ("apps",))
    node = found()[nodes["nodeRoleArn"]]
    assert (node.kind, node.groups) == ("EC2_LINUX", ("system:nodes",))
    assert node.username == "system:node:{{EC2PrivateDNSName}}"

    entry.update(kubernetesGroups=["administrators"])
    policy.delete()
    assert found()[role].groups == ("administrators",)
    assert found()[role].policies == ()
    entry.delete()
    nodes.delete()
    assert found() == {}
    assert entries_of(world.store, MANAGEMENT, "eu-west-1", cluster.id) == ()


def test_the_creator_of_a_cluster_may_enter_unless_told_otherwise(world: World) -> None:
    made = make(world, accessConfig={"authenticationMode": "API"})
    made.update(upgradePolicy={"supportType": "STANDARD"})
    (creator,) = entries_of(world.store, MANAGEMENT, HOME, made.id)
    assert creator.principal_arn.startswith(f"arn:aws:iam::{MANAGEMENT}:")
    assert [one.policy_arn for one in creator.policies] == [ADMINISTRATOR_POLICY]
    (said,) = world.see("eks").list_access_entries(clusterName=made.id)["accessEntries"]
    assert said == creator.principal_arn


def test_an_addon_that_asks_for_no_version_gets_one_for_its_cluster(world: World) -> None:
    cluster = make(world)
    values = json.dumps({"replicaCount": 2})
    made = world.make(
        ADDON, clusterName=cluster.id, addonName="coredns", configurationValues=values
    )
    assert made["addonVersion"] == "v1.35.0-eksbuild.1"
