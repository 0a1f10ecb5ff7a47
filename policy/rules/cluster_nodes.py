"""EKS: nodes, their network and their role (playbook NET-10, NODE-01, K8S-07)."""

from collections.abc import Iterator

import yaml

from policy.core.context import Context
from policy.core.documents import allowing
from policy.core.graph import Graph, Resource
from policy.core.results import Problem, Severity
from policy.core.rule import Rule, advised, failed, undecided
from policy.core.values import MISSING, UNKNOWN, decoded, items, read, spread, words
from policy.rules.clusters import CLUSTER
from policy.rules.permissions import ROLE, ROLE_ATTACHMENT
from policy.rules.routes import PRIVATE, SUBNET, tier_of

ADDON = "aws:eks/addon:Addon"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"
POD_IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"

CNI = "vpc-cni"
PREFIXES = ("env", "ENABLE_PREFIX_DELEGATION")

NODE_POLICIES = frozenset(
    {
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEC2ContainerRegistryReadOnly",
        "AmazonEKSWorkerNodeMinimalPolicy",
        "AmazonEKSWorkerNodePolicy",
        "AmazonEKS_CNI_Policy",
        "AmazonSSMManagedInstanceCore",
    }
)
"""What AWS gives nodes to do (EKS user guide, node IAM role)."""

PULLING = "ecr:"
"""A pull-through cache makes the first pull create a repository, by the node's own role."""


def _is_automatic(cluster: Resource) -> bool:
    """Whether AWS runs its nodes (EKS Auto Mode): there is no CNI and no node group to set up."""
    return cluster.get("computeConfig", "enabled") is True


def _delegates_prefixes(graph: Graph, _: Context) -> Iterator[Problem]:
    for cluster in graph.of_type(CLUSTER):
        if _is_automatic(cluster):
            continue
        addons = graph.referring(cluster, ADDON, "clusterName")
        found = [addon for addon in addons.found if addon.get("addonName") == CNI]
        if not found:
            unsure = any(addon.get("addonName") is UNKNOWN for addon in addons.found)
            message = f"got no add-on {CNI}, wanted it with prefix delegation"
            problem = failed(cluster, "", message)
            yield problem if addons.certain and not unsure else undecided(cluster, "addons")
        for addon in found:
            yield from _delegating(addon)


def _delegating(addon: Resource) -> Iterator[Problem]:
    values = _values(addon.get("configurationValues"))
    value = read(values, *PREFIXES)
    path = "configurationValues"
    if value is UNKNOWN:
        yield undecided(addon, path)
    elif value != "true":
        got = "nothing" if value is MISSING else repr(value)
        yield failed(addon, path, f"got {got} for {'.'.join(PREFIXES)}, wanted the text 'true'")


def _values(text: object) -> object:
    """The values of an add-on, which may be JSON or YAML."""
    found = decoded(text)
    if not isinstance(found, str):
        return found
    try:
        return yaml.safe_load(found)
    except yaml.YAMLError:
        return MISSING


def _tainted(resource: Resource, _: Context) -> Iterator[Problem]:
    taints = resource.get("taints")
    effects = tuple(spread(taints, "effect"))
    if taints is UNKNOWN or ("NO_SCHEDULE" not in effects and UNKNOWN in effects):
        yield undecided(resource, "taints")
    elif "NO_SCHEDULE" not in effects:
        message = "got none that keeps pods away, wanted an effect NO_SCHEDULE"
        yield failed(resource, "taints", message)
    least = resource.get("scalingConfig", "minSize")
    most = resource.get("scalingConfig", "maxSize")
    if isinstance(least, int) and isinstance(most, int) and least != most:
        message = f"got {least} to {most}, wanted a fixed size: Karpenter makes the other nodes"
        yield advised(resource, "scalingConfig", message)


def _private_nodes(graph: Graph, _: Context) -> Iterator[Problem]:
    for group in graph.of_type(NODE_GROUP):
        access = group.get("remoteAccess")
        if access is UNKNOWN:
            yield undecided(group, "remoteAccess")
        elif access is not MISSING and read(access, "sourceSecurityGroupIds") in (MISSING, []):
            message = "got SSH from everywhere, wanted no remote access"
            yield failed(group, "remoteAccess.sourceSecurityGroupIds", message)
        for subnet in graph.joined(group, "subnetIds", SUBNET) or ():
            if tier_of(subnet) != PRIVATE:
                message = f"got a subnet of tier {tier_of(subnet)}, wanted {PRIVATE}"
                yield failed(group, "subnetIds", message)


def _node_roles(graph: Graph) -> Iterator[tuple[Resource, tuple[Resource, ...] | None]]:
    """What makes nodes, and the roles they get; None where not known."""
    for group in graph.of_type(NODE_GROUP):
        yield group, graph.joined(group, "nodeRoleArn", ROLE)
    for group in graph.of_type(NODE_CLASS):
        yield group, graph.joined(group, "spec", ROLE)


def _only_node_policies(graph: Graph, _: Context) -> Iterator[Problem]:
    roles: dict[str, Resource] = {}
    for maker, found in _node_roles(graph):
        if found is None and maker.type == NODE_GROUP:
            yield undecided(maker, "nodeRoleArn")
        roles |= {role.urn: role for role in found or ()}
    for role in roles.values():
        yield from _more_than_a_node(graph, role)


def _more_than_a_node(graph: Graph, role: Resource) -> Iterator[Problem]:
    for arn in items(role.get("managedPolicyArns")):
        if not _is_for_nodes(arn):
            yield failed(role, "managedPolicyArns", f"got {_short(arn)}, {WANTED}")
    for attachment in graph.referring(role, ROLE_ATTACHMENT, "role").found:
        arn = attachment.get("policyArn")
        if arn is UNKNOWN:
            # A policy of this stack: AWS's own are known by name.
            yield failed(attachment, "policyArn", f"got a policy of ours, {WANTED}")
        elif not _is_for_nodes(arn):
            yield failed(attachment, "policyArn", f"got {_short(arn)}, {WANTED}")
    for policy in graph.referring(role, ROLE_POLICY, "role").found:
        document = policy.get("policy")
        actions = {word for item in allowing(document) for word in words(read(item, "Action"))}
        if any(not action.startswith(PULLING) for action in actions):
            yield failed(policy, "policy", f"got permissions of its own, {WANTED}")


WANTED = "wanted a role of the pods that need it (pod identity)"


def _is_for_nodes(arn: object) -> bool:
    return isinstance(arn, str) and _short(arn) in NODE_POLICIES and ":iam::aws:" in arn


def _short(arn: object) -> str:
    return str(arn).rpartition("/")[2]


RULES: tuple[Rule, ...] = (
    Rule(
        id="EKS-07",
        title="The VPC CNI delegates prefixes to nodes",
        severity=Severity.MEDIUM,
        remedy="set env.ENABLE_PREFIX_DELEGATION to the text true in the add-on's configuration",
        types=(CLUSTER, ADDON),
        stack=_delegates_prefixes,
    ),
    Rule(
        id="EKS-08",
        title="Managed node groups are tainted and of a fixed size",
        severity=Severity.MEDIUM,
        remedy="taint the group with CriticalAddonsOnly; Karpenter makes nodes for the rest",
        types=(NODE_GROUP,),
        resource=_tainted,
    ),
    Rule(
        id="EKS-09",
        title="Nodes are in private subnets and nobody logs in by SSH",
        severity=Severity.HIGH,
        remedy="leave remote_access out and use the private subnets",
        types=(NODE_GROUP,),
        stack=_private_nodes,
        controls=("CIS EKS 1.5 5.4.3",),
    ),
    Rule(
        id="EKS-11",
        title="The role of nodes is for nodes; pods have roles of their own",
        severity=Severity.MEDIUM,
        remedy="attach the policy to a role that a pod identity association gives the pods",
        types=(NODE_GROUP, NODE_CLASS, POD_IDENTITY),
        stack=_only_node_policies,
        controls=("CIS EKS 1.5 5.1.3", "CIS EKS 1.5 5.2.1"),
    ),
)
