"""Every version pin of the blueprint, in one file (design D6)."""

POLICY_LANGUAGE = "2012-10-17"
"""Version of the IAM policy language; the only one with policy variables (IAM user guide)."""

# --- eks: the cluster --------------------------------------------------------------------------

# renovate: datasource=endoflife-date depName=amazon-eks versioning=loose
KUBERNETES = "1.36"
"""Karpenter 1.14 goes up to it; one minor at a time (EKS User Guide, "Kubernetes versions")."""

# Addons are EKS builds for one Kubernetes minor: move them with KUBERNETES, by
# `aws eks describe-addon-versions --kubernetes-version <minor> --addon-name <name>`.

# renovate: datasource=aws-eks-addon depName=vpc-cni
ADDON_VPC_CNI = "v1.22.4-eksbuild.3"
"""The pod network, with prefix delegation and network policies."""

# renovate: datasource=aws-eks-addon depName=kube-proxy
ADDON_KUBE_PROXY = "v1.36.0-eksbuild.25"
"""Services on every node; its minor is the cluster's."""

# renovate: datasource=aws-eks-addon depName=eks-pod-identity-agent
ADDON_POD_IDENTITY_AGENT = "v1.3.10-eksbuild.3"
"""Hands pods the credentials of their role."""

# renovate: datasource=aws-eks-addon depName=coredns
ADDON_COREDNS = "v1.14.3-eksbuild.23"
"""Names of the cluster."""

# renovate: datasource=aws-eks-addon depName=aws-ebs-csi-driver
ADDON_EBS_CSI_DRIVER = "v1.63.0-eksbuild.1"
"""Volumes for pods."""

# renovate: datasource=aws-eks-addon depName=eks-node-monitoring-agent
ADDON_NODE_MONITORING_AGENT = "v1.4.0-eksbuild.2"
"""Tells EKS which nodes are broken, so that it repairs them."""

# --- delivery ---------------------------------------------------------------------------------

UPSTREAM_REGISTRIES = {
    "docker-hub": "registry-1.docker.io",
    "ecr-public": "public.ecr.aws",
    "ghcr": "ghcr.io",
    "quay": "quay.io",
    "registry-k8s": "registry.k8s.io",
}
"""Public registries that ECR caches, by the prefix they have in ours (ECR User Guide, "Pull
through cache rules")."""

ARGO_CHARTS = "https://argoproj.github.io/argo-helm"
"""The chart repository of the Argo project."""

# renovate: datasource=helm depName=argo-cd registryUrl=https://argoproj.github.io/argo-helm
ARGO_CD_CHART = "10.1.1"
"""Brings Argo CD v3.4.4."""

# renovate: datasource=helm depName=argo-rollouts registryUrl=https://argoproj.github.io/argo-helm
ARGO_ROLLOUTS_CHART = "2.41.0"
"""Brings Argo Rollouts v1.9.0."""

# renovate: datasource=github-releases depName=argoproj-labs/rollouts-plugin-trafficrouter-gatewayapi  # noqa: E501 - a bot reads it whole
ROLLOUTS_GATEWAY_PLUGIN = "v0.15.0"
"""Lets Argo Rollouts weigh HTTPRoutes; the image of this tag is at GHCR, for amd64 and arm64."""

# --- platform charts --------------------------------------------------------------------------

KARPENTER_CHARTS = "oci://public.ecr.aws/karpenter"
"""The chart registry of Karpenter; its CRDs are a chart of their own, of the same version."""

# renovate: datasource=docker depName=public.ecr.aws/karpenter/karpenter
KARPENTER_CHART = "1.14.1"
"""Covers Kubernetes 1.30 to 1.36 (Karpenter docs, "Compatibility")."""

# renovate: datasource=github-releases depName=awslabs/amazon-eks-ami
NODE_IMAGE = "al2023@v20260903"
"""Alias of the nodes' image, Kubernetes 1.36.3: a pinned one changes when this line does, and
Karpenter then replaces the nodes as drifted. Release ``v20260903`` is ``al2023@v20260903``."""

EKS_CHARTS = "https://aws.github.io/eks-charts"
"""The chart repository of AWS."""

# renovate: datasource=helm depName=aws-load-balancer-controller registryUrl=https://aws.github.io/eks-charts
LOAD_BALANCER_CONTROLLER_CHART = "3.5.0"
"""Brings the controller v3.5.0."""

GATEWAY_API = "v1.6.1"
"""Release of the CRDs in ``components/eks/crds/gateway-api``, standard channel. No line for
Renovate: the files change together with it."""

TRAEFIK_CHARTS = "https://traefik.github.io/charts"
"""The chart repository of Traefik; the one at helm.traefik.io is gone."""

# renovate: datasource=helm depName=traefik registryUrl=https://traefik.github.io/charts
TRAEFIK_CHART = "41.3.0"
"""Brings Traefik v3.7.11."""

EXTERNAL_SECRETS_CHARTS = "https://charts.external-secrets.io"
"""The chart repository of the External Secrets Operator."""

# renovate: datasource=helm depName=external-secrets registryUrl=https://charts.external-secrets.io
EXTERNAL_SECRETS_CHART = "2.9.0"
"""Serves external-secrets.io/v1 alone."""

PROMETHEUS_CHARTS = "https://prometheus-community.github.io/helm-charts"
"""The chart repository of the Prometheus community."""

# renovate: datasource=helm depName=prometheus-operator-crds registryUrl=https://prometheus-community.github.io/helm-charts
MONITORING_CRDS_CHART = "33.0.2"
"""CRDs of the Prometheus Operator v0.95.1."""

# renovate: datasource=helm depName=prometheus-adapter registryUrl=https://prometheus-community.github.io/helm-charts
PROMETHEUS_ADAPTER_CHART = "5.3.0"
"""Answers the external metrics API from Prometheus."""

METRICS_SERVER_CHARTS = "https://kubernetes-sigs.github.io/metrics-server"
"""The chart repository of the metrics server."""

# renovate: datasource=helm depName=metrics-server registryUrl=https://kubernetes-sigs.github.io/metrics-server
METRICS_SERVER_CHART = "3.13.1"
"""Answers the resource metrics API from the kubelets."""
