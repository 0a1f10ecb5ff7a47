"""The security groups of a cluster's endpoint and of its nodes."""

from dataclasses import dataclass

import pulumi

from sandbox.eks.arguments import Arguments
from sandbox.eks.child import Child

_ANYWHERE = ["0.0.0.0/0"]
_HTTPS = 443
_LAST_PORT = 65535
_KUBELET = 1025


@dataclass(frozen=True, kw_only=True)
class NodeSecurity:
    """The group of the nodes and the rule that lets them reach the endpoint."""

    group: Child
    ingress: Child


def endpoint_group(name: str, arguments: Arguments, opts: pulumi.ResourceOptions) -> Child:
    """The group of the cluster's endpoint, open to the outside only on its way out."""
    tags = {"Name": f"{name}-eksClusterSecurityGroup"}
    group = _group(
        f"{name}-eksClusterSecurityGroup", "clusterSecurityGroupTags", arguments, tags, opts
    )
    _rule(f"{name}-eksClusterInternetEgressRule", group, "Allow internet access.", opts=opts)
    return group


def node_group(
    name: str,
    arguments: Arguments,
    cluster: Child,
    endpoint: Child,
    opts: pulumi.ResourceOptions,
) -> NodeSecurity:
    """The group of the nodes with the rules between them and the endpoint."""
    tags = cluster.output("name").apply(
        lambda known: {
            "Name": f"{name}-nodeSecurityGroup",
            f"kubernetes.io/cluster/{known}": "owned",
        }
    )
    group = _group(f"{name}-nodeSecurityGroup", "nodeSecurityGroupTags", arguments, tags, opts)
    _rule(
        f"{name}-eksNodeIngressRule",
        group,
        "Allow nodes to communicate with each other",
        ports=(0, 0),
        own=True,
        opts=opts,
    )
    for role, text, ports in (
        ("eksNodeClusterIngressRule", "the cluster control plane", (_KUBELET, _LAST_PORT)),
        ("eksExtApiServerClusterIngressRule", "extension API servers", (_HTTPS, _HTTPS)),
    ):
        description = f"Allow pods to receive communication from {text}"
        _rule(f"{name}-{role}", group, description, source=endpoint, ports=ports, opts=opts)
    _rule(f"{name}-eksNodeInternetEgressRule", group, "Allow internet access.", opts=opts)
    ingress = _rule(
        f"{name}-eksClusterIngressRule",
        endpoint,
        "Allow pods to communicate with the cluster API Server",
        source=group,
        ports=(_HTTPS, _HTTPS),
        opts=opts,
    )
    return NodeSecurity(group=group, ingress=ingress)


def _group(
    name: str,
    extra_tags: str,
    arguments: Arguments,
    tags: pulumi.Input[dict[str, str]],
    opts: pulumi.ResourceOptions,
) -> Child:
    inputs = {
        "vpcId": arguments.input("vpcId"),
        "revokeRulesOnDelete": True,
        "tags": _merged(tags, arguments.input(extra_tags), arguments.input("tags")),
    }
    return Child("aws:ec2/securityGroup:SecurityGroup", name, inputs, opts)


def _rule(  # noqa: PLR0913 - keyword by keyword what AWS asks of a rule
    name: str,
    group: Child,
    description: str,
    *,
    source: Child | None = None,
    own: bool = False,
    ports: tuple[int, int] | None = None,
    opts: pulumi.ResourceOptions,
) -> Child:
    inward = source is not None or own
    inputs = {
        "description": description,
        "type": "ingress" if inward else "egress",
        "fromPort": ports[0] if ports else 0,
        "toPort": ports[1] if ports else 0,
        "protocol": "tcp" if source is not None else "-1",
        "cidrBlocks": None if inward else _ANYWHERE,
        "self": True if own else None,
        "sourceSecurityGroupId": source.id if source is not None else None,
        "securityGroupId": group.id,
    }
    return Child("aws:ec2/securityGroupRule:SecurityGroupRule", name, inputs, opts)


def _merged(
    tags: pulumi.Input[dict[str, str]], *others: pulumi.Input[dict[str, str]] | None
) -> pulumi.Output[dict[str, str]]:
    return pulumi.Output.all(tags, *others).apply(
        lambda known: {key: value for given in known if given for key, value in given.items()}
    )
