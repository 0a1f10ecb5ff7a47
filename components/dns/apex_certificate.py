"""The certificate of the account that answers for the organisation's own domain."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.dns.certificates import CDN_REGION, certificate, validated
from components.dns.validation import validation_record


@dataclass(frozen=True, kw_only=True)
class ApexCertificateArgs:
    """Inputs of :class:`ApexCertificate`.

    Attributes:
        root_domain: The organisation's domain.
        root_zone_id: Its zone.
        root_provider: Provider with credentials for the account of that zone.
        domain: The account's own domain.
        validation_fqdn: The proof for that domain, which exists already.
    """

    root_domain: str
    root_zone_id: pulumi.Input[str]
    root_provider: aws.Provider
    domain: str
    validation_fqdn: pulumi.Output[str]


class ApexCertificate(Component):
    """A validated certificate in us-east-1 for the root domain, its ``www`` and the account's.

    A distribution has one certificate, so this one holds all names of the account's site. It is
    made beside the account's own: turning the apex on or off replaces no certificate in use. The
    proofs for the root domain and for ``www`` are written into the root zone. AWS refuses to
    delete a certificate that a distribution still shows to visitors.
    """

    certificate_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: ApexCertificateArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        www = f"www.{args.root_domain}"
        others = [www, args.domain, f"*.{args.domain}"]
        asked = certificate(self, name, args.root_domain, others, CDN_REGION)
        records = [
            validation_record(
                f"{name}-{role}-validation",
                asked,
                domain,
                args.root_zone_id,
                self.child(provider=args.root_provider),
            )
            for role, domain in (("root", args.root_domain), ("www", www))
        ]
        fqdns = [*(record.fqdn for record in records), args.validation_fqdn]
        self.finish(certificate_arn=validated(self, name, asked, fqdns, CDN_REGION))
