"""DNS: zones and records."""

from collections.abc import Iterator

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.results import Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import UNKNOWN

ZONE = "aws:route53/zone:Zone"
RECORD = "aws:route53/record:Record"


def _apex_is_no_cname(graph: Graph, context: Context) -> Iterator[Problem]:
    apexes = {str(zone.get("name")).rstrip(".") for zone in graph.of_type(ZONE)}
    apexes |= {context.domain, "", "@"}
    for record in graph.of_type(RECORD):
        if record.get("type") != "CNAME":
            continue
        name = record.get("name")
        if name is UNKNOWN:
            yield undecided(record, "name")
        elif str(name).rstrip(".") in apexes:
            message = f"got a CNAME at {name or '@'}, wanted an alias record"
            yield failed(record, "type", message)


def _zone_kept(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.get("forceDestroy") is True:
        yield failed(resource, "forceDestroy", "got true, wanted false")
    if not resource.protect:
        yield failed(resource, "protect", "got an unprotected zone, wanted protect")


RULES: tuple[Rule, ...] = (
    Rule(
        id="DNS-03",
        title="The apex of a zone is never a CNAME",
        severity=Severity.HIGH,
        remedy="use an alias record (A and AAAA)",
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
)
