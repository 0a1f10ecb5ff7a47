"""NET: VPC endpoints."""

from collections.abc import Iterator

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, advised, failed, undecided
from policy.core.values import MISSING, UNKNOWN
from policy.rules.routes import ASSOCIATION, PUBLIC, SUBNET, TABLE, tier_of
from policy.rules.vpcs import VPC

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
GATEWAY = "Gateway"
INTERFACE = "Interface"

ESSENTIAL = ("ecr.api", "ecr.dkr", "logs", "sts")
"""Services every workload calls all the time: images, credentials, logs."""


def _endpoints(graph: Graph, _: Context) -> Iterator[Problem]:
    for vpc in graph.of_type(VPC):
        found = graph.referring(vpc, ENDPOINT, "vpcId")
        if not found.certain:
            yield undecided(vpc, "vpcId")
            continue
        buckets = [item for item in found.found if _is_for(item, "s3", GATEWAY)]
        if not buckets:
            yield failed(vpc, "", "got no gateway endpoint for S3, wanted one")
        for endpoint in buckets:
            yield from _routed(graph, endpoint)
        missing = [
            service
            for service in ESSENTIAL
            if not any(_is_for(item, service, INTERFACE) for item in found.found)
        ]
        if missing and _has_private_subnets(graph):
            message = f"got no interface endpoint for {', '.join(missing)}"
            yield advised(vpc, "", message)


def _is_for(endpoint: Resource, service: str, kind: str) -> bool:
    declared = endpoint.get("vpcEndpointType")
    name = endpoint.get("serviceName")
    return (GATEWAY if declared is MISSING else declared) == kind and str(name).endswith(
        f".{service}"
    )


def _has_private_subnets(graph: Graph) -> bool:
    return any(tier_of(subnet) != PUBLIC for subnet in graph.of_type(SUBNET))


def _routed(graph: Graph, endpoint: Resource) -> Iterator[Problem]:
    """The tables of all subnets but the public ones know the way."""
    tables = graph.joined(endpoint, "routeTableIds", TABLE)
    if tables is None:
        yield undecided(endpoint, "routeTableIds")
        return
    known = {table.urn for table in tables}
    for association in graph.of_type(ASSOCIATION):
        subnets = graph.joined(association, "subnetId", SUBNET) or ()
        if all(tier_of(subnet) == PUBLIC for subnet in subnets):
            continue
        for table in graph.joined(association, "routeTableId", TABLE) or ():
            if table.urn not in known:
                known.add(table.urn)
                message = f"got no route from {table.name}, wanted one from every private table"
                yield failed(endpoint, "routeTableIds", message)


def _private_names(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.get("vpcEndpointType") == INTERFACE:
        value = resource.get("privateDnsEnabled")
        if value is UNKNOWN:
            yield undecided(resource, "privateDnsEnabled")
        elif value is not True:
            yield failed(resource, "privateDnsEnabled", "got false, wanted true")
    if resource.get("policy") is MISSING:
        yield failed(resource, "policy", "got AWS's policy, which allows all; wanted one of ours")


RULES: tuple[Rule, ...] = (
    Rule(
        id="NET-17",
        title="AWS services are reached through endpoints of the VPC",
        severity=Severity.MEDIUM,
        remedy="keep the gateway endpoints; interface endpoints are superinc:network.endpoints",
        types=(ENDPOINT, VPC),
        stack=_endpoints,
        controls=("FSBP EC2.10",),
    ),
    Rule(
        id="NET-18",
        title="Endpoints answer under the service's own name, and for us alone",
        severity=Severity.LOW,
        enforcement=Enforcement.ADVISORY,
        remedy="set private_dns_enabled=True and a policy on aws:PrincipalOrgID",
        types=(ENDPOINT,),
        resource=_private_names,
    ),
)
