"""The External Secrets Operator: brings secrets from AWS into Kubernetes (playbook K8S-06)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component
from components.eks.chart_release import Chart, release, resources, spread
from components.eks.namespaces import EXTERNAL_SECRETS
from components.eks.platform_namespace import PlatformNamespace, PlatformNamespaceArgs
from components.eks.settings import WorkloadIdentity
from components.eks.workload_role import ClusterIdentity, WorkloadRole, WorkloadRoleArgs
from components.network.flows import HTTPS_PORT, KUBELET_PORT
from components.statements import Statement, allow, document
from components.versions import EXTERNAL_SECRETS_CHART, EXTERNAL_SECRETS_CHARTS

CHART = Chart(
    name="external-secrets", repository=EXTERNAL_SECRETS_CHARTS, version=EXTERNAL_SECRETS_CHART
)
SERVICE_ACCOUNT = "external-secrets"

AGENT_PORT = 80
"""Where the pod identity agent of the node gives credentials (EKS User Guide)."""

METRICS_PORT = 8080


@dataclass(frozen=True, kw_only=True)
class ExternalSecretsArgs:
    """Inputs of :class:`ExternalSecrets`.

    Attributes:
        identity: The cluster as roles know it.
        mode: How the operator becomes its role.
        region: Where the secrets are.
        prefix: First part of the names of the secrets it may read.
        kms_key_arn: The key they are encrypted with.
        priority_class: The priority of its pods.
        provider: The cluster's provider.
        ready: Nodes, and the CRDs of what scrapes it.
    """

    identity: ClusterIdentity
    mode: WorkloadIdentity
    region: str
    prefix: str
    kms_key_arn: pulumi.Input[str]
    priority_class: str
    provider: kubernetes.Provider
    ready: Sequence[pulumi.Resource]


class ExternalSecrets(Component):
    """The operator with a role that reads this account's secrets, and writes none.

    Two of each: its webhook refuses every ExternalSecret while it is down. Deleted before a store
    or an ExternalSecret, it leaves their finalizers to nobody. The Secrets it made stay.
    """

    role_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: ExternalSecretsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        namespace = PlatformNamespace(
            f"{name}-namespace",
            PlatformNamespaceArgs(
                namespace=EXTERNAL_SECRETS,
                provider=args.provider,
                pods=12,
                memory="3Gi",
                cpu="2",
                way_in=[(METRICS_PORT, METRICS_PORT), (KUBELET_PORT, KUBELET_PORT)],
                way_out=[(AGENT_PORT, AGENT_PORT), (HTTPS_PORT, HTTPS_PORT)],
            ),
            self.child(),
        )
        role = WorkloadRole(
            f"{name}-operator",
            WorkloadRoleArgs(
                cluster=args.identity,
                namespace=EXTERNAL_SECRETS,
                service_account=SERVICE_ACCOUNT,
                mode=args.mode,
                policy=pulumi.Output.all(args.identity.account_id, args.kms_key_arn).apply(
                    lambda known: document(
                        statements(
                            account_id=known[0],
                            region=args.region,
                            prefix=args.prefix,
                            kms_key_arn=known[1],
                        )
                    )
                ),
            ),
            self.child(),
        )
        release(
            self,
            f"{name}-chart",
            CHART,
            namespace=EXTERNAL_SECRETS,
            values=_values(args, role),
            provider=args.provider,
            depends_on=[namespace, role, *args.ready],
        )
        self.finish(role_arn=role.role_arn)


def statements(*, account_id: str, region: str, prefix: str, kms_key_arn: str) -> list[Statement]:
    """Read secrets and parameters below the prefix, and decrypt them for that alone."""
    at = f"{region}:{account_id}"
    services = [f"{service}.{region}.amazonaws.com" for service in ("secretsmanager", "ssm")]
    return [
        allow(
            "ReadSecrets",
            [
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
                "secretsmanager:ListSecretVersionIds",
            ],
            [f"arn:aws:secretsmanager:{at}:secret:{prefix}/*"],
        ),
        allow(
            "ReadParameters",
            ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
            [f"arn:aws:ssm:{at}:parameter/{prefix}/*"],
        ),
        allow(
            "DecryptThem",
            ["kms:Decrypt"],
            [kms_key_arn],
            condition={"StringEquals": {"kms:ViaService": services}},
        ),
    ]


def _values(args: ExternalSecretsArgs, role: WorkloadRole) -> dict[str, Any]:
    def pods(part: str, cpu: str, memory: str) -> dict[str, Any]:
        return {
            "replicaCount": 2,
            "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
            "priorityClassName": args.priority_class,
            "resources": resources(cpu, memory),
            "topologySpreadConstraints": spread({"app.kubernetes.io/name": part}),
        }

    return {
        **pods("external-secrets", "100m", "256Mi"),
        "leaderElect": True,
        "serviceAccount": {"name": SERVICE_ACCOUNT, "annotations": role.annotations},
        "serviceMonitor": {"enabled": True},
        "webhook": pods("external-secrets-webhook", "50m", "128Mi"),
        "certController": pods("external-secrets-cert-controller", "50m", "256Mi"),
        # Nothing here writes to AWS.
        "crds": {"createClusterPushSecret": False, "createPushSecret": False},
        "processClusterPushSecret": False,
        "processPushSecret": False,
    }
