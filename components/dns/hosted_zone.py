"""A public hosted zone that is not lost by accident and soon forgets what is not there."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component

SOA_CONTACT = "awsdns-hostmaster.amazon.com."
SOA_TIMERS = "1 7200 900 1209600"
"""Serial, refresh, retry and expire as Route 53 sets them (Developer Guide, "The SOA record")."""


@dataclass(frozen=True, kw_only=True)
class HostedZoneArgs:
    """What every zone of ours is told; part of the inputs of its component.

    Attributes:
        domain: Fully qualified name, without a trailing dot.
        ttl_seconds: How long resolvers may remember what is at its top.
        negative_ttl_seconds: How long they may remember that a name does not exist.
        certificate_authorities: Who may issue certificates for it; empty to leave it unsaid.
    """

    domain: str
    ttl_seconds: int
    negative_ttl_seconds: int
    certificate_authorities: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class HostedZone:
    """A zone and the records at its top.

    Attributes:
        zone: The hosted zone.
        records: Its SOA, and its CAA if there is one: in place before anybody is sent here.
    """

    zone: aws.route53.Zone
    records: Sequence[aws.route53.Record]


def hosted_zone(owner: Component, name: str, args: HostedZoneArgs, *, comment: str) -> HostedZone:
    """Make a zone as children of its component.

    A zone made anew has other name servers, so losing one is an outage until every resolver has
    forgotten the old ones: it is protected, and Route 53 refuses while it holds records.
    """
    zone = aws.route53.Zone(
        f"{name}-zone",
        name=args.domain,
        comment=comment,
        force_destroy=False,
        opts=owner.child(protect=True),
    )
    records = [_soa(owner, name, args, zone)]
    if args.certificate_authorities:
        records.append(_caa(owner, name, args, zone))
    return HostedZone(zone=zone, records=records)


def _soa(
    owner: Component, name: str, args: HostedZoneArgs, zone: aws.route53.Zone
) -> aws.route53.Record:
    # Resolvers take the smaller of this record's TTL and its last field (RFC 2308, section 5).
    seconds = args.negative_ttl_seconds
    rest = f" {SOA_CONTACT} {SOA_TIMERS} {seconds}"
    return aws.route53.Record(
        f"{name}-soa",
        zone_id=zone.zone_id,
        name=args.domain,
        type=aws.route53.RecordType.SOA,
        ttl=seconds,
        records=[pulumi.Output.concat(zone.primary_name_server, rest)],
        allow_overwrite=True,  # Route 53 made one together with the zone.
        # A zone keeps its SOA record to the end: Route 53 refuses to delete it before the zone.
        opts=owner.child(retain_on_delete=True),
    )


def _caa(
    owner: Component, name: str, args: HostedZoneArgs, zone: aws.route53.Zone
) -> aws.route53.Record:
    return aws.route53.Record(
        f"{name}-caa",
        zone_id=zone.zone_id,
        name=args.domain,
        type=aws.route53.RecordType.CAA,
        ttl=args.ttl_seconds,
        records=[f'0 issue "{authority}"' for authority in args.certificate_authorities],
        opts=owner.child(),
    )
