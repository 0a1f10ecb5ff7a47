"""Cases of EKS."""

import json

from tests.unit.sandbox.aws.cases.case import Case, World, case, document
from tests.unit.sandbox.aws.driving import HOME, MANAGEMENT, Made

POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKS{}Policy"
PODS = document(
    {
        "Effect": "Allow",
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Principal": {"Service": "pods.eks.amazonaws.com"},
    }
)


NONE: list[str] = []


def make(world: World, **inputs: object) -> Made:
    """A cluster in two zones, which lets nobody in but by access entries."""
    return world.make(
        "eks/cluster:Cluster",
        **{
            "roleArn": world.role()["arn"],
            "version": "1.35",
            "vpcConfig": {
                "subnetIds": world.subnets(world.vpc()),
                "endpointPrivateAccess": True,
                "endpointPublicAccess": True,
            },
            "accessConfig": {
                "authenticationMode": "API",
                "bootstrapClusterCreatorAdminPermissions": False,
            },
            **inputs,
        },
    )


def pod_role(world: World) -> str:
    return world.make("iam/role:Role", assumeRolePolicy=PODS)["arn"]


@case("eks/cluster:Cluster")
def cluster(world: World) -> Case:
    made = make(world, enabledClusterLogTypes=["api", "audit"], deletionProtection=False)
    client = world.see("eks")

    def seen() -> object:
        found = client.describe_cluster(name=made.id)["cluster"]
        network = found["resourcesVpcConfig"]
        on = [one["types"] for one in found["logging"]["clusterLogging"] if one["enabled"]]
        return found["version"], network["endpointPublicAccess"], on, found["upgradePolicy"]

    vpc = made["vpcConfig"]
    assert vpc["clusterSecurityGroupId"].startswith("sg-")
    assert made["identities"][0]["oidcs"][0]["issuer"].startswith(f"https://oidc.eks.{HOME}.")
    network = made.inputs["vpcConfig"]
    return Case(
        made=made,
        outputs={
            "arn": rf"arn:aws:eks:{HOME}:{MANAGEMENT}:cluster/case-.*",
            "endpoint": rf"https://[0-9A-F]{{32}}\.gr7\.{HOME}\.eks\.amazonaws\.com",
            "status": "ACTIVE",
        },
        seen=seen,
        before=("1.35", True, [["api", "audit"]], {"supportType": "EXTENDED"}),
        change={
            "version": "1.36",
            "vpcConfig": {**network, "endpointPublicAccess": False},
            "enabledClusterLogTypes": ["api", "scheduler"],
            "upgradePolicy": {"supportType": "STANDARD"},
            "tags": {"team": "platform"},
        },
        after=("1.36", False, [["api", "scheduler"]], {"supportType": "STANDARD"}),
        replaced={
            "name": "other",
            "roleArn": "arn:aws:iam::111122223333:role/other",
            "accessConfig": {"authenticationMode": "API"},
            "kubernetesNetworkConfig": {"serviceIpv4Cidr": "10.100.0.0/16"},
        },
    )


@case("eks/nodeGroup:NodeGroup")
def node_group(world: World) -> Case:
    owner = make(world)
    made = world.make(
        "eks/nodeGroup:NodeGroup",
        clusterName=owner.id,
        nodeRoleArn=world.role()["arn"],
        subnetIds=owner.inputs["vpcConfig"]["subnetIds"],
        scalingConfig={"minSize": 1, "desiredSize": 2, "maxSize": 3},
        labels={"role": "system", "old": "yes"},
        taints=[{"key": "system", "value": "true", "effect": "NO_SCHEDULE"}],
        updateConfig={"maxUnavailable": 1},
        tags={"team": "platform"},
    )
    client = world.see("eks")

    def seen() -> object:
        found = client.describe_nodegroup(
            clusterName=owner.id, nodegroupName=made["nodeGroupName"]
        )["nodegroup"]
        scaling = found["scalingConfig"]["desiredSize"]
        return scaling, found["labels"], [one["effect"] for one in found["taints"]]

    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:eks:{HOME}:\d+:nodegroup/{owner.id}/case-.*/[0-9a-f-]{{36}}"},
        seen=seen,
        before=(2, {"role": "system", "old": "yes"}, ["NO_SCHEDULE"]),
        change={
            "scalingConfig": {"minSize": 1, "desiredSize": 3, "maxSize": 3},
            "labels": {"role": "system", "new": "yes"},
            "taints": [],
            "releaseVersion": "1.35.2-20260301",
            "tags": {"team": "other"},
        },
        after=(3, {"role": "system", "new": "yes"}, NONE),
        replaced={
            "amiType": "BOTTLEROCKET_ARM_64",
            "capacityType": "SPOT",
            "launchTemplate": {"id": "lt-1", "version": "1"},
            "subnetIds": ["subnet-1"],
        },
    )


@case("eks/addon:Addon")
def addon(world: World) -> Case:
    owner = make(world)
    first, second = (json.dumps({"env": {"WARM_IP_TARGET": one}}) for one in ("1", "2"))
    made = world.make(
        "eks/addon:Addon",
        clusterName=owner.id,
        addonName="vpc-cni",
        addonVersion="v1.20.4-eksbuild.1",
        configurationValues=first,
        resolveConflictsOnCreate="OVERWRITE",
        resolveConflictsOnUpdate="OVERWRITE",
        preserve=True,
    )
    client = world.see("eks")

    def seen() -> object:
        found = client.describe_addon(clusterName=owner.id, addonName="vpc-cni")["addon"]
        return found["addonVersion"], found["configurationValues"]

    return Case(
        made=made,
        outputs={"arn": rf"arn:aws:eks:{HOME}:\d+:addon/{owner.id}/vpc-cni/[0-9a-f-]{{36}}"},
        seen=seen,
        before=("v1.20.4-eksbuild.1", first),
        change={"addonVersion": "v1.21.0-eksbuild.2", "configurationValues": second},
        after=("v1.21.0-eksbuild.2", second),
        replaced={"addonName": "coredns", "clusterName": "other"},
    )


@case("eks/accessEntry:AccessEntry")
def access_entry(world: World) -> Case:
    owner, role = make(world), world.role()["arn"]
    made = world.make(
        "eks/accessEntry:AccessEntry",
        clusterName=owner.id,
        principalArn=role,
        kubernetesGroups=["platform-readers"],
        tags={"team": "platform"},
    )
    client = world.see("eks")

    def seen() -> object:
        found = client.describe_access_entry(clusterName=owner.id, principalArn=role)
        return found["accessEntry"]["kubernetesGroups"], found["accessEntry"]["tags"]["team"]

    name = role.rpartition("/")[2]
    return Case(
        made=made,
        outputs={
            "accessEntryArn": rf"arn:aws:eks:{HOME}:\d+:access-entry/{owner.id}/role/\d+/{name}/.*",
            "userName": rf"arn:aws:sts::\d+:assumed-role/{name}/\{{\{{SessionName\}}\}}",
        },
        seen=seen,
        before=(["platform-readers"], "platform"),
        change={"kubernetesGroups": ["platform-administrators"], "tags": {"team": "other"}},
        after=(["platform-administrators"], "other"),
        replaced={"type": "EC2_LINUX", "principalArn": "arn:aws:iam::111122223333:role/other"},
    )


@case("eks/accessPolicyAssociation:AccessPolicyAssociation")
def access_policy(world: World) -> Case:
    owner, role = make(world), world.role()["arn"]
    world.make("eks/accessEntry:AccessEntry", clusterName=owner.id, principalArn=role)
    scope = {"type": "namespace", "namespaces": ["apps"]}
    made = world.make(
        "eks/accessPolicyAssociation:AccessPolicyAssociation",
        clusterName=owner.id,
        principalArn=role,
        policyArn=POLICY.format("Edit"),
        accessScope=scope,
    )
    found = world.see("eks").list_associated_access_policies(
        clusterName=owner.id, principalArn=role
    )["associatedAccessPolicies"]
    assert [one["accessScope"] for one in found] == [scope]
    return Case(
        made=made,
        outputs={"associatedAt": r"\d{4}-.*"},
        replaced={"accessScope": {"type": "cluster"}, "policyArn": POLICY.format("View")},
    )


@case("eks/podIdentityAssociation:PodIdentityAssociation")
def pod_identity(world: World) -> Case:
    owner, first, second = make(world), pod_role(world), pod_role(world)
    made = world.make(
        "eks/podIdentityAssociation:PodIdentityAssociation",
        clusterName=owner.id,
        namespace="apps",
        serviceAccount="api",
        roleArn=first,
        tags={"team": "platform"},
    )
    client = world.see("eks")

    def seen() -> object:
        found = client.describe_pod_identity_association(
            clusterName=owner.id, associationId=made.id
        )["association"]
        return found["roleArn"], found["tags"]["team"]

    return Case(
        made=made,
        outputs={
            "associationId": r"a-[0-9a-z]{17}",
            "associationArn": rf"arn:aws:eks:{HOME}:\d+:podidentityassociation/{owner.id}/a-.*",
        },
        seen=seen,
        before=(first, "platform"),
        change={"roleArn": second, "tags": {"team": "other"}},
        after=(second, "other"),
        replaced={"namespace": "other", "serviceAccount": "other"},
    )
