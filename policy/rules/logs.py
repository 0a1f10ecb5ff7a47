"""LOG: audit, flow logs, retention."""

from collections.abc import Iterator

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.results import Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN

FLOW_LOG = "aws:ec2/flowLog:FlowLog"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
VPC = "aws:ec2/vpc:Vpc"


def _bounded(resource: Resource, _: Context) -> Iterator[Problem]:
    days = resource.get("retentionInDays")
    if days is UNKNOWN:
        yield undecided(resource, "retentionInDays")
    elif days is MISSING or days == 0:
        yield failed(resource, "retentionInDays", "got none (never expires), wanted days")


def _flow_logged(graph: Graph, _: Context) -> Iterator[Problem]:
    logged: set[str] = set()
    for flow_log in graph.of_type(FLOW_LOG):
        if flow_log.get("trafficType") not in {"ALL", "REJECT", UNKNOWN}:
            continue
        vpcs = graph.joined(flow_log, "vpcId", VPC)
        if vpcs is None:
            yield undecided(flow_log, "vpcId")
            return
        logged |= {vpc.urn for vpc in vpcs}
    for vpc in graph.of_type(VPC):
        if vpc.urn not in logged:
            yield failed(vpc, "", "got no flow log, wanted one with traffic_type ALL")


RULES: tuple[Rule, ...] = (
    Rule(
        id="LOG-05",
        title="Log groups expire",
        severity=Severity.MEDIUM,
        remedy="set retention_in_days",
        types=(LOG_GROUP,),
        resource=_bounded,
    ),
    Rule(
        id="LOG-09",
        title="Every VPC has flow logs",
        severity=Severity.MEDIUM,
        remedy="add a flow log for the VPC (components/network/flow_log.py)",
        types=(VPC, FLOW_LOG),
        stack=_flow_logged,
        controls=("CIS AWS 3.0 3.7", "FSBP EC2.6"),
    ),
)
