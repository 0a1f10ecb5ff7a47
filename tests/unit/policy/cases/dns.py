"""DNS: zones, records, certificates."""

from tests.unit.policy.cases.graphs import (
    PROTECTED,
    UNKNOWN,
    Record,
    broken,
    kept,
    ref,
    res,
    undecided,
)

ZONE = "aws:route53/zone:Zone"
RECORD = "aws:route53/record:Record"
QUERY_LOG = "aws:route53/queryLog:QueryLog"
CERTIFICATE = "aws:acm/certificate:Certificate"
VALIDATION = "aws:acm/certificateValidation:CertificateValidation"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
REFERENCE = "pulumi:pulumi:StackReference"

OWN = res(ZONE, name="staging.example.com")
PRIVATE = res(ZONE, name="internal", vpcs=[{"vpcId": "vpc-1"}])
SHARED = res(REFERENCE, "shared")


def delegation(ttl: int = 300, name: str = "staging.example.com") -> Record:
    return res(RECORD, "delegation", type="NS", name=name, ttl=ttl, zoneId=ref(SHARED))


GOOD = res(CERTIFICATE, validationMethod="DNS")
UNSAID = res(CERTIFICATE, validationMethod=UNKNOWN)
WAITED = res(VALIDATION, certificateArn=ref(GOOD))
HOME = res(CERTIFICATE, "home", validationMethod="DNS", region="eu-central-1")
HOME_WAITED = res(VALIDATION, "home", certificateArn=ref(HOME))
GLOBAL = res(CERTIFICATE, "global", validationMethod="DNS", region="us-east-1")
GLOBAL_WAITED = res(VALIDATION, "global", certificateArn=ref(GLOBAL))

CASES = [
    broken("DNS-01", res(ZONE, name="example.com")),
    broken("DNS-01", res(ZONE, name="production.example.com")),
    broken("DNS-01", res(ZONE, name="staging.example.com"), stack="shared"),
    kept("DNS-01", OWN, PRIVATE),
    kept("DNS-01", res(ZONE, name="example.com."), stack="shared"),
    undecided("DNS-01", res(ZONE, name=UNKNOWN)),
    broken("DNS-02", OWN),
    broken("DNS-02", OWN, delegation(ttl=172800)),
    broken("DNS-02", OWN, delegation(name="other.example.com")),
    broken("DNS-02", OWN, res(RECORD, type="NS", name="staging.example.com", zoneId=ref(OWN))),
    kept("DNS-02", OWN, delegation(), PRIVATE),
    kept("DNS-02", res(ZONE, name="example.com"), stack="shared"),
    broken("DNS-03", res(RECORD, type="CNAME", name="example.com."), stack="shared"),
    broken("DNS-03", OWN, res(RECORD, type="CNAME", name="staging.example.com")),
    kept("DNS-03", res(RECORD, type="CNAME", name="a.b.com"), stack="shared"),
    undecided("DNS-03", res(RECORD, type="CNAME", name=UNKNOWN)),
    broken("DNS-04", res(ZONE), stack="production"),
    broken("DNS-04", res(ZONE, forceDestroy=True, record=PROTECTED), stack="production"),
    kept("DNS-04", res(ZONE, record=PROTECTED), stack="production"),
    broken("DNS-05", GOOD),
    broken("DNS-05", res(CERTIFICATE, validationMethod="EMAIL"), WAITED),
    broken(
        "DNS-05",
        HOME,
        HOME_WAITED,
        res(DISTRIBUTION, viewerCertificate=ref(HOME_WAITED)),
    ),
    kept("DNS-05", GOOD, WAITED),
    kept("DNS-05", res(CERTIFICATE, privateKey={"secret": "x"})),
    kept(
        "DNS-05",
        GLOBAL,
        GLOBAL_WAITED,
        res(DISTRIBUTION, viewerCertificate=ref(GLOBAL_WAITED)),
    ),
    undecided("DNS-05", GOOD, res(VALIDATION, certificateArn=UNKNOWN)),
    undecided("DNS-05", UNSAID, res(VALIDATION, certificateArn=ref(UNSAID))),
    broken("DNS-06", OWN),
    kept("DNS-06", OWN, res(QUERY_LOG, zoneId=ref(OWN)), PRIVATE),
    undecided("DNS-06", OWN, res(QUERY_LOG, zoneId=UNKNOWN)),
    broken("DNS-07", res(RECORD, type="A", zoneId="Z0123")),
    kept("DNS-07", OWN, res(RECORD, type="A", zoneId=ref(OWN))),
    kept("DNS-07", SHARED, delegation()),
    undecided("DNS-07", res(RECORD, type="A", zoneId=UNKNOWN)),
]
