"""EDGE: load balancers, CloudFront, web ACLs."""

from collections.abc import Mapping
from typing import Any

from tests.unit.policy.cases.graphs import UNKNOWN, Record, broken, kept, ref, res, undecided

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
RULE = "aws:lb/listenerRule:ListenerRule"
TARGETS = "aws:lb/targetGroup:TargetGroup"
ACL = "aws:wafv2/webAcl:WebAcl"
ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"

FRONT = res(GROUP)
PUBLIC = res(BALANCER, internal=False, securityGroups=ref(FRONT))
INTERNAL = res(BALANCER, internal=True)
GLOBAL_ACL = "arn:aws:wafv2:us-east-1:444444444444:global/webacl/a/b"

REDIRECT = {"type": "redirect", "redirect": {"protocol": "HTTPS", "statusCode": "HTTP_301"}}
FORWARD = {"type": "forward", "targetGroupArn": UNKNOWN}
PLAIN = res(LISTENER, "plain", protocol="HTTP", port=80, defaultActions=[REDIRECT])
MODERN = "ELBSecurityPolicy-TLS13-1-2-2021-06"


def listener(**inputs: Any) -> Record:  # noqa: ANN401 - any input
    return res(LISTENER, **{"protocol": "HTTPS", "certificateArn": UNKNOWN, **inputs})


def origin(**parts: object) -> Record:
    return res(DISTRIBUTION, origins=[{"domainName": "api.example.com", **parts}])


SECRET_HEADER = [{"name": "X-Origin-Verify", "value": {"secret": None}}]
HTTPS_ORIGIN = {"originProtocolPolicy": "https-only", "originSslProtocols": ["TLSv1.2"]}
BY_INTERNET = origin(customOriginConfig=HTTPS_ORIGIN, customHeaders=SECRET_HEADER)
BUCKET_HOST = "files.s3.eu-central-1.amazonaws.com"


def entered_from(**peer: object) -> Record:
    return res(
        INGRESS, securityGroupId=ref(FRONT), ipProtocol="tcp", fromPort=443, toPort=443, **peer
    )


def certificate(**parts: object) -> Record:
    good = {
        "acmCertificateArn": UNKNOWN,
        "minimumProtocolVersion": "TLSv1.2_2021",
        "sslSupportMethod": "sni-only",
    }
    return res(DISTRIBUTION, viewerCertificate={**good, **parts})


def header(name: str, value: object) -> dict[str, object]:
    return {
        "byteMatchStatement": {
            "fieldToMatch": {"singleHeader": {"name": name}},
            "searchString": value,
        }
    }


def admin(*actions: Mapping[str, object]) -> Record:
    hosts = [{"hostHeader": {"values": ["grafana.staging.example.com"]}}]
    return res(RULE, conditions=hosts, actions=list(actions))


ASKS = res(
    ACL,
    rules=[
        {
            "statement": {
                "andStatement": {
                    "statements": [
                        header("host", "grafana.staging.example.com"),
                        {"notStatement": {"statement": header("authorization", {"secret": "x"})}},
                    ]
                }
            }
        }
    ],
)

METRICS = {"cloudwatchMetricsEnabled": True}
WORKING = res(ACL, rules=[{"name": "limit"}], visibilityConfig=METRICS, scope="REGIONAL")
BY_NAME = "arn:aws:s3:::aws-waf-logs-edge"
LOGGED = res(LOGGING, resourceArn=ref(WORKING), logDestinationConfigs=[BY_NAME])
FOR_CLOUDFRONT = res(ACL, "cdn", scope="CLOUDFRONT", region="us-east-1")

HARDENED = {"dropInvalidHeaderFields": True}

CASES = [
    broken("EDGE-01", PUBLIC),
    broken("EDGE-01", res(BALANCER)),
    broken("EDGE-01", res(BALANCER, loadBalancerType="network")),
    kept("EDGE-01", INTERNAL),
    kept("EDGE-01", PUBLIC, res(ASSOCIATION, resourceArn=ref(PUBLIC))),
    undecided("EDGE-01", res(BALANCER, internal=UNKNOWN)),
    undecided("EDGE-01", PUBLIC, res(ASSOCIATION, resourceArn=UNKNOWN)),
    broken("EDGE-02", res(DISTRIBUTION)),
    broken("EDGE-02", res(DISTRIBUTION, webAclId="a1b2c3")),
    kept("EDGE-02", res(DISTRIBUTION, webAclId=GLOBAL_ACL)),
    kept("EDGE-02", res(DISTRIBUTION, webAclId=UNKNOWN)),
    broken("EDGE-03", origin(customOriginConfig=HTTPS_ORIGIN)),
    broken("EDGE-03", BY_INTERNET, FRONT, PUBLIC, entered_from(cidrIpv4="0.0.0.0/0")),
    kept("EDGE-03", BY_INTERNET, FRONT, PUBLIC, entered_from(prefixListId="pl-1")),
    kept("EDGE-03", origin(vpcOriginConfig={"vpcOriginId": UNKNOWN})),
    kept("EDGE-03", FRONT, PUBLIC, entered_from(cidrIpv4="0.0.0.0/0")),
    broken("EDGE-04", res(LISTENER, protocol="HTTP", defaultActions=[FORWARD])),
    broken("EDGE-04", res(LISTENER, port=80, defaultActions=[FORWARD])),
    broken(
        "EDGE-04",
        res(
            LISTENER,
            protocol="HTTP",
            defaultActions=[{"type": "redirect", "redirect": {"protocol": "HTTP"}}],
        ),
    ),
    broken("EDGE-04", PLAIN, res(RULE, listenerArn=ref(PLAIN), actions=[FORWARD])),
    kept("EDGE-04", PLAIN, listener(defaultActions=[FORWARD])),
    broken("EDGE-05", listener()),
    broken("EDGE-05", listener(sslPolicy="ELBSecurityPolicy-2016-08")),
    broken("EDGE-05", res(LISTENER, protocol="TLS", sslPolicy=MODERN)),
    kept("EDGE-05", listener(sslPolicy=MODERN), PLAIN),
    undecided("EDGE-05", listener(sslPolicy=UNKNOWN)),
    broken(
        "EDGE-06",
        res(DISTRIBUTION, defaultCacheBehavior={"viewerProtocolPolicy": "allow-all"}),
    ),
    broken(
        "EDGE-06",
        res(
            DISTRIBUTION,
            defaultCacheBehavior={"viewerProtocolPolicy": "https-only"},
            orderedCacheBehaviors=[{"viewerProtocolPolicy": "allow-all"}],
        ),
    ),
    kept(
        "EDGE-06",
        res(DISTRIBUTION, defaultCacheBehavior={"viewerProtocolPolicy": "redirect-to-https"}),
    ),
    broken("EDGE-07", res(DISTRIBUTION)),
    broken("EDGE-07", certificate(minimumProtocolVersion="TLSv1.2_2019")),
    broken("EDGE-07", certificate(minimumProtocolVersion=None)),
    broken("EDGE-07", certificate(sslSupportMethod="vip")),
    kept("EDGE-07", certificate(), certificate(minimumProtocolVersion="TLSv1.3_2025")),
    kept("EDGE-07", res(DISTRIBUTION, staging=True)),
    broken("EDGE-08", origin(domainName=BUCKET_HOST)),
    broken("EDGE-08", origin(domainName="files.s3-website.eu-central-1.amazonaws.com")),
    broken(
        "EDGE-08",
        origin(domainName=BUCKET_HOST, s3OriginConfig={"originAccessIdentity": "oai"}),
    ),
    kept("EDGE-08", origin(domainName=BUCKET_HOST, originAccessControlId=UNKNOWN)),
    kept("EDGE-08", BY_INTERNET),
    undecided("EDGE-08", origin(domainName=UNKNOWN)),
    broken("EDGE-09", origin(customOriginConfig={"originProtocolPolicy": "match-viewer"})),
    broken(
        "EDGE-09",
        origin(customOriginConfig={**HTTPS_ORIGIN, "originSslProtocols": ["TLSv1", "TLSv1.2"]}),
    ),
    kept("EDGE-09", BY_INTERNET, origin()),
    broken("EDGE-10", res(BALANCER)),
    broken("EDGE-10", res(BALANCER, **HARDENED, desyncMitigationMode="monitor")),
    broken("EDGE-10", res(BALANCER, **HARDENED, enableWafFailOpen=True)),
    kept("EDGE-10", res(BALANCER, **HARDENED), res(BALANCER, "n", loadBalancerType="network")),
    broken("EDGE-11", res(BALANCER), stack="production"),
    broken("EDGE-11", res(BALANCER, enableDeletionProtection=True), stack="production"),
    kept(
        "EDGE-11",
        res(BALANCER, enableDeletionProtection=True, accessLogs={"enabled": True}),
        stack="production",
    ),
    broken("EDGE-12", res(ACL, visibilityConfig=METRICS), LOGGED),
    broken("EDGE-12", res(ACL, rules=[{"name": "limit"}])),
    broken("EDGE-12", WORKING),
    broken("EDGE-12", {**WORKING, "inputs": {"rules": [{"name": "limit"}]}}, LOGGED),
    broken("EDGE-12", WORKING, res(LOGGING, resourceArn=ref(WORKING), logDestinationConfigs=["x"])),
    kept("EDGE-12", WORKING, LOGGED),
    undecided(
        "EDGE-12",
        res(ACL, visibilityConfig=METRICS),
        res(LOGGING, resourceArn=UNKNOWN),
        res("aws:wafv2/webAclRuleGroupAssociation:WebAclRuleGroupAssociation", webAclArn=UNKNOWN),
    ),
    broken("EDGE-13", res(ACL, scope="CLOUDFRONT", region="eu-central-1")),
    broken("EDGE-13", FOR_CLOUDFRONT, res(ASSOCIATION, webAclArn=ref(FOR_CLOUDFRONT))),
    broken("EDGE-13", WORKING, res(DISTRIBUTION, webAclId=ref(WORKING))),
    kept("EDGE-13", FOR_CLOUDFRONT, res(DISTRIBUTION, webAclId=ref(FOR_CLOUDFRONT))),
    kept("EDGE-13", WORKING, res(ASSOCIATION, webAclArn=ref(WORKING))),
    broken("EDGE-14", res("aws:elb/loadBalancer:LoadBalancer")),
    kept("EDGE-14", INTERNAL),
    broken("EDGE-15", res(TARGETS, targetType="instance", healthCheck={"path": "/readyz"})),
    broken("EDGE-15", res(TARGETS, targetType="ip")),
    kept("EDGE-15", res(TARGETS, targetType="ip", healthCheck={"path": "/ping"})),
    broken("EDGE-16", admin(FORWARD)),
    kept("EDGE-16", admin({"type": "authenticate-oidc"}, FORWARD)),
    kept("EDGE-16", admin(FORWARD), ASKS),
    kept("EDGE-16", res(RULE, conditions=[], actions=[FORWARD])),
]
