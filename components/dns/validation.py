"""The record that proves to ACM that a name is ours."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws
from pulumi_aws.acm.outputs import CertificateDomainValidationOption

TTL_SECONDS = 60
"""Short: it is asked for by ACM alone, and a wrong one delays a certificate."""


def validation_record(
    name: str,
    certificate: aws.acm.Certificate,
    domain: str,
    zone_id: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> aws.route53.Record:
    """The record for one name of a certificate, in the zone that answers for the name.

    How many proofs ACM asks for is unknown in a preview; which names share one is not. So each
    record is made for a name that is known, and only what is in it comes from ACM.
    """

    def of_domain(
        options: Sequence[CertificateDomainValidationOption],
    ) -> CertificateDomainValidationOption:
        # ACM's answer is a set: its order says nothing.
        return next(option for option in options if option.domain_name == domain)

    proof = certificate.domain_validation_options.apply(of_domain)
    return aws.route53.Record(
        name,
        zone_id=zone_id,
        name=proof.apply(lambda found: found.resource_record_name or ""),
        type=aws.route53.RecordType.CNAME,
        ttl=TTL_SECONDS,
        records=[proof.apply(lambda found: found.resource_record_value or "")],
        opts=opts,
    )
