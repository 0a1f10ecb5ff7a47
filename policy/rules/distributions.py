"""EDGE: CloudFront."""

import re
from collections.abc import Iterator

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.results import Problem, Severity
from policy.core.rule import Rule, advised, failed, undecided
from policy.core.values import MISSING, UNKNOWN, items, read, spread, strings
from policy.rules.bucket_parts import BUCKET
from policy.rules.load_balancers import LOAD_BALANCER, is_public
from policy.rules.openings import Peer, groups_of, openings
from policy.rules.security_groups import SECURITY_GROUP

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
MULTITENANT = "aws:cloudfront/multitenantDistribution:MultitenantDistribution"

GLOBAL_ACL = ":global/webacl/"
"""In the ARN of every web ACL for CloudFront; ids of the classic WAF are no ARNs."""

BEHAVIOURS = ("defaultCacheBehavior", "orderedCacheBehaviors")
TLS_ONLY = frozenset({"https-only", "redirect-to-https", UNKNOWN})
ORIGIN_PROTOCOLS = frozenset({"TLSv1.2", "TLSv1.3"})
VIEWER_PROTOCOLS = re.compile(r"^TLSv1\.(2_20(2[1-9]|[3-9]\d)|[3-9]_.*)$")
"""TLSv1.2_2021 or later (CloudFront developer guide, "Supported protocols and ciphers")."""

BUCKET_HOST = re.compile(r"\.s3[.-][a-z0-9.-]*amazonaws\.com$|\.s3\.amazonaws\.com$")
WEBSITE_HOST = re.compile(r"\.s3-website[.-]")


def _has_web_acl(resource: Resource, _: Context) -> Iterator[Problem]:
    acl = resource.get("webAclId")
    if acl is MISSING or acl == "":
        yield failed(resource, "webAclId", "got none, wanted a web ACL")
    elif isinstance(acl, str) and GLOBAL_ACL not in acl:
        yield failed(resource, "webAclId", "got no ARN of a global web ACL, wanted one")


def _no_way_around(graph: Graph, _: Context) -> Iterator[Problem]:
    exposed = False
    for distribution in graph.of_type(DISTRIBUTION):
        for origin in items(distribution.get("origins")):
            if not _is_by_internet(origin):
                continue
            exposed = True
            if not items(read(origin, "customHeaders")):
                message = "got an origin that cannot tell CloudFront, wanted a secret header"
                yield failed(distribution, "origins.customHeaders", message)
    if exposed:
        yield from _only_cloudfront_enters(graph)


def _is_by_internet(origin: object) -> bool:
    """Whether CloudFront reaches a server of ours over the internet."""
    return (
        read(origin, "customOriginConfig") is not MISSING
        and read(origin, "vpcOriginConfig") is MISSING
    )


def _only_cloudfront_enters(graph: Graph) -> Iterator[Problem]:
    groups = {
        group.urn
        for balancer in graph.of_type(LOAD_BALANCER)
        if is_public(balancer)
        for group in graph.joined(balancer, "securityGroups", SECURITY_GROUP) or ()
    }
    for opening in openings(graph):
        if not opening.ingress or opening.kind is not Peer.NETWORK:
            continue
        if any(group.urn in groups for group in groups_of(graph, opening) or ()):
            message = f"got a way in from {opening.peer}, wanted CloudFront's prefix list"
            yield failed(opening.carrier, opening.path, message)


def _viewers_use_tls(resource: Resource, _: Context) -> Iterator[Problem]:
    for behaviour in BEHAVIOURS:
        if resource.get(behaviour) is MISSING:
            continue
        for policy in spread(resource.props, behaviour, "viewerProtocolPolicy"):
            if policy not in TLS_ONLY:
                path = f"{behaviour}.viewerProtocolPolicy"
                yield failed(resource, path, f"got {policy}, wanted https-only or a redirect")


def _own_certificate(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.get("staging") is True:
        return  # Answers under the name of the one it stands in for.
    if resource.get("viewerCertificate", "acmCertificateArn") is MISSING:
        path = "viewerCertificate.acmCertificateArn"
        yield failed(resource, path, "got CloudFront's certificate, wanted one of ours")
        return
    version = resource.get("viewerCertificate", "minimumProtocolVersion")
    if version is not UNKNOWN and not VIEWER_PROTOCOLS.match(str(version)):
        got = "AWS's default" if version is MISSING else version
        path = "viewerCertificate.minimumProtocolVersion"
        yield failed(resource, path, f"got {got}, wanted TLSv1.2_2021 or later")
    support = resource.get("viewerCertificate", "sslSupportMethod")
    if support not in {"sni-only", UNKNOWN}:
        path = "viewerCertificate.sslSupportMethod"
        yield failed(resource, path, "got addresses of our own, wanted sni-only")


def _signed_to_buckets(graph: Graph, _: Context) -> Iterator[Problem]:
    hosts = {
        bucket.get(name)
        for bucket in graph.of_type(BUCKET)
        for name in ("bucketDomainName", "bucketRegionalDomainName")
    }
    for distribution in graph.of_type(DISTRIBUTION):
        for origin in items(distribution.get("origins")):
            host = read(origin, "domainName")
            if host is UNKNOWN:
                if not _is_server(origin) and not _is_signed(origin):
                    yield undecided(distribution, "origins.domainName")
            elif WEBSITE_HOST.search(str(host)):
                message = "got a website endpoint, which is public; wanted the bucket"
                yield failed(distribution, "origins.domainName", message)
            elif (host in hosts or BUCKET_HOST.search(str(host))) and not _is_signed(origin):
                path = "origins.originAccessControlId"
                say = advised if _has_identity(origin) else failed
                yield say(distribution, path, "got none, wanted an origin access control")


def _is_server(origin: object) -> bool:
    return any(
        read(origin, kind) is not MISSING for kind in ("customOriginConfig", "vpcOriginConfig")
    )


def _is_signed(origin: object) -> bool:
    return read(origin, "originAccessControlId") not in {MISSING, ""}


def _has_identity(origin: object) -> bool:
    return read(origin, "s3OriginConfig", "originAccessIdentity") not in {MISSING, ""}


def _origins_use_tls(resource: Resource, _: Context) -> Iterator[Problem]:
    for config in spread(resource.props, "origins", "customOriginConfig"):
        if config is MISSING or config is UNKNOWN:
            continue
        protocol = read(config, "originProtocolPolicy")
        if protocol not in {"https-only", UNKNOWN}:
            path = "origins.customOriginConfig.originProtocolPolicy"
            yield failed(resource, path, f"got {protocol}, wanted https-only")
        old = sorted(set(strings(read(config, "originSslProtocols"))) - ORIGIN_PROTOCOLS)
        if old:
            path = "origins.customOriginConfig.originSslProtocols"
            yield failed(resource, path, f"got {', '.join(old)}, wanted TLSv1.2 or later")


RULES: tuple[Rule, ...] = (
    Rule(
        id="EDGE-02",
        title="CloudFront is behind a web ACL",
        severity=Severity.CRITICAL,
        remedy="set web_acl_id to a web ACL of scope CLOUDFRONT",
        types=(DISTRIBUTION, MULTITENANT),
        resource=_has_web_acl,
        controls=("FSBP CloudFront.6",),
    ),
    Rule(
        id="EDGE-03",
        title="Origins cannot be reached around CloudFront",
        severity=Severity.HIGH,
        remedy="use a VPC origin, or CloudFront's prefix list and a secret header",
        types=(DISTRIBUTION, LOAD_BALANCER),
        stack=_no_way_around,
    ),
    Rule(
        id="EDGE-06",
        title="CloudFront answers over HTTPS alone",
        severity=Severity.HIGH,
        remedy="set viewer_protocol_policy to redirect-to-https or https-only",
        types=(DISTRIBUTION, MULTITENANT),
        resource=_viewers_use_tls,
        controls=("FSBP CloudFront.3",),
    ),
    Rule(
        id="EDGE-07",
        title="CloudFront has a certificate of ours and TLS 1.2 or later",
        severity=Severity.MEDIUM,
        remedy="set the certificate, sni-only and TLSv1.2_2021",
        types=(DISTRIBUTION,),
        resource=_own_certificate,
        controls=("FSBP CloudFront.7", "FSBP CloudFront.8"),
    ),
    Rule(
        id="EDGE-08",
        title="Buckets behind CloudFront are read with its signature",
        severity=Severity.HIGH,
        remedy="add an origin access control",
        types=(DISTRIBUTION,),
        stack=_signed_to_buckets,
        controls=("FSBP CloudFront.13",),
    ),
    Rule(
        id="EDGE-09",
        title="CloudFront reaches origins over TLS 1.2 or later",
        severity=Severity.MEDIUM,
        remedy="set origin_protocol_policy to https-only and origin_ssl_protocols to TLSv1.2",
        types=(DISTRIBUTION,),
        resource=_origins_use_tls,
        controls=("FSBP CloudFront.9", "FSBP CloudFront.10"),
    ),
)
