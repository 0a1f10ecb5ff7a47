"""The certificates of a zone: for its own name and one label below, in both places they serve."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.dns.validation import validation_record

CDN_REGION = "us-east-1"
"""The one Region CloudFront takes certificates from (CloudFront Developer Guide)."""


@dataclass(frozen=True, kw_only=True)
class CertificatesArgs:
    """Inputs of :class:`Certificates`.

    Attributes:
        domain: The zone's name; names one label below it are covered too (RFC 6125, 6.4.3).
        zone_id: The zone, where ACM looks for the proof.
        region: The home Region.
    """

    domain: str
    zone_id: pulumi.Input[str]
    region: str


class Certificates(Component):
    """Two validated certificates for ``<domain>`` and ``*.<domain>``: at home and in us-east-1.

    A load balancer takes the first, CloudFront the second. ACM derives the name and the value of
    the proof from the domain and the account alone (ACM User Guide, "DNS validation"), so a
    wildcard shares that of its parent, and both certificates share one record. It stays for good:
    ACM renews by it. Given the delegation as a dependency, nothing is asked for before the world
    can find the zone: ACM looks less and less often for a proof it did not find. AWS refuses to
    delete a certificate that something still shows to visitors.
    """

    certificate_arn: pulumi.Output[str]
    cdn_certificate_arn: pulumi.Output[str]
    validation_fqdn: pulumi.Output[str]

    def __init__(
        self, name: str, args: CertificatesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        names = [f"*.{args.domain}"]
        regional = certificate(self, f"{name}-regional", args.domain, names, args.region)
        cdn = certificate(self, f"{name}-cdn", args.domain, names, CDN_REGION)
        record = validation_record(
            f"{name}-validation", regional, args.domain, args.zone_id, self.child()
        )
        self.finish(
            certificate_arn=validated(
                self, f"{name}-regional", regional, [record.fqdn], args.region
            ),
            cdn_certificate_arn=validated(self, f"{name}-cdn", cdn, [record.fqdn], CDN_REGION),
            validation_fqdn=record.fqdn,
        )


def certificate(
    owner: Component, name: str, domain: str, others: Sequence[str], region: str
) -> aws.acm.Certificate:
    """Ask ACM for a certificate, as a child of its component."""
    return aws.acm.Certificate(
        f"{name}-certificate",
        domain_name=domain,
        subject_alternative_names=list(others),
        validation_method="DNS",
        region=region,
        opts=owner.child(),
    )


def validated(
    owner: Component,
    name: str,
    asked: aws.acm.Certificate,
    fqdns: Sequence[pulumi.Output[str]],
    region: str,
) -> pulumi.Output[str]:
    """The ARN of a certificate once ACM has issued it: what takes it waits for that."""
    issued = aws.acm.CertificateValidation(
        f"{name}-issued",
        certificate_arn=asked.arn,
        validation_record_fqdns=list(fqdns),
        region=region,
        opts=owner.child(),
    )
    return issued.certificate_arn
