"""K8S: nodes that Karpenter makes, and their volumes (playbook NODE-03, NODE-09)."""

from collections.abc import Iterator

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.objects import tokens
from policy.core.results import Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items, read, spread, strings

NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool"
NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"
STORAGE_CLASSES = tokens("storage.k8s.io/v1", "StorageClass")

CAPACITY = "karpenter.sh/capacity-type"
REQUIREMENTS = ("kubernetes.io/arch", CAPACITY)
ON_DEMAND = "on-demand"

EBS = "ebs.csi.aws.com"


def _karpenter(graph: Graph, context: Context) -> Iterator[Problem]:
    for pool in graph.of_type(NODE_POOL):
        yield from _bounded(pool)
        yield from _chosen(pool)
    for node_class in graph.of_type(NODE_CLASS):
        yield from _hardened(node_class)
    if context.production:
        yield from _has_on_demand(graph)


def _bounded(pool: Resource) -> Iterator[Problem]:
    for path, wanted in (
        (("spec", "limits"), "cpu and memory the pool may have"),
        (("spec", "disruption", "consolidationPolicy"), "one, so that idle nodes end"),
        (("spec", "template", "spec", "expireAfter"), "an age, so that nodes are renewed"),
    ):
        value = pool.get(*path)
        at = ".".join(path)
        if value is UNKNOWN:
            yield undecided(pool, at)
        elif value in (MISSING, {}, "Never"):
            got = "Never" if value == "Never" else "none"
            yield failed(pool, at, f"got {got}, wanted {wanted}")


def _chosen(pool: Resource) -> Iterator[Problem]:
    path = "spec.template.spec.requirements"
    requirements = pool.get(*path.split("."))
    keys = tuple(spread(requirements, "key"))
    missing = [key for key in REQUIREMENTS if key not in keys]
    if missing and UNKNOWN in (requirements, *keys):
        yield undecided(pool, path)
    elif missing:
        yield failed(pool, path, f"wanted {', '.join(missing)} among them")


def _hardened(node_class: Resource) -> Iterator[Problem]:
    # Karpenter's own default is a token, so only another word is wrong; volumes have none.
    value = node_class.get("spec", "metadataOptions", "httpTokens")
    if value is UNKNOWN:
        yield undecided(node_class, "spec.metadataOptions.httpTokens")
    elif value != "required":
        got = "nothing" if value is MISSING else value
        yield failed(node_class, "spec.metadataOptions.httpTokens", f"got {got}, wanted required")
    path = "spec.blockDeviceMappings.ebs.encrypted"
    for encrypted in spread(node_class.props, *path.split(".")):
        if encrypted is UNKNOWN:
            yield undecided(node_class, path)
        elif encrypted is not True:
            yield failed(node_class, path, "got no encryption, wanted true")


def _has_on_demand(graph: Graph) -> Iterator[Problem]:
    pools = graph.of_type(NODE_POOL)
    verdicts = [_offers_on_demand(pool) for pool in pools]
    if pools and True not in verdicts:
        message = "got no pool of on-demand nodes, wanted one for what must not be interrupted"
        path = "spec.template.spec.requirements"
        yield undecided(pools[0], path) if None in verdicts else failed(pools[0], path, message)


def _offers_on_demand(pool: Resource) -> bool | None:
    requirements = pool.get("spec", "template", "spec", "requirements")
    if requirements is UNKNOWN:
        return None
    for requirement in items(requirements):
        if read(requirement, "key") == CAPACITY:
            values = strings(read(requirement, "values"))
            return (ON_DEMAND in values) is (read(requirement, "operator") != "NotIn")
    return True


def _encrypted_volumes(resource: Resource, _: Context) -> Iterator[Problem]:
    provisioner = resource.get("provisioner")
    if provisioner is UNKNOWN:
        yield undecided(resource, "provisioner")
    if provisioner != EBS:
        return
    for name, good, wanted in (
        ("encrypted", ("true",), "the text true"),
        ("type", ("gp3",), "gp3"),
        ("kmsKeyId", (), "the key of the risk domain"),
    ):
        value = resource.get("parameters", name)
        if value is UNKNOWN:
            continue  # Present, and filled in from a resource.
        if value is MISSING or (good and value not in good):
            got = "none" if value is MISSING else repr(value)
            yield failed(resource, f"parameters.{name}", f"got {got}, wanted {wanted}")


RULES: tuple[Rule, ...] = (
    Rule(
        id="K8S-28",
        title="NodePools are bounded, renewed and hardened",
        severity=Severity.MEDIUM,
        remedy="set limits, consolidationPolicy, expireAfter, architecture and capacity type",
        types=(NODE_POOL, NODE_CLASS),
        stack=_karpenter,
    ),
    Rule(
        id="K8S-29",
        title="Volumes of pods are gp3, encrypted with a key of ours",
        severity=Severity.MEDIUM,
        remedy="set parameters type gp3, encrypted 'true' and kmsKeyId of the StorageClass",
        types=STORAGE_CLASSES,
        resource=_encrypted_volumes,
    ),
)
