"""EKS and ECR: the control plane, who enters it, its nodes; the registry."""

import json
from typing import Any

from tests.unit.policy.cases.graphs import (
    PROTECTED,
    UNKNOWN,
    Record,
    broken,
    kept,
    ref,
    res,
    undecided,
)

CLUSTER = "aws:eks/cluster:Cluster"
COMPONENT = "eks:index:Cluster"
MANAGED = "eks:index:ManagedNodeGroup"
ENTRY = "aws:eks/accessEntry:AccessEntry"
ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
ADDON = "aws:eks/addon:Addon"
GROUP = "aws:eks/nodeGroup:NodeGroup"
NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
SUBNET = "aws:ec2/subnet:Subnet"
ROLE = "aws:iam/role:Role"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
REPOSITORY = "aws:ecr/repository:Repository"
TEMPLATE = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"
LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
PULL_THROUGH = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"
REPOSITORY_POLICY = "aws:ecr/repositoryPolicy:RepositoryPolicy"
SCANNING = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"

LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
PRIVATE = {"endpointPublicAccess": False, "endpointPrivateAccess": True}


def reached(**settings: object) -> Record:
    return res(CLUSTER, vpcConfig={**PRIVATE, **settings})


def opened_to(*cidrs: str) -> Record:
    return reached(endpointPublicAccess=True, publicAccessCidrs=list(cidrs))


def encrypted(**configuration: object) -> Record:
    good = {"provider": {"keyArn": UNKNOWN}, "resources": ["secrets"]}
    return res(CLUSTER, encryptionConfig={**good, **configuration})


def entered(**access: object) -> Record:
    good = {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}
    return res(CLUSTER, accessConfig={**good, **access})


def component(**inputs: Any) -> Record:  # noqa: ANN401 - any input
    good = {
        "authenticationMode": "API",
        "skipDefaultNodeGroup": True,
        "nodeAssociatePublicIpAddress": False,
        "encryptionConfigKeyArn": UNKNOWN,
        **PRIVATE,
    }
    return res(COMPONENT, **{**good, **inputs})


PLAIN = res(CLUSTER)


def addon(values: object, name: object = "vpc-cni") -> Record:
    return res(ADDON, clusterName=ref(PLAIN), addonName=name, configurationValues=values)


DELEGATING = {"env": {"ENABLE_PREFIX_DELEGATION": "true"}}
AUTOMATIC = res(CLUSTER, computeConfig={"enabled": True})
TAINTED = [{"key": "CriticalAddonsOnly", "effect": "NO_SCHEDULE"}]
INNER = res(SUBNET, "inner", tags={"tier": "private"})
OUTER = res(SUBNET, "outer", tags={"tier": "public"})

ADMINISTRATION = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
VIEWING = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
DEVELOPER = res(ROLE, "developer", name="superinc-developer")
OPERATOR = res(ROLE, "operator", name="superinc-break-glass")
BY_DEVELOPER = res(ENTRY, "developer", principalArn=ref(DEVELOPER))

NODE = res(ROLE, "node", name="node")
OF_NODE = res(GROUP, nodeRoleArn=ref(NODE))
MADE_BY_KARPENTER = res(NODE_CLASS, spec=ref(NODE))
WORKER = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"
S3_ACCESS = "arn:aws:iam::aws:policy/AmazonS3FullAccess"


def attached(policy: object) -> Record:
    return res(ATTACHMENT, role=ref(NODE), policyArn=policy)


def inline(*actions: str) -> Record:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return res(ROLE_POLICY, role=ref(NODE), policy=json.dumps({"Statement": [statement]}))


def allowing(principal: object, **more: object) -> Record:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "ecr:BatchGetImage", **more}
    return res(REPOSITORY_POLICY, policy=json.dumps({"Statement": [statement]}))


STORE = res(REPOSITORY, "store", name="hello")
ORGANISATION = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
ALL_ON_PUSH = {
    "scanFrequency": "SCAN_ON_PUSH",
    "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}],
}
SOME_ON_PUSH = {**ALL_ON_PUSH, "repositoryFilters": [{"filter": "team/*"}]}
SECRET = "arn:aws:secretsmanager:eu-central-1:333333333333:secret:"


def cached(upstream: object, **inputs: Any) -> Record:  # noqa: ANN401 - any input
    return res(PULL_THROUGH, upstreamRegistryUrl=upstream, **inputs)


CASES = [
    broken("EKS-01", PLAIN),
    broken("EKS-01", opened_to("203.0.113.0/24"), stack="production"),
    broken("EKS-01", reached(endpointPrivateAccess=False)),
    broken("EKS-01", opened_to("0.0.0.0/0")),
    broken("EKS-01", opened_to()),
    kept("EKS-01", opened_to("203.0.113.0/24")),
    kept("EKS-01", reached(), stack="production"),
    undecided("EKS-01", res(CLUSTER, vpcConfig=UNKNOWN)),
    undecided("EKS-01", reached(endpointPublicAccess=True, publicAccessCidrs=UNKNOWN)),
    broken("EKS-02", PLAIN),
    broken("EKS-02", encrypted(resources=[])),
    broken("EKS-02", encrypted(provider={})),
    kept("EKS-02", encrypted()),
    undecided("EKS-02", encrypted(resources=UNKNOWN)),
    undecided("EKS-02", res(CLUSTER, encryptionConfig=UNKNOWN)),
    broken("EKS-03", PLAIN),
    broken("EKS-03", res(CLUSTER, enabledClusterLogTypes=LOGS[:-1])),
    kept("EKS-03", res(CLUSTER, enabledClusterLogTypes=LOGS)),
    undecided("EKS-03", res(CLUSTER, enabledClusterLogTypes=UNKNOWN)),
    broken("EKS-04", PLAIN),
    broken("EKS-04", entered(authenticationMode="API_AND_CONFIG_MAP")),
    broken("EKS-04", entered(authenticationMode="CONFIG_MAP")),
    undecided("EKS-04", entered(authenticationMode=UNKNOWN)),
    undecided("EKS-04", entered(bootstrapClusterCreatorAdminPermissions=UNKNOWN)),
    broken("EKS-04", entered(bootstrapClusterCreatorAdminPermissions=True)),
    kept("EKS-04", entered()),
    undecided("EKS-04", res(CLUSTER, accessConfig=UNKNOWN)),
    broken("EKS-05", res(CONFIG_MAP, metadata={"name": "aws-auth", "namespace": "kube-system"})),
    broken("EKS-05", component(roleMappings=[{"roleArn": "x"}])),
    kept("EKS-05", res(CONFIG_MAP, metadata={"name": "settings", "namespace": "kube-system"})),
    kept("EKS-05", component()),
    kept("EKS-05", res(CONFIG_MAP, metadata=UNKNOWN)),
    broken("EKS-06", PLAIN),
    broken("EKS-06", res(CLUSTER, version="1.29", upgradePolicy={"supportType": "STANDARD"})),
    broken("EKS-06", res(CLUSTER, version="1.36", upgradePolicy={"supportType": "EXTENDED"})),
    kept("EKS-06", res(CLUSTER, version="1.36", upgradePolicy={"supportType": "STANDARD"})),
    kept("EKS-06", res(CLUSTER, version="1.34", upgradePolicy={"supportType": "STANDARD"})),
    broken("EKS-06", res(CLUSTER, upgradePolicy={"supportType": "STANDARD"})),
    undecided("EKS-06", res(CLUSTER, version=UNKNOWN, upgradePolicy=UNKNOWN)),
    broken("EKS-07", PLAIN),
    broken("EKS-07", PLAIN, addon(DELEGATING, "coredns")),
    broken("EKS-07", PLAIN, addon({"env": {"ENABLE_PREFIX_DELEGATION": True}})),
    broken("EKS-07", PLAIN, addon("just a text: [")),
    kept("EKS-07", PLAIN, addon(json.dumps(DELEGATING))),
    kept("EKS-07", PLAIN, addon('env:\n  ENABLE_PREFIX_DELEGATION: "true"\n')),
    kept("EKS-07", AUTOMATIC),
    undecided("EKS-07", PLAIN, addon(UNKNOWN)),
    undecided("EKS-07", PLAIN, addon(DELEGATING, UNKNOWN)),
    undecided("EKS-07", PLAIN, res(ADDON, addonName="vpc-cni", clusterName=UNKNOWN)),
    broken("EKS-08", res(GROUP)),
    broken("EKS-08", res(GROUP, taints=[{"key": "a", "effect": "PREFER_NO_SCHEDULE"}])),
    broken("EKS-08", res(GROUP, taints=TAINTED, scalingConfig={"minSize": 1, "maxSize": 9})),
    kept("EKS-08", res(GROUP, taints=TAINTED, scalingConfig={"minSize": 3, "maxSize": 3})),
    undecided("EKS-08", res(GROUP, taints=UNKNOWN)),
    undecided("EKS-08", res(GROUP, taints=[{"effect": UNKNOWN}])),
    kept("EKS-08", res(GROUP, taints=[*TAINTED, {"effect": UNKNOWN}])),
    broken("EKS-09", res(GROUP, remoteAccess={"ec2SshKey": "key"})),
    broken("EKS-09", OUTER, res(GROUP, subnetIds=ref(OUTER))),
    kept("EKS-09", INNER, res(GROUP, subnetIds=ref(INNER))),
    undecided("EKS-09", res(GROUP, remoteAccess=UNKNOWN)),
    broken("EKS-10", res(ENTRY, principalArn="arn:aws:iam::444444444444:user/ada")),
    broken("EKS-10", res(ENTRY, kubernetesGroups=["system:masters"])),
    broken(
        "EKS-10", DEVELOPER, res(ASSOCIATION, principalArn=ref(DEVELOPER), policyArn=ADMINISTRATION)
    ),
    broken(
        "EKS-10",
        DEVELOPER,
        BY_DEVELOPER,
        res(ASSOCIATION, principalArn=ref(BY_DEVELOPER), policyArn=ADMINISTRATION),
    ),
    broken("EKS-10", res(ASSOCIATION, principalArn="arn:x:role/ops", policyArn=ADMINISTRATION)),
    kept(
        "EKS-10", OPERATOR, res(ASSOCIATION, principalArn=ref(OPERATOR), policyArn=ADMINISTRATION)
    ),
    kept("EKS-10", DEVELOPER, res(ASSOCIATION, principalArn=ref(DEVELOPER), policyArn=VIEWING)),
    kept("EKS-10", res(ENTRY, principalArn=UNKNOWN, kubernetesGroups=["platform-readers"])),
    undecided("EKS-10", res(ASSOCIATION, principalArn=UNKNOWN, policyArn=ADMINISTRATION)),
    undecided("EKS-10", res(ASSOCIATION, principalArn=UNKNOWN, policyArn=UNKNOWN)),
    broken("EKS-11", NODE, OF_NODE, attached(S3_ACCESS)),
    broken("EKS-11", NODE, OF_NODE, attached(UNKNOWN)),
    broken("EKS-11", NODE, OF_NODE, inline("ecr:BatchGetImage", "s3:GetObject")),
    broken("EKS-11", NODE, MADE_BY_KARPENTER, attached(S3_ACCESS)),
    broken(
        "EKS-11",
        res(ROLE, "own", managedPolicyArns=[S3_ACCESS]),
        res(GROUP, nodeRoleArn=ref(res(ROLE, "own"))),
    ),
    kept("EKS-11", NODE, OF_NODE, MADE_BY_KARPENTER, attached(WORKER)),
    kept("EKS-11", NODE, OF_NODE, inline("ecr:BatchImportUpstreamImage", "ecr:CreateRepository")),
    kept("EKS-11", NODE, attached(S3_ACCESS)),
    undecided("EKS-11", res(GROUP, nodeRoleArn=UNKNOWN)),
    broken("EKS-12", res(CLUSTER, deletionProtection=True), stack="production"),
    broken("EKS-12", res(CLUSTER, record=PROTECTED), stack="production"),
    kept("EKS-12", res(CLUSTER, deletionProtection=True, record=PROTECTED), stack="production"),
    undecided("EKS-12", res(CLUSTER, deletionProtection=UNKNOWN, record=PROTECTED)),
    broken("EKS-13", component(skipDefaultNodeGroup=False, nodeAssociatePublicIpAddress=None)),
    broken("EKS-13", component(authenticationMode="CONFIG_MAP")),
    broken("EKS-13", component(encryptionConfigKeyArn=None)),
    broken("EKS-13", component(endpointPublicAccess=None)),
    broken("EKS-13", res(MANAGED)),
    kept("EKS-13", component(nodeAssociatePublicIpAddress=None)),
    kept("EKS-13", res(MANAGED, enableIMDSv2=True)),
    kept("EKS-13", res(MANAGED, launchTemplate={"id": UNKNOWN})),
    undecided("EKS-13", component(authenticationMode=UNKNOWN)),
    broken("ECR-01", STORE),
    broken("ECR-01", STORE, res(SCANNING, scanType="BASIC", rules=[SOME_ON_PUSH])),
    kept("ECR-01", res(REPOSITORY, imageScanningConfiguration={"scanOnPush": True})),
    kept("ECR-01", STORE, res(SCANNING, scanType="BASIC", rules=[ALL_ON_PUSH])),
    kept("ECR-01", res(SCANNING, scanType="BASIC", rules=[])),
    undecided("ECR-01", STORE, res(SCANNING, rules=UNKNOWN)),
    broken("ECR-02", STORE),
    broken("ECR-02", res(TEMPLATE, imageTagMutability="MUTABLE")),
    broken(
        "ECR-02",
        res(
            REPOSITORY,
            imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
            imageTagMutabilityExclusionFilters=[{"filter": "latest*", "filterType": "WILDCARD"}],
        ),
    ),
    kept("ECR-02", res(REPOSITORY, imageTagMutability="IMMUTABLE")),
    kept(
        "ECR-02",
        res(
            REPOSITORY,
            imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
            imageTagMutabilityExclusionFilters=[{"filter": "buildcache"}],
        ),
    ),
    undecided("ECR-02", res(REPOSITORY, imageTagMutability=UNKNOWN)),
    broken("ECR-03", STORE),
    broken("ECR-03", STORE, res(LIFECYCLE, repository="other")),
    kept("ECR-03", STORE, res(LIFECYCLE, repository=ref(STORE))),
    kept("ECR-03", STORE, res(LIFECYCLE, repository="hello")),
    undecided("ECR-03", STORE, res(LIFECYCLE, repository=UNKNOWN)),
    broken("ECR-04", allowing("*")),
    broken("ECR-04", res(REPOSITORY, forceDelete=True)),
    kept("ECR-04", allowing("*", Condition=ORGANISATION), STORE),
    kept("ECR-04", allowing({"AWS": "arn:aws:iam::444444444444:root"})),
    undecided("ECR-04", res(REPOSITORY_POLICY, policy=UNKNOWN)),
    broken("ECR-05", cached("registry-1.docker.io")),
    broken("ECR-05", cached("1.dkr.ecr.registry.example")),
    broken("ECR-05", cached("registry.amazonaws.com")),
    broken("ECR-05", cached("ghcr.io", credentialArn=f"{SECRET}ghcr")),
    kept("ECR-05", cached("ghcr.io", credentialArn=f"{SECRET}ecr-pullthroughcache/ghcr")),
    kept("ECR-05", cached("ghcr.io", credentialArn=UNKNOWN)),
    kept("ECR-05", cached("quay.io")),
    kept("ECR-05", cached("333333333333.dkr.ecr.eu-west-1.amazonaws.com")),
    undecided("ECR-05", cached(UNKNOWN)),
    broken("LOG-06", res(CLUSTER, name="staging", enabledClusterLogTypes=LOGS)),
    broken("LOG-06", res("aws:lambda/function:Function", name="rotate")),
    broken(
        "LOG-06",
        res(
            "aws:rds/instance:Instance",
            identifier="orders",
            enabledCloudwatchLogsExports=["postgresql"],
        ),
        res(LOG_GROUP, name="/aws/rds/instance/orders/upgrade"),
    ),
    kept(
        "LOG-06",
        res(CLUSTER, name="staging", enabledClusterLogTypes=LOGS),
        res(LOG_GROUP, name="/aws/eks/staging/cluster"),
    ),
    kept("LOG-06", res(CLUSTER, name="staging")),
    kept("LOG-06", res("aws:lambda/function:Function", loggingConfig={"logGroup": UNKNOWN})),
    undecided("LOG-06", res(CLUSTER, name=UNKNOWN, enabledClusterLogTypes=LOGS)),
    undecided(
        "LOG-06",
        res(CLUSTER, name="staging", enabledClusterLogTypes=LOGS),
        res(LOG_GROUP, name=UNKNOWN),
    ),
]
