"""Small programs of their own, run by the real engine on a sandbox: state in a folder."""

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from automation.engine import find_engine
from sandbox.service import Sandbox
from sandbox.store import Store

ACCOUNT = "111122223333"
CLUSTER = "aws:eks/cluster:Cluster"

PROJECT = {
    "name": "rehearsal",
    "runtime": {"name": "python", "options": {"virtualenv": sys.prefix}},
    "config": {"pulumi:disable-default-providers": {"value": ["aws", "kubernetes"]}},
}

PREAMBLE = """
import pulumi
import pulumi_aws as aws
import pulumi_random as random

account = aws.Provider("account", region="eu-central-1", allowed_account_ids=["111122223333"])
own = pulumi.ResourceOptions(provider=account)
"""

SMALL = (
    PREAMBLE
    + """
secret = random.RandomPassword("secret", length=20)
vpc = aws.ec2.Vpc("vpc", cidr_block="10.1.0.0/16", opts=own)
pulumi.export("vpc", vpc.id)
"""
)

WHOLE = (
    PREAMBLE
    + """
import contextlib
import json
import pulumi_eks as eks
import pulumi_kubernetes as kubernetes

secret = random.RandomPassword("secret", length=20)
vpc = aws.ec2.Vpc("vpc", cidr_block="10.1.0.0/16", opts=own)
subnets = [
    aws.ec2.Subnet(
        f"subnet-{zone}",
        vpc_id=vpc.id,
        cidr_block=f"10.1.{number}.0/24",
        availability_zone=f"eu-central-1{zone}",
        opts=own,
    )
    for number, zone in enumerate("ab")
]
statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "111122223333"}}
role = aws.iam.Role(
    "admin",
    assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    opts=own,
)


def no_hidden_admin(args):
    if args.type_ == "aws:eks/cluster:Cluster":
        args.props["accessConfig"]["bootstrapClusterCreatorAdminPermissions"] = False
    return pulumi.ResourceTransformResult(args.props, args.opts)


policy = eks.AccessPolicyAssociationArgs(
    policy_arn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
    access_scope={"type": "cluster"},
)
cluster = eks.Cluster(
    "cluster",
    vpc_id=vpc.id,
    private_subnet_ids=[subnet.id for subnet in subnets],
    version="1.35",
    skip_default_node_group=True,
    authentication_mode=eks.AuthenticationMode.API,
    create_oidc_provider=True,
    vpc_cni_options=eks.VpcCniOptionsArgs(enable_prefix_delegation=True),
    access_entries={
        "admin": eks.AccessEntryArgs(principal_arn=role.arn, access_policies={"all": policy})
    },
    provider_credential_opts=eks.KubeconfigOptionsArgs(role_arn=role.arn),
    opts=pulumi.ResourceOptions(providers={"aws": account}, transforms=[no_hidden_admin]),
)
eks.ManagedNodeGroup(
    "nodes",
    cluster=cluster,
    node_role=role,
    enable_imd_sv2=True,
    scaling_config={"min_size": 1, "max_size": 3, "desired_size": 2},
    opts=pulumi.ResourceOptions(providers={"aws": account}),
)
cubes = pulumi.ResourceOptions(
    provider=kubernetes.Provider("cluster", kubeconfig=cluster.kubeconfig_json)
)
namespace = kubernetes.core.v1.Namespace("apps", opts=cubes)
kubernetes.core.v1.Secret(
    "password",
    metadata={"namespace": namespace.metadata["name"]},
    string_data={"password": secret.result},
    opts=cubes,
)
karpenter = kubernetes.helm.v3.Release(
    "karpenter", chart="karpenter", version="1.6.2", namespace="kube-system", opts=cubes
)
kubernetes.apiextensions.CustomResource(
    "pool",
    api_version="karpenter.sh/v1",
    kind="NodePool",
    spec={
        "limits": {"cpu": 10},
        "template": {
            "spec": {
                "nodeClassRef": {
                    "group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "pool"
                },
                "requirements": [
                    {"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]}
                ],
            }
        },
    },
    opts=pulumi.ResourceOptions.merge(cubes, pulumi.ResourceOptions(depends_on=[karpenter])),
)
pulumi.export("vpc", vpc.id)
pulumi.export("cluster", cluster.eks_cluster.name)
pulumi.export("issuer", cluster.oidc_issuer)
pulumi.export("endpoint", cluster.core.endpoint)
"""
)


@dataclass(frozen=True)
class Rehearsal:
    """A program, a stack and the sandbox they run against."""

    root: Path
    sandbox: Sandbox
    stack: str
    extra: dict[str, str] = field(default_factory=dict[str, str])

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **self.sandbox.environment(),
            **find_engine().environment(),
            "PULUMI_BACKEND_URL": f"file://{self.root}",
            "PULUMI_CONFIG_PASSPHRASE": "rehearsal",
            **self.extra,
        }

    def write(self, program: str) -> None:
        (self.root / "Pulumi.yaml").write_text(json.dumps(PROJECT))
        (self.root / "__main__.py").write_text(program)

    def command(self, *arguments: str) -> list[str]:
        return [str(find_engine().pulumi), *arguments, "--stack", self.stack, "--non-interactive"]

    def pulumi(self, *arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def up(self, *, code: int = 0) -> str:
        return self.pulumi("up", "--yes", "--skip-preview", code=code)

    def faults(self, *entries: object) -> None:
        file = self.root / "faults.json"
        file.write_text(json.dumps(entries))
        self.extra["SANDBOX_FAULTS"] = str(file)

    def resources(self) -> dict[str, dict[str, Any]]:
        deployment = json.loads(self.pulumi("stack", "export"))["deployment"]
        return {resource["urn"].split("::")[-1]: resource for resource in deployment["resources"]}

    def live(self) -> list[str]:
        with contextlib.closing(Store.open(self.sandbox.directory)) as store:
            return [record.type for record in store.live(self.stack)]
