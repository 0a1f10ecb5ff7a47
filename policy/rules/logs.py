"""LOG: audit, flow logs, retention."""

from collections.abc import Iterator

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items

FLOW_LOG = "aws:ec2/flowLog:FlowLog"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
VPC = "aws:ec2/vpc:Vpc"
CLUSTER = "aws:eks/cluster:Cluster"
DATABASE = "aws:rds/instance:Instance"
FUNCTION = "aws:lambda/function:Function"


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


def _made_before(graph: Graph, _: Context) -> Iterator[Problem]:
    names = [group.get("name") for group in graph.of_type(LOG_GROUP)]
    for writer in graph.of_type(CLUSTER, DATABASE, FUNCTION):
        for wanted in _groups_of(writer):
            if wanted is None or (wanted not in names and UNKNOWN in names):
                yield undecided(writer, "name")
            elif wanted not in names:
                message = f"got a log group that AWS makes and keeps for ever, wanted {wanted}"
                yield failed(writer, "", message)


def _groups_of(writer: Resource) -> Iterator[str | None]:
    """The log groups AWS would make for a resource; None for one whose name is not known yet."""
    if writer.type == CLUSTER:
        if items(writer.get("enabledClusterLogTypes")):
            yield _named("/aws/eks/{}/cluster", writer.get("name"))
    elif writer.type == DATABASE:
        for kind in items(writer.get("enabledCloudwatchLogsExports")):
            yield _named(f"/aws/rds/instance/{{}}/{kind}", writer.get("identifier"))
    elif writer.get("loggingConfig", "logGroup") is MISSING:
        yield _named("/aws/lambda/{}", writer.get("name"))


def _named(pattern: str, name: object) -> str | None:
    return pattern.format(name) if isinstance(name, str) else None


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
        id="LOG-06",
        title="Log groups are made before what writes to them",
        severity=Severity.MEDIUM,
        enforcement=Enforcement.ADVISORY,
        remedy="make the log group with retention and key, and what writes to it depend on it",
        types=(CLUSTER, DATABASE, FUNCTION),
        stack=_made_before,
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
