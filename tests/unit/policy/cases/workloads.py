"""K8S: pods and what stands beside them: budgets, autoscalers, images."""

from typing import Any

from tests.unit.policy.cases.graphs import UNKNOWN, Record, broken, kept, res, undecided

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
STATEFUL_SET = "kubernetes:apps/v1:StatefulSet"
ROLLOUT = "kubernetes:argoproj.io/v1alpha1:Rollout"
CRON_JOB = "kubernetes:batch/v1:CronJob"
POD = "kubernetes:core/v1:Pod"
BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"
AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"

REGISTRY = "333333333333.dkr.ecr.eu-central-1.amazonaws.com"
META = {"name": "hello", "namespace": "hello"}
LABELS = {"app.kubernetes.io/name": "hello"}
SELECTOR = {"matchLabels": LABELS}
HARDENED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
}
CONTAINER: dict[str, Any] = {
    "name": "hello",
    "image": f"{REGISTRY}/hello:1.4.2-0a1b2c3",
    "ports": [{"name": "http", "containerPort": 8080}],
    "resources": {"requests": {"cpu": "100m", "memory": "1Gi"}, "limits": {"memory": "1024Mi"}},
    "securityContext": HARDENED,
    "livenessProbe": {"httpGet": {"path": "/livez", "port": "http"}},
    "readinessProbe": {"httpGet": {"path": "/readyz", "port": "http"}},
    "lifecycle": {"preStop": {"sleep": {"seconds": 10}}},
}
POD_SPEC: dict[str, Any] = {
    "serviceAccountName": "hello",
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "topologySpreadConstraints": [{"topologyKey": "topology.kubernetes.io/zone"}],
}


def changed(container: dict[str, Any]) -> dict[str, Any]:
    """The good container with some of it changed; what is None is left out."""
    return {key: value for key, value in {**CONTAINER, **container}.items() if value is not None}


def template(*containers: dict[str, Any], **pod: object) -> dict[str, object]:
    spec = {**POD_SPEC, "containers": [changed(item) for item in containers or ({},)], **pod}
    known = {key: value for key, value in spec.items() if value is not None}
    return {"metadata": {"labels": LABELS}, "spec": known}


def runs(*containers: dict[str, Any], kind: str = DEPLOYMENT, **pod: object) -> Record:
    return res(kind, metadata=META, spec={"template": template(*containers, **pod)})


def many(replicas: object, kind: str = DEPLOYMENT, **pod: object) -> Record:
    spec = {"replicas": replicas, "template": template(**pod)}
    return res(kind, metadata=META, spec=spec)


def with_resources(**resources: object) -> Record:
    return runs({"resources": resources})


def limited(**context: object) -> Record:
    return runs({"securityContext": {**HARDENED, **context}})


def budget(name: str = "hello", selector: object = SELECTOR, **spec: object) -> Record:
    return res(BUDGET, name, metadata=META, spec={"selector": selector, **spec})


def scaled(name: object = "hello", kind: str = "Deployment", **spec: object) -> Record:
    return res(
        AUTOSCALER, metadata=META, spec={"scaleTargetRef": {"kind": kind, "name": name}, **spec}
    )


def from_image(image: object) -> Record:
    return runs({"image": image})


GIB = {"memory": "1Gi"}
ONE_AWAY = budget(maxUnavailable=1)
EXPRESSED = {"matchExpressions": [{"key": "app.kubernetes.io/name", "operator": "Exists"}]}
OTHERS = {"matchLabels": {"app.kubernetes.io/name": "other"}}
HERE = budget(maxUnavailable=1)
ELSEWHERE = res(
    BUDGET,
    metadata={"name": "hello", "namespace": "other"},
    spec={"selector": SELECTOR, "maxUnavailable": 1},
)
PATCH = res(f"{DEPLOYMENT}Patch", metadata=META, spec={"template": {"spec": {"containers": [{}]}}})
LIMITING_PATCH = res(
    f"{DEPLOYMENT}Patch",
    metadata=META,
    spec={"template": {"spec": {"containers": [{"resources": {"limits": {"cpu": 1}}}]}}},
)
SCALING_PATCH = res(f"{DEPLOYMENT}Patch", metadata=META, spec={"replicas": 2})
BY_REFERENCE = res(ROLLOUT, metadata=META, spec={"replicas": 2, "workloadRef": {"name": "hello"}})
NIGHTLY = res(
    CRON_JOB,
    metadata=META,
    spec={"jobTemplate": {"spec": {"template": template({"resources": None})}}},
)
UNKNOWN_PODS = res(DEPLOYMENT, metadata=META, spec=UNKNOWN)
UNKNOWN_CONTAINERS = runs(containers=UNKNOWN)
AGENT = res(
    "kubernetes:apps/v1:DaemonSet",
    metadata={"name": "agent", "namespace": "fluent-bit"},
    spec={"template": template(volumes=[{"name": "logs", "hostPath": {"path": "/var/log"}}])},
)
OVER_NODES = [{"topologyKey": "kubernetes.io/hostname"}]
SAME = {"httpGet": {"path": "/readyz", "port": "http"}}

CASES = [
    broken("K8S-06", with_resources(requests={"cpu": 1})),
    broken("K8S-06", with_resources(requests={"memory": "1G"}, limits=GIB)),
    broken("K8S-06", with_resources(limits={"memory": "much"})),
    broken("K8S-06", with_resources(limits=GIB)),
    broken("K8S-06", runs(initContainers=[{"name": "first"}])),
    broken("K8S-06", NIGHTLY),
    broken("K8S-06", runs({"resources": None}, kind=ROLLOUT)),
    kept("K8S-06", runs()),
    kept("K8S-06", with_resources(requests={"memory": 1e3}, limits={"memory": "1k"})),
    kept("K8S-06", runs({"resources": None}, resources={"requests": GIB, "limits": GIB})),
    kept("K8S-06", PATCH),
    undecided("K8S-06", with_resources(limits={"memory": UNKNOWN})),
    undecided("K8S-06", UNKNOWN_CONTAINERS),
    broken("K8S-07", with_resources(requests=GIB)),
    broken("K8S-07", with_resources(requests={"cpu": "1 core"})),
    kept("K8S-07", runs()),
    kept("K8S-07", with_resources(requests={"cpu": 0.5})),
    kept("K8S-07", runs({"resources": None}, resources={"requests": {"cpu": "1"}})),
    undecided("K8S-07", runs({"resources": UNKNOWN})),
    broken("K8S-08", with_resources(limits={"cpu": "1"})),
    broken("K8S-08", LIMITING_PATCH),
    kept("K8S-08", runs()),
    undecided("K8S-08", runs({"resources": UNKNOWN})),
    broken("K8S-09", many(2), stack="production"),
    broken("K8S-09", many(2), ELSEWHERE),
    broken("K8S-09", many(2), budget(selector=OTHERS)),
    broken("K8S-09", runs(), scaled()),
    broken("K8S-09", many(2, kind=ROLLOUT)),
    kept("K8S-09", many(2), HERE),
    kept("K8S-09", many(2), budget(selector=EXPRESSED)),
    kept("K8S-09", many(2), budget(selector={})),
    kept("K8S-09", many(1)),
    kept("K8S-09", SCALING_PATCH),
    kept("K8S-09", BY_REFERENCE),
    kept("K8S-09", runs(), scaled(kind="StatefulSet")),
    undecided("K8S-09", many(2), budget(selector=UNKNOWN)),
    undecided("K8S-09", many(UNKNOWN)),
    broken("K8S-10", budget(maxUnavailable=0)),
    broken("K8S-10", budget(maxUnavailable="0%")),
    broken("K8S-10", budget(minAvailable="100%")),
    broken("K8S-10", budget()),
    broken("K8S-10", budget(minAvailable=1, maxUnavailable=1)),
    broken("K8S-10", many(2), budget(minAvailable=2)),
    broken("K8S-10", many(2), budget(minAvailable="80%")),
    broken("K8S-10", runs(), scaled(minReplicas=3), budget(minAvailable=3)),
    broken("K8S-10", many(2), HERE, budget("second", maxUnavailable=1)),
    kept("K8S-10", many(3), budget(minAvailable=2)),
    kept("K8S-10", many(2), budget(minAvailable="50%")),
    kept("K8S-10", many(UNKNOWN), budget(minAvailable=2)),
    kept("K8S-10", many(2), HERE, ELSEWHERE),
    undecided("K8S-10", budget(minAvailable=UNKNOWN)),
    broken("K8S-11", runs(), stack="production"),
    broken("K8S-11", many(3), scaled(minReplicas=1)),
    broken("K8S-11", runs(kind=STATEFUL_SET)),
    kept("K8S-11", runs(), scaled(minReplicas=2)),
    kept("K8S-11", many(2)),
    kept("K8S-11", many(0)),
    undecided("K8S-11", many(1), scaled(UNKNOWN, minReplicas=2)),
    broken("K8S-12", many(2)),
    broken("K8S-12", many(2), scaled()),
    kept("K8S-12", runs(), scaled()),
    kept("K8S-12", many(2, kind=STATEFUL_SET)),
    kept("K8S-12", many(2), scaled(UNKNOWN)),
    broken("K8S-13", runs(securityContext=None)),
    broken("K8S-13", limited(runAsNonRoot=False)),
    broken("K8S-13", limited(runAsUser=0)),
    broken("K8S-13", runs(initContainers=[changed({"securityContext": {"runAsUser": 0}})])),
    kept("K8S-13", runs()),
    kept("K8S-13", runs(os={"name": "windows"}, securityContext=None)),
    undecided("K8S-13", runs(securityContext=UNKNOWN)),
    broken("K8S-14", runs({"securityContext": None})),
    broken("K8S-14", limited(allowPrivilegeEscalation=True)),
    broken("K8S-14", limited(capabilities={"drop": ["ALL"], "add": ["SYS_ADMIN"]})),
    broken("K8S-14", limited(capabilities={"drop": ["NET_RAW"]})),
    broken("K8S-14", limited(seccompProfile={"type": "Unconfined"})),
    kept("K8S-14", limited(capabilities={"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]})),
    undecided("K8S-14", runs({"securityContext": UNKNOWN})),
    broken("K8S-15", limited(privileged=True)),
    broken("K8S-15", limited(procMount="Unmasked")),
    broken("K8S-15", runs(hostNetwork=True)),
    broken("K8S-15", runs(volumes=[{"name": "logs", "hostPath": {"path": "/var/log"}}])),
    broken("K8S-15", runs({"ports": [{"containerPort": 8080, "hostPort": 8080}]})),
    kept("K8S-15", runs(volumes=[{"name": "cache", "emptyDir": {"sizeLimit": "1Gi"}}])),
    kept("K8S-15", AGENT),
    undecided("K8S-15", runs(hostPID=UNKNOWN)),
    undecided("K8S-15", UNKNOWN_PODS),
    broken("K8S-16", limited(readOnlyRootFilesystem=False)),
    kept("K8S-16", runs()),
    undecided("K8S-16", runs({"securityContext": UNKNOWN})),
    undecided("K8S-15", limited(privileged=UNKNOWN)),
    broken("K8S-17", runs({"livenessProbe": None})),
    broken("K8S-17", runs({"readinessProbe": {"httpGet": {"path": "/", "port": 80}}})),
    broken("K8S-17", runs({"livenessProbe": SAME})),
    broken("K8S-17", runs({"livenessProbe": {"tcpSocket": 1}, "readinessProbe": {"tcpSocket": 1}})),
    kept("K8S-17", runs()),
    kept("K8S-17", runs({}, {"name": "proxy", "livenessProbe": None, "readinessProbe": None})),
    kept("K8S-17", NIGHTLY),
    kept("K8S-17", PATCH),
    undecided("K8S-17", runs({"livenessProbe": UNKNOWN})),
    broken("K8S-18", from_image("nginx:1.27")),
    broken("K8S-18", from_image("quay.io/argoproj/argocd:v3.4.4")),
    broken("K8S-18", from_image(f"{REGISTRY}/hello")),
    broken("K8S-18", from_image(f"{REGISTRY}/hello:latest")),
    broken("K8S-18", from_image(f"{REGISTRY}/hello:1.4.2")),
    broken("K8S-18", from_image(f"{REGISTRY}/quay/argoproj/argocd:latest")),
    broken("K8S-18", from_image(f"999999999999{REGISTRY[12:]}/hello:1.4.2-0a1b2c3")),
    broken("K8S-18", from_image(None)),
    kept("K8S-18", runs()),
    kept("K8S-18", from_image(f"{REGISTRY}/hello@sha256:{'0' * 64}")),
    kept("K8S-18", from_image(f"{REGISTRY}/quay/argoproj/argocd:v3.4.4")),
    undecided("K8S-18", from_image(UNKNOWN)),
    broken("K8S-23", runs(serviceAccountName=None)),
    kept("K8S-23", runs(serviceAccountName=None, automountServiceAccountToken=False)),
    kept("K8S-23", runs()),
    undecided("K8S-23", runs(serviceAccountName=UNKNOWN)),
    undecided("K8S-23", runs(serviceAccountName=None, automountServiceAccountToken=UNKNOWN)),
    broken("K8S-26", many(2, topologySpreadConstraints=None)),
    broken("K8S-26", many(2, topologySpreadConstraints=OVER_NODES)),
    kept("K8S-26", many(2)),
    kept("K8S-26", many(1, topologySpreadConstraints=None)),
    kept(
        "K8S-26",
        many(
            2,
            topologySpreadConstraints=None,
            affinity={
                "podAntiAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": [
                        {"topologyKey": "topology.kubernetes.io/zone"}
                    ]
                }
            },
        ),
    ),
    undecided("K8S-26", many(2, topologySpreadConstraints=UNKNOWN)),
    broken("K8S-27", res(POD, metadata=META, spec=template()["spec"])),
    broken("K8S-27", res("kubernetes:apps/v1:ReplicaSet", metadata=META)),
    kept("K8S-27", runs()),
    broken("K8S-32", runs(terminationGracePeriodSeconds=0)),
    broken("K8S-32", runs({"lifecycle": None})),
    kept("K8S-32", runs(terminationGracePeriodSeconds=60)),
    kept("K8S-32", runs(terminationGracePeriodSeconds=30)),
    kept("K8S-32", runs({"lifecycle": None, "ports": None})),
    kept("K8S-32", runs({"lifecycle": None}, readinessGates=[{"conditionType": "target-health"}])),
    undecided("K8S-32", runs(terminationGracePeriodSeconds=UNKNOWN)),
]
