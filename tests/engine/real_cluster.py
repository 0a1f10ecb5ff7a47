"""A cluster of a sandbox with a real API server, and the Kubernetes provider in several roles."""

import contextlib
import json
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import boto3

from sandbox import control_plane
from sandbox.control_plane import ControlPlane, nodes
from sandbox.service import Sandbox
from sandbox.store import Store
from tests.unit.sandbox.kubernetes.provider_client import Client

MANAGEMENT, ACCOUNT, REGION = "111122223333", "444455556666", "eu-central-1"
DEPLOYER = f"arn:aws:iam::{ACCOUNT}:role/deploy"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
NAMESPACE = "kubernetes:core/v1:Namespace"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/web:1"


class Cluster:
    """A sandbox with one cluster, and the provider as the role that deploys."""

    def __init__(self, sandbox: Sandbox, plane: ControlPlane) -> None:
        self.sandbox = sandbox
        self.plane = plane
        self.deployer = self.client(DEPLOYER)

    def admit(self, principal: str, policy: str) -> None:
        """Record an access entry with a policy, as the aws stand-in does."""
        own = {"clusterName": "staging", "principalArn": principal}
        arn = f"arn:aws:eks::aws:cluster-access-policy/{policy}"
        scope = {"type": "cluster", "namespaces": list[str]()}
        with contextlib.closing(Store.open(self.sandbox.directory)) as store:
            for kind, more in (
                ("accessEntry:AccessEntry", {}),
                (
                    "accessPolicyAssociation:AccessPolicyAssociation",
                    {"policyArn": arn, "accessScope": scope},
                ),
            ):
                urn = f"urn:pulumi:staging::test::aws:eks/{kind}::{principal}"
                identity = f"staging:{principal}"
                outputs = {**own, **more}
                store.put(urn, f"aws:eks/{kind}", identity, ACCOUNT, REGION, "recorded", outputs)

    def client(self, role: str) -> Client:
        """The provider of a role, configured as pulumi-eks configures it."""
        command = ["--region", REGION, "eks", "get-token", "--cluster-name", "staging"]
        execution = {"command": "aws", "args": [*command, "--role-arn", role]}
        authority = self.plane.certificate_authority
        server = {"server": self.plane.endpoint, "certificate-authority-data": authority}
        document = {
            "clusters": [{"name": "kubernetes", "cluster": server}],
            "users": [{"name": "aws", "user": {"exec": execution}}],
        }
        return Client(self.sandbox.directory, kubeconfig=json.dumps(document))

    def get(self, path: str) -> dict[str, Any]:
        """An object, as the administrator of the control plane."""
        with contextlib.closing(self.plane.client()) as client:
            return client.get(path)

    def post(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        """Send an object, as the administrator of the control plane."""
        with contextlib.closing(self.plane.client()) as client:
            return client.request("POST", path, body)

    def namespace(self, name: str) -> str:
        """A namespace of the test's own."""
        self.deployer.create(NAMESPACE, document("v1", "Namespace", name, None))
        return name


def node_group(sandbox: Sandbox) -> None:
    """Make the cluster and a node group over three zones, as the emulator's EKS tells of them."""
    endpoint = sandbox.status().endpoint
    session: Any = boto3.Session("sandbox", "sandbox", region_name=REGION)
    role = f"arn:aws:iam::{ACCOUNT}:role/OrganizationAccountAccessRole"
    sts = session.client("sts", endpoint_url=endpoint)
    keys = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    own: Any = boto3.Session(
        keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name=REGION
    )
    ec2, eks, iam = (own.client(name, endpoint_url=endpoint) for name in ("ec2", "eks", "iam"))
    roles = [_role(iam, service) for service in ("eks", "ec2")]
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{zone}"
        )["Subnet"]["SubnetId"]
        for number, zone in enumerate("abc")
    ]
    eks.create_cluster(name="staging", roleArn=roles[0], resourcesVpcConfig={"subnetIds": subnets})
    eks.create_nodegroup(
        clusterName="staging",
        nodegroupName="base",
        nodeRole=roles[1],
        subnets=subnets,
        instanceTypes=["m7g.large"],
        scalingConfig={"minSize": 3, "maxSize": 3, "desiredSize": 3},
        labels={"karpenter.sh/controller": "true"},
    )


def _role(iam: Any, service: str) -> str:  # noqa: ANN401 - boto3's clients are made at run time
    """A role that a service may assume."""
    principal = {"Service": f"{service}.amazonaws.com"}
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return iam.create_role(RoleName=service, AssumeRolePolicyDocument=trust)["Role"]["Arn"]


@contextlib.contextmanager
def running_cluster(directory: Path) -> Generator[Cluster]:
    """Start a sandbox and a cluster in it; the deployer is its administrator."""
    sandbox = Sandbox(directory)
    sandbox.start(management_account_id=MANAGEMENT, region=REGION)
    try:
        plane = control_plane.ensure(
            sandbox.directory, account=ACCOUNT, region=REGION, name="staging", version="1.36"
        )
        made = Cluster(sandbox, plane)
        made.admit(DEPLOYER, "AmazonEKSClusterAdminPolicy")
        node_group(sandbox)
        nodes.sync_nodes(plane)
        yield made
    finally:
        sandbox.stop()


def document(api_version: str, kind: str, name: str, namespace: str | None) -> dict[str, Any]:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


def deployment(namespace: str, name: str = "web", **container: object) -> dict[str, Any]:
    labels = {"app": name}
    resources = {
        "requests": {"cpu": "50m", "memory": "64Mi"},
        "limits": {"memory": "64Mi"},
    }
    probes = {
        "livenessProbe": {"httpGet": {"path": "/livez", "port": 8080}},
        "readinessProbe": {"httpGet": {"path": "/readyz", "port": 8080}},
    }
    containers = [{"name": "web", "image": IMAGE, "resources": resources, **probes, **container}]
    spec = {
        "replicas": 2,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
    }
    return {**document("apps/v1", "Deployment", name, namespace), "spec": spec}
