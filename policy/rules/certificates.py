"""DNS: certificates."""

from collections.abc import Iterator

from policy.core.context import Context
from policy.core.graph import Graph
from policy.core.results import Problem, Severity
from policy.core.rule import Rule, failed, undecided
from policy.core.values import MISSING, UNKNOWN

CERTIFICATE = "aws:acm/certificate:Certificate"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
VALIDATION = "aws:acm/certificateValidation:CertificateValidation"

CLOUDFRONT_REGION = "us-east-1"
"""Where CloudFront takes its certificates from (ACM user guide, "Supported Regions")."""


def _validated(graph: Graph, _: Context) -> Iterator[Problem]:
    for certificate in graph.of_type(CERTIFICATE):
        if certificate.get("privateKey") is not MISSING:
            continue  # Imported: whoever issued it has validated it.
        if certificate.get("certificateAuthorityArn") is not MISSING:
            continue
        method = certificate.get("validationMethod")
        if method is UNKNOWN:
            yield undecided(certificate, "validationMethod")
        elif method != "DNS":
            got = "none" if method is MISSING else method
            yield failed(certificate, "validationMethod", f"got {got}, wanted DNS")
        waits = graph.referring(certificate, VALIDATION, "certificateArn")
        if not waits.found:
            problem = failed(certificate, "", "got nothing that waits for it to be issued")
            yield problem if waits.certain else undecided(certificate, "certificateArn")


def _in_cloudfronts_region(graph: Graph, _: Context) -> Iterator[Problem]:
    for distribution in graph.of_type(DISTRIBUTION):
        for certificate in graph.joined(distribution, "viewerCertificate", CERTIFICATE) or ():
            region = certificate.region
            if isinstance(region, str) and region != CLOUDFRONT_REGION:
                message = f"got {region} under CloudFront, wanted {CLOUDFRONT_REGION}"
                yield failed(certificate, "region", message)


def _good_certificates(graph: Graph, context: Context) -> Iterator[Problem]:
    yield from _validated(graph, context)
    yield from _in_cloudfronts_region(graph, context)


RULES: tuple[Rule, ...] = (
    Rule(
        id="DNS-05",
        title="Certificates are validated by DNS, waited for, and where they are used",
        severity=Severity.MEDIUM,
        remedy="make certificates with the dns layer; those of CloudFront in us-east-1",
        types=(CERTIFICATE, VALIDATION),
        stack=_good_certificates,
        controls=("FSBP ACM.1",),
    ),
)
