"""K8S and HELM: namespaces, routes, permissions, nodes, releases."""

from typing import Any

from tests.unit.policy.cases.graphs import UNKNOWN, Record, broken, kept, ref, res, undecided

NAMESPACE = "kubernetes:core/v1:Namespace"
QUOTA = "kubernetes:core/v1:ResourceQuota"
RANGE = "kubernetes:core/v1:LimitRange"
NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
SERVICE = "kubernetes:core/v1:Service"
SECRET = "kubernetes:core/v1:Secret"
BINDING = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding"
TARGETS = "aws:lb/targetGroup:TargetGroup"
RBAC = "kubernetes:rbac.authorization.k8s.io/v1"
NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool"
NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"
STORAGE = "kubernetes:storage.k8s.io/v1:StorageClass"
APPLICATION = "kubernetes:argoproj.io/v1alpha1:Application"
PROJECT = "kubernetes:argoproj.io/v1alpha1:AppProject"
RELEASE = "kubernetes:helm.sh/v3:Release"

TEAM = res(NAMESPACE, "team", metadata={"name": "team"})
UNNAMED = res(NAMESPACE, "unnamed")
SYSTEM = res(NAMESPACE, "system", metadata={"name": "kube-system"})
HERE = {"name": "hello", "namespace": "team"}


def inside(token: str, namespace: object = "team", **inputs: Any) -> Record:  # noqa: ANN401 - any input
    return res(token, metadata={"name": "hello", "namespace": namespace}, **inputs)


def labelled(**labels: object) -> Record:
    named = {f"pod-security.kubernetes.io/{key}": value for key, value in labels.items()}
    return res(NAMESPACE, metadata={"name": "team", "labels": named})


EVERYBODY: dict[str, object] = {}


def closed(**spec: object) -> Record:
    good = {"podSelector": EVERYBODY, "policyTypes": ["Ingress", "Egress"]}
    return inside(NETWORK_POLICY, spec={**good, **spec})


GROUP = res(TARGETS, "traefik")


def bound(**spec: object) -> Record:
    good = {"targetType": "ip", "serviceRef": {"name": "traefik"}, "targetGroupARN": UNKNOWN}
    known = {key: value for key, value in {**good, **spec}.items() if value is not None}
    record = res(BINDING, metadata=HERE, spec=known)
    return {**record, "property_dependencies": {"spec": [GROUP["urn"]]}}


UNBOUND = res(
    BINDING,
    metadata=HERE,
    spec={"targetType": "ip", "serviceRef": {"name": "traefik"}, "targetGroupARN": "arn:other"},
)
UNSURE = res(
    BINDING,
    metadata=HERE,
    spec={"targetType": "ip", "serviceRef": {"name": "traefik"}, "targetGroupARN": UNKNOWN},
)


def role(kind: str = "Role", **rule: object) -> Record:
    good = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
    return res(f"{RBAC}:{kind}", metadata=HERE, rules=[{**good, **rule}])


def bind(name: object, subject: object, kind: str = "ClusterRoleBinding") -> Record:
    return res(
        f"{RBAC}:{kind}",
        metadata=HERE,
        roleRef={"kind": "ClusterRole", "name": name},
        subjects=[{"kind": "Group", "name": subject}],
    )


REQUIREMENTS = [
    {"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]},
    {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["on-demand"]},
]
SPOT = [
    REQUIREMENTS[0],
    {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["spot"]},
]


def pool(name: str = "pool", requirements: object = REQUIREMENTS, **spec: object) -> Record:
    good = {
        "limits": {"cpu": "100"},
        "disruption": {"consolidationPolicy": "WhenEmptyOrUnderutilized"},
        "template": {"spec": {"expireAfter": "720h", "requirements": requirements}},
    }
    return res(NODE_POOL, name, metadata={"name": name}, spec={**good, **spec})


def node_class(tokens: object = "required", encrypted: object = True) -> Record:  # noqa: FBT002 - a property's value
    devices = [{"ebs": {"encrypted": encrypted}}]
    spec = {"metadataOptions": {"httpTokens": tokens}, "blockDeviceMappings": devices}
    return res(NODE_CLASS, spec=spec)


def volumes(**parameters: object) -> Record:
    good = {"type": "gp3", "encrypted": "true", "kmsKeyId": UNKNOWN}
    known = {key: value for key, value in {**good, **parameters}.items() if value is not None}
    return res(STORAGE, provisioner="ebs.csi.aws.com", parameters=known)


VALUES = {"repoURL": "https://git.example/config.git", "targetRevision": "main", "ref": "values"}
CHART = {"repoURL": "https://charts.example", "chart": "hello", "targetRevision": "1.2.3"}

BY_COMMIT = {**CHART, "targetRevision": "a" * 40}


def follows(*sources: object, project: object = "platform") -> Record:
    return res(APPLICATION, metadata=HERE, spec={"project": project, "sources": list(sources)})


def release(**inputs: Any) -> Record:  # noqa: ANN401 - any input
    good = {
        "chart": "traefik",
        "version": "41.3.0",
        "namespace": "traefik",
        "repositoryOpts": {"repo": "https://charts.example"},
    }
    return res(RELEASE, **{**good, **inputs})


def told(**values: object) -> Record:
    return release(values={"part": [values]})


CASES = [
    broken("K8S-01", inside("kubernetes:networking.k8s.io/v1:Ingress")),
    broken("K8S-01", inside("kubernetes:extensions/v1beta1:Ingress")),
    broken("K8S-01", res("kubernetes:networking.k8s.io/v1:IngressClass")),
    kept("K8S-01", inside("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute")),
    broken("K8S-02", res(CONFIG_MAP, metadata={"name": "settings"})),
    broken("K8S-02", inside(DEPLOYMENT, "default")),
    broken("K8S-02", inside(DEPLOYMENT, "kube-system")),
    kept("K8S-02", inside(CONFIG_MAP, "kube-system")),
    kept("K8S-02", inside(DEPLOYMENT)),
    kept("K8S-02", res("kubernetes:storage.k8s.io/v1:StorageClass", metadata={"name": "gp3"})),
    undecided("K8S-02", inside(DEPLOYMENT, UNKNOWN)),
    broken("K8S-03", TEAM),
    broken("K8S-03", TEAM, inside(QUOTA, "other")),
    kept("K8S-03", TEAM, inside(QUOTA)),
    kept("K8S-03", UNNAMED, res(QUOTA, metadata=ref(UNNAMED))),
    kept("K8S-03", SYSTEM),
    undecided("K8S-03", TEAM, inside(QUOTA, UNKNOWN)),
    broken("K8S-04", TEAM, inside(QUOTA)),
    kept("K8S-04", TEAM, inside(RANGE)),
    undecided("K8S-04", TEAM, inside(RANGE, UNKNOWN)),
    broken("K8S-05", inside(RANGE, spec={"limits": [{"default": {"cpu": "1"}}]})),
    broken("K8S-05", inside(RANGE, spec={"limits": [{"type": "Pod"}, {"max": {"cpu": "1"}}]})),
    broken("K8S-05", inside(QUOTA, spec={"hard": {"limits.cpu": "10"}})),
    kept("K8S-05", inside(RANGE, spec={"limits": [{"default": {"memory": "1Gi"}}]})),
    kept("K8S-05", inside(QUOTA, spec={"hard": {"requests.cpu": "10"}})),
    broken("K8S-19", inside(SERVICE, spec={"type": "LoadBalancer"})),
    broken("K8S-19", inside(SERVICE, spec={"type": "NodePort"})),
    broken("K8S-19", inside(SERVICE, spec={"type": "ExternalName"})),
    broken("K8S-19", inside(SERVICE, spec={"externalIPs": ["203.0.113.4"]})),
    kept("K8S-19", inside(SERVICE, spec={"ports": [{"port": 80}]})),
    undecided("K8S-19", inside(SERVICE, spec={"type": UNKNOWN})),
    broken("K8S-20", GROUP, bound(targetType="instance")),
    broken("K8S-20", GROUP, bound(targetType=None)),
    broken("K8S-20", GROUP, bound(serviceRef=None)),
    broken("K8S-20", GROUP, UNBOUND),
    kept("K8S-20", GROUP, bound()),
    broken("K8S-20", GROUP, bound(targetGroupARN=None)),
    undecided("K8S-20", GROUP, bound(targetType=UNKNOWN)),
    undecided("K8S-20", GROUP, UNSURE),
    broken("K8S-21", inside(SECRET, stringData={"password": "x"}), stack="production"),
    broken("K8S-21", inside(SECRET, data={"password": "eA=="})),
    kept("K8S-21", inside(SECRET)),
    kept(
        "K8S-21",
        res(
            SECRET,
            metadata={"labels": {"argocd.argoproj.io/secret-type": "repository"}},
            stringData={"url": "https://git.example", "type": "git"},
        ),
    ),
    undecided("K8S-21", inside(SECRET, data=UNKNOWN)),
    broken("K8S-22", role(verbs=["*"])),
    broken("K8S-22", role(resources=["*"])),
    broken("K8S-22", role(verbs=["impersonate"])),
    broken("K8S-22", role("ClusterRole", resources=["secrets"])),
    broken("K8S-22", bind("cluster-admin", "developers")),
    broken("K8S-22", bind("cluster-admin", "developers", "RoleBinding")),
    broken("K8S-22", bind("view", "system:authenticated")),
    kept("K8S-22", role(resources=["secrets"])),
    kept("K8S-22", role("ClusterRole", resources=["secrets"], resourceNames=["tls"])),
    kept("K8S-22", role("ClusterRole")),
    kept("K8S-22", bind("cluster-admin", "platform-administrators")),
    kept("K8S-22", bind("view", "platform-readers")),
    undecided("K8S-22", res(f"{RBAC}:ClusterRole", rules=UNKNOWN)),
    undecided("K8S-22", bind(UNKNOWN, "platform-readers")),
    undecided("K8S-22", bind("cluster-admin", UNKNOWN)),
    undecided("K8S-22", res(f"{RBAC}:RoleBinding", subjects=UNKNOWN)),
    broken("K8S-24", TEAM),
    broken("K8S-24", labelled(enforce="privileged")),
    kept("K8S-24", labelled(enforce="restricted")),
    kept("K8S-24", SYSTEM),
    kept("K8S-24", res(f"{NAMESPACE}Patch", metadata={"name": "team"})),
    undecided("K8S-24", labelled(enforce=UNKNOWN)),
    broken("K8S-25", TEAM),
    broken("K8S-25", TEAM, closed(podSelector={"matchLabels": {"app": "hello"}})),
    broken("K8S-25", TEAM, closed(ingress=[EVERYBODY])),
    broken("K8S-25", TEAM, closed(policyTypes=["Egress"])),
    kept("K8S-25", TEAM, closed()),
    undecided("K8S-25", TEAM, inside(NETWORK_POLICY, UNKNOWN, spec={"podSelector": {}})),
    broken("K8S-28", pool(limits=None)),
    broken("K8S-28", pool(disruption={})),
    broken("K8S-28", pool(template={"spec": {"expireAfter": "Never"}})),
    broken("K8S-28", pool(requirements=REQUIREMENTS[:1])),
    broken("K8S-28", pool(requirements=SPOT), stack="production"),
    broken("K8S-28", node_class("optional")),
    broken("K8S-28", node_class(encrypted=False)),
    broken("K8S-28", res(NODE_CLASS, spec={"metadataOptions": {"httpTokens": "required"}})),
    kept("K8S-28", pool(), pool("spot", SPOT), node_class(), stack="production"),
    kept("K8S-28", pool(requirements=SPOT)),
    undecided("K8S-28", pool(requirements=UNKNOWN)),
    undecided("K8S-28", pool(limits=UNKNOWN)),
    undecided("K8S-28", node_class(UNKNOWN)),
    undecided("K8S-28", node_class(encrypted=UNKNOWN)),
    broken("K8S-29", volumes(encrypted=None)),
    broken("K8S-29", volumes(type="gp2")),
    broken("K8S-29", volumes(kmsKeyId=None)),
    kept("K8S-29", volumes()),
    kept("K8S-29", res(STORAGE, provisioner="efs.csi.aws.com")),
    undecided("K8S-29", res(STORAGE, provisioner=UNKNOWN)),
    broken("K8S-30", follows({**CHART, "targetRevision": "HEAD"}, VALUES)),
    broken("K8S-30", follows({**CHART, "targetRevision": "1.*"})),
    broken("K8S-30", follows(CHART, project="default")),
    broken("K8S-30", res(PROJECT, spec={"sourceRepos": ["*"]})),
    broken("K8S-30", res(PROJECT, spec={"destinations": [{"namespace": "*"}]})),
    kept("K8S-30", follows(CHART, VALUES)),
    kept("K8S-30", follows({**VALUES, "ref": None, "path": "hello/chart"}, VALUES)),
    kept(
        "K8S-30",
        res(
            APPLICATION,
            spec={"project": "platform", "source": {**CHART, "targetRevision": "a" * 40}},
        ),
    ),
    kept("K8S-30", res(PROJECT, spec={"sourceRepos": ["https://git.example/config.git"]})),
    undecided("K8S-30", follows({**CHART, "targetRevision": UNKNOWN})),
    broken("K8S-30", follows({"targetRevision": "1.2.3"})),
    broken("K8S-31", res("kubernetes:policy/v1beta1:PodDisruptionBudget")),
    broken("K8S-31", res("kubernetes:autoscaling/v2beta2:HorizontalPodAutoscalerPatch")),
    kept("K8S-31", inside(DEPLOYMENT)),
    broken("HELM-01", release(version=None)),
    broken("HELM-01", release(version="^41.0.0")),
    broken("HELM-01", release(namespace=None)),
    broken("HELM-01", release(repositoryOpts=None)),
    broken("HELM-01", told(resources={"limits": {"cpu": 1}})),
    broken("HELM-01", told(resources={"limits": {"memory": "1Gi"}})),
    broken("HELM-01", told(service={"spec": {"type": "LoadBalancer"}})),
    broken("HELM-01", told(ingress={"enabled": True})),
    broken("HELM-01", told(image={"tag": "latest"})),
    kept("HELM-01", release()),
    kept("HELM-01", release(chart="oci://registry.example/chart", repositoryOpts=None)),
    kept("HELM-01", told(resources={}, service={"type": "ClusterIP"}, ingress={"enabled": False})),
    undecided("HELM-01", release(version=UNKNOWN)),
    undecided("HELM-01", release(namespace=UNKNOWN)),
    undecided("HELM-01", release(repositoryOpts={"repo": UNKNOWN})),
    kept("HELM-01", told(image={"tag": "1.2.3"}, check={"type": "NodePort"})),
]
