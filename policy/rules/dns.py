"""DNS: zones and records."""

from collections.abc import Iterator

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.results import Enforcement, Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items

ZONE = "aws:route53/zone:Zone"
RECORD = "aws:route53/record:Record"
QUERY_LOG = "aws:route53/queryLog:QueryLog"
REFERENCE = "pulumi:pulumi:StackReference"

LONGEST_DELEGATION_SECONDS = 3600
"""Playbook DNS-05 wants it short; name servers that changed are wrong for this long. Zone
parents commonly say two days."""


def _public_zones(graph: Graph) -> Iterator[Resource]:
    return (zone for zone in graph.of_type(ZONE) if not items(zone.get("vpcs")))


def _name(resource: Resource) -> str:
    return str(resource.get("name")).rstrip(".").lower()


def _owned(graph: Graph, context: Context) -> Iterator[Problem]:
    for zone in _public_zones(graph):
        account = context.account_of(zone)
        own = context.domain if account.kind == "shared" else f"{account.name}.{context.domain}"
        if zone.get("name") is UNKNOWN:
            yield undecided(zone, "name")
        elif _name(zone) != own:
            yield failed(zone, "name", f"got {_name(zone)} in {account.name}, wanted {own}")


def _delegated(graph: Graph, context: Context) -> Iterator[Problem]:
    delegations = [item for item in graph.of_type(RECORD) if item.get("type") == "NS"]
    for zone in _public_zones(graph):
        if _name(zone) == context.domain:
            continue  # Its parent is the registrar's; people tell it, once.
        own = {record.urn for record in graph.referring(zone, RECORD, "zoneId").found}
        found = [
            record
            for record in delegations
            if _name(record) == _name(zone) and record.urn not in own
        ]
        if not found:
            yield failed(zone, "", "got a zone nobody delegates to, wanted an NS record above it")
        for record in found:
            ttl = record.get("ttl")
            if isinstance(ttl, int) and ttl > LONGEST_DELEGATION_SECONDS:
                message = f"got {ttl} s, wanted {LONGEST_DELEGATION_SECONDS} s or less"
                yield failed(record, "ttl", message)


def _apex_is_no_cname(graph: Graph, context: Context) -> Iterator[Problem]:
    apexes = {_name(zone) for zone in graph.of_type(ZONE)} | {context.domain, "", "@"}
    for record in graph.of_type(RECORD):
        if record.get("type") != "CNAME":
            continue
        if record.get("name") is UNKNOWN:
            yield undecided(record, "name")
        elif _name(record) in apexes:
            message = f"got a CNAME at {_name(record) or '@'}, wanted an alias record"
            yield failed(record, "type", message)


def _zone_kept(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.get("forceDestroy") is True:
        yield failed(resource, "forceDestroy", "got true, wanted false")
    if not resource.protect:
        yield failed(resource, "protect", "got an unprotected zone, wanted protect")


def _queries_logged(graph: Graph, _: Context) -> Iterator[Problem]:
    for zone in _public_zones(graph):
        logs = graph.referring(zone, QUERY_LOG, "zoneId")
        if not logs.found:
            problem = failed(zone, "", "got no query log, wanted one")
            yield problem if logs.certain else undecided(zone, "zoneId")


def _own_zones(graph: Graph, _: Context) -> Iterator[Problem]:
    for record in graph.of_type(RECORD):
        sources = [graph.by_urn.get(urn) for urn in record.joins.get("zoneId", ())]
        if any(source is not None and source.type in {ZONE, REFERENCE} for source in sources):
            continue
        zones = graph.joined(record, "zoneId", ZONE)
        if zones is None:
            yield undecided(record, "zoneId")
        elif not zones:
            got = "none" if record.get("zoneId") is MISSING else "an id written by hand"
            message = f"got {got}, wanted a zone of this stack or an output of another"
            yield failed(record, "zoneId", message)


RULES: tuple[Rule, ...] = (
    Rule(
        id="DNS-01",
        title="A zone belongs to the account it is named after",
        severity=Severity.MEDIUM,
        remedy="make zones with the dns layer: the root in shared, <account>.<root> elsewhere",
        types=(ZONE,),
        stack=_owned,
    ),
    Rule(
        id="DNS-02",
        title="Every zone below the root is delegated to",
        severity=Severity.HIGH,
        remedy="make the zone with components/dns/delegated_zone.py",
        types=(ZONE, RECORD),
        stack=_delegated,
    ),
    Rule(
        id="DNS-03",
        title="The apex of a zone is never a CNAME",
        severity=Severity.HIGH,
        remedy="use an alias record (A and AAAA)",
        types=(RECORD,),
        stack=_apex_is_no_cname,
    ),
    Rule(
        id="DNS-04",
        title="Zones cannot be destroyed with their records",
        severity=Severity.HIGH,
        production_only=True,
        remedy="create the zone with protect=True and force_destroy=False",
        types=(ZONE,),
        resource=_zone_kept,
    ),
    Rule(
        id="DNS-06",
        title="Public zones log what they are asked",
        severity=Severity.LOW,
        enforcement=Enforcement.ADVISORY,
        remedy="add a query log; its log group is in us-east-1",
        types=(ZONE, QUERY_LOG),
        stack=_queries_logged,
        controls=("FSBP Route53.2",),
    ),
    Rule(
        id="DNS-07",
        title="Records go into zones of this stack, or into one that another stack publishes",
        severity=Severity.MEDIUM,
        enforcement=Enforcement.ADVISORY,
        remedy="read the zone's id from the stack that owns it",
        types=(RECORD,),
        stack=_own_zones,
    ),
)
