"""What stands between the world and us: load balancers, web ACLs, CloudFront."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.aws.special import balancing, cdn, waf
from sandbox.aws.table.entry import Call, Entry, Step, Tagging
from sandbox.aws.table.tags import arn_tags

_BALANCING_TAGS = Tagging(
    add=Call("AddTags", {"ResourceArns": ["$id"], "Tags": "$tags"}),
    remove=Call("RemoveTags", {"ResourceArns": ["$id"], "TagKeys": "$tagkeys"}),
)
_CERTIFICATE = {
    "ListenerArn": "$.listenerArn",
    "Certificates": [{"CertificateArn": "$.certificateArn"}],
}
_TARGET = {
    "TargetGroupArn": "$.targetGroupArn",
    "Targets": [{"Id": "$.targetId", "Port": "$.port", "AvailabilityZone": "$.availabilityZone"}],
}
_LOGGING = Call("PutLoggingConfiguration", {"LoggingConfiguration": "*"})
_GLOBAL_TAGS = Tagging(
    add=Call("TagResource", {"Resource": "$.arn", "Tags": {"Items": "$tags"}}),
    remove=Call("UntagResource", {"Resource": "$.arn", "TagKeys": {"Items": "$tagkeys"}}),
)


def _balancing(kind: str, member: str, **more: Any) -> Entry:  # noqa: ANN401 - the row's own fields
    """An ELBv2 resource: described and deleted by its ARN."""
    return Entry(
        service="elbv2",
        read=Call(f"Describe{kind}s", {f"{member}Arns": ["$id"]}),
        found=f"{member}s[0]",
        delete=(Call(f"Delete{kind}", {f"{member}Arn": "$id"}),),
        tagging=_BALANCING_TAGS,
        drift=False,
        **more,
    )


BALANCING: Final[Mapping[str, Entry]] = {
    "lb/loadBalancer:LoadBalancer": _balancing(
        "LoadBalancer",
        "LoadBalancer",
        names={"loadBalancerType": "Type"},
        computed={
            "arn": "LoadBalancerArn",
            "dnsName": "DNSName",
            "zoneId": "CanonicalHostedZoneId",
        },
        make=balancing.make_balancer,
        change=balancing.change_balancer,
        in_place=balancing.BALANCER_SETTINGS,
    ),
    "lb/targetGroup:TargetGroup": _balancing(
        "TargetGroup",
        "TargetGroup",
        computed={"arn": "TargetGroupArn"},
        make=balancing.make_target_group,
        change=balancing.change_target_group,
        in_place=balancing.GROUP_SETTINGS,
    ),
    "lb/listener:Listener": _balancing(
        "Listener",
        "Listener",
        names=balancing.ACTION_NAMES,
        computed={"arn": "ListenerArn"},
        make=balancing.make_listener,
        change=balancing.change_listener,
        in_place=balancing.LISTENER_SETTINGS,
    ),
    "lb/listenerRule:ListenerRule": _balancing(
        "Rule",
        "Rule",
        names=balancing.ACTION_NAMES,
        computed={"arn": "RuleArn"},
        make=balancing.make_rule,
        change=balancing.change_rule,
        in_place=frozenset({"actions", "conditions", "priority"}),
    ),
    "lb/listenerCertificate:ListenerCertificate": Entry(
        service="elbv2",
        create=Call("AddListenerCertificates", _CERTIFICATE),
        look=balancing.find_certificate,
        delete=(Call("RemoveListenerCertificates", _CERTIFICATE),),
    ),
    "lb/targetGroupAttachment:TargetGroupAttachment": Entry(
        service="elbv2",
        create=Call("RegisterTargets", _TARGET),
        look=balancing.find_target,
        delete=(Call("DeregisterTargets", _TARGET),),
    ),
}

FIREWALL: Final[Mapping[str, Entry]] = {
    "wafv2/ipSet:IpSet": Entry(
        service="wafv2",
        make=waf.make("CreateIPSet"),
        look=waf.find("GetIPSet", "IPSet"),
        change=waf.change_ip_set,
        in_place=frozenset({"addresses", "description"}),
        before_delete=waf.delete("GetIPSet", "DeleteIPSet"),
        computed={"arn": "ARN"},
        tagging=arn_tags("ResourceARN"),
        drift=False,
    ),
    "wafv2/webAcl:WebAcl": Entry(
        service="wafv2",
        make=waf.make("CreateWebACL"),
        look=waf.find("GetWebACL", "WebACL"),
        names=waf.NAMES,
        change=waf.change_web_acl,
        in_place=waf.SETTINGS,
        before_delete=waf.delete("GetWebACL", "DeleteWebACL"),
        computed={"arn": "ARN"},
        tagging=arn_tags("ResourceARN"),
        drift=False,
    ),
    "wafv2/webAclAssociation:WebAclAssociation": Entry(
        service="wafv2",
        create=Call("AssociateWebACL", mapped=True),
        read=Call("GetWebACLForResource", {"ResourceArn": "$.resourceArn"}),
        found="WebACL",
        delete=(Call("DisassociateWebACL", {"ResourceArn": "$.resourceArn"}),),
        delete_first=True,
        drift=False,
    ),
    "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": Entry(
        service="wafv2",
        create=_LOGGING,
        read=Call("GetLoggingConfiguration", {"ResourceArn": "$id"}),
        found="LoggingConfiguration",
        names=waf.NAMES,
        steps=(
            Step(
                ("logDestinationConfigs", "loggingFilter", "redactedFields"), _LOGGING, later=True
            ),
        ),
        delete=(Call("DeleteLoggingConfiguration", {"ResourceArn": "$id"}),),
        drift=False,
    ),
}

CDN: Final[Mapping[str, Entry]] = {
    "cloudfront/distribution:Distribution": Entry(
        service="cloudfront",
        make=cdn.make_distribution,
        look=cdn.find_distribution,
        change=cdn.change_distribution,
        in_place=cdn.SETTINGS,
        before_delete=cdn.delete_distribution,
        names=cdn.NAMES,
        computed={"arn": "ARN"},
        tagging=_GLOBAL_TAGS,
        drift=False,
    ),
    "cloudfront/originAccessControl:OriginAccessControl": Entry(
        service="cloudfront",
        create=Call("CreateOriginAccessControl", {"OriginAccessControlConfig": "*"}),
        look=cdn.find_access_control,
        id="OriginAccessControl.Id",
        change=cdn.change_access_control,
        in_place=frozenset(
            {
                "description",
                "name",
                "originAccessControlOriginType",
                "signingBehavior",
                "signingProtocol",
            }
        ),
        before_delete=cdn.delete_access_control,
    ),
}
"""Type (without ``aws:``) → row."""
