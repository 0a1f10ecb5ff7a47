"""Keys and names: KMS, Route 53, ACM."""

from collections.abc import Mapping
from typing import Final

from sandbox.aws.special import acm, kms, route53
from sandbox.aws.table.entry import Call, Entry, Lookup, Step, Tagging

_KEY_TAGS = Tagging(
    add=Call("TagResource", {"KeyId": "$id", "Tags": "$tags"}),
    remove=Call("UntagResource", {"KeyId": "$id", "TagKeys": "$tagkeys"}),
)
_DELETE_KEY = Call(
    "ScheduleKeyDeletion", {"KeyId": "$id", "PendingWindowInDays": "$.deletionWindowInDays"}
)
_POLICY = {"KeyId": "$id", "PolicyName": "default", "Policy": "$.policy"}
"""A key has one policy, and this is its name (KMS API, PutKeyPolicy)."""

_KEY_STEPS = (
    Step(("policy",), Call("PutKeyPolicy", _POLICY), later=True),
    Step(
        ("description",),
        Call("UpdateKeyDescription", {"KeyId": "$id", "Description": "$.description"}),
        later=True,
    ),
)

KMS: Final[Mapping[str, Entry]] = {
    "kms/key:Key": Entry(
        service="kms",
        create=Call("CreateKey", mapped=True),
        id="KeyMetadata.KeyId",
        made="KeyMetadata",
        read=Call("DescribeKey", {"KeyId": "$id"}),
        found="KeyMetadata",
        change=kms.change_key,
        change_at_creation=True,
        in_place=frozenset(
            {"enableKeyRotation", "rotationPeriodInDays", "isEnabled", "policy", "description"}
        ),
        names={"customerMasterKeySpec": "KeySpec"},
        delete=(_DELETE_KEY,),
        tagging=_KEY_TAGS,
    ),
    "kms/replicaKey:ReplicaKey": Entry(
        service="kms",
        make=kms.replicate,
        read=Call("DescribeKey", {"KeyId": "$id"}),
        found="KeyMetadata",
        steps=_KEY_STEPS,
        in_place=frozenset({"enabled"}),
        delete=(_DELETE_KEY,),
        lookups=(
            Lookup(
                Call("GetKeyRotationStatus", {"KeyId": "$id"}),
                {"keyRotationEnabled": "KeyRotationEnabled"},
            ),
        ),
        tagging=_KEY_TAGS,
        drift=False,
    ),
    "kms/alias:Alias": Entry(
        service="kms",
        create=Call("CreateAlias", {"AliasName": "$.name", "TargetKeyId": "$.targetKeyId"}),
        look=kms.find_alias,
        computed={"arn": "AliasArn"},
        steps=(
            Step(
                ("targetKeyId",),
                Call("UpdateAlias", {"AliasName": "$id", "TargetKeyId": "$.targetKeyId"}),
                later=True,
            ),
        ),
        delete=(Call("DeleteAlias", {"AliasName": "$id"}),),
    ),
    "kms/keyPolicy:KeyPolicy": Entry(
        service="kms",
        create=Call("PutKeyPolicy", {**_POLICY, "KeyId": "$.keyId"}),
        read=Call("GetKeyPolicy", {"KeyId": "$id", "PolicyName": "default"}),
        steps=_KEY_STEPS[:1],
    ),
}

DNS: Final[Mapping[str, Entry]] = {
    "route53/zone:Zone": Entry(
        service="route53",
        make=route53.make_zone,
        read=Call("GetHostedZone", {"Id": "$id"}),
        found="HostedZone",
        steps=(
            Step(
                ("comment",), Call("UpdateHostedZoneComment", {"Id": "$id", "Comment": "$.comment"})
            ),
        ),
        in_place=frozenset({"enableAcceleratedRecovery"}),
        before_delete=route53.empty_zone,
        delete=(Call("DeleteHostedZone", {"Id": "$id"}),),
        lookups=(
            Lookup(
                Call("GetHostedZone", {"Id": "$id"}),
                {
                    "nameServers": "DelegationSet.NameServers",
                    "primaryNameServer": "DelegationSet.NameServers[0]",
                },
            ),
        ),
        tagging=Tagging(
            add=Call(
                "ChangeTagsForResource",
                {"ResourceType": "hostedzone", "ResourceId": "$id", "AddTags": "$tags"},
            ),
            remove=Call(
                "ChangeTagsForResource",
                {"ResourceType": "hostedzone", "ResourceId": "$id", "RemoveTagKeys": "$tagkeys"},
            ),
            at_creation=False,
        ),
    ),
    "route53/record:Record": Entry(
        service="route53",
        make=route53.make_record,
        look=route53.find_record,
        change=route53.change_record,
        before_delete=route53.delete_record,
        in_place=frozenset(
            {
                "ttl",
                "records",
                "aliases",
                "allowOverwrite",
                "healthCheckId",
                "weightedRoutingPolicies",
                "latencyRoutingPolicies",
                "failoverRoutingPolicies",
                "geolocationRoutingPolicies",
                "multivalueAnswerRoutingPolicy",
            }
        ),
        drift=False,
    ),
    "route53/healthCheck:HealthCheck": Entry(
        service="route53",
        create=Call("CreateHealthCheck", {"CallerReference": "$token", "HealthCheckConfig": "*"}),
        id="HealthCheck.Id",
        made="HealthCheck",
        read=Call("GetHealthCheck", {"HealthCheckId": "$id"}),
        found="HealthCheck",
        update=Call("UpdateHealthCheck", {"HealthCheckId": "$id"}, mapped=True),
        names={"fqdn": "FullyQualifiedDomainName", "ipAddress": "IPAddress"},
        replace_on=frozenset({"type", "requestInterval", "measureLatency"}),
        delete=(Call("DeleteHealthCheck", {"HealthCheckId": "$id"}),),
        tagging=Tagging(
            add=Call(
                "ChangeTagsForResource",
                {"ResourceType": "healthcheck", "ResourceId": "$id", "AddTags": "$tags"},
            ),
            remove=Call(
                "ChangeTagsForResource",
                {"ResourceType": "healthcheck", "ResourceId": "$id", "RemoveTagKeys": "$tagkeys"},
            ),
            at_creation=False,
        ),
        drift=False,
    ),
    "route53/zoneAssociation:ZoneAssociation": Entry(
        service="route53",
        create=Call(
            "AssociateVPCWithHostedZone",
            {
                "HostedZoneId": "$.zoneId",
                "VPC": {"VPCId": "$.vpcId", "VPCRegion": "$.vpcRegion"},
            },
        ),
        delete=(
            Call(
                "DisassociateVPCFromHostedZone",
                {
                    "HostedZoneId": "$.zoneId",
                    "VPC": {"VPCId": "$.vpcId", "VPCRegion": "$.vpcRegion"},
                },
            ),
        ),
    ),
    "route53/queryLog:QueryLog": Entry(
        service="route53",
        create=Call(
            "CreateQueryLoggingConfig",
            {"HostedZoneId": "$.zoneId", "CloudWatchLogsLogGroupArn": "$.cloudwatchLogGroupArn"},
            adjust=route53.say_all_streams,
        ),
        id="QueryLoggingConfig.Id",
        made="QueryLoggingConfig",
        read=Call("GetQueryLoggingConfig", {"Id": "$id"}),
        found="QueryLoggingConfig",
        names={"zoneId": "HostedZoneId"},
        delete=(Call("DeleteQueryLoggingConfig", {"Id": "$id"}),),
    ),
    "route53/delegationSet:DelegationSet": Entry(
        service="route53",
        create=Call("CreateReusableDelegationSet", {"CallerReference": "$token"}),
        id="DelegationSet.Id",
        made="DelegationSet",
        read=Call("GetReusableDelegationSet", {"Id": "$id"}),
        found="DelegationSet",
        delete=(Call("DeleteReusableDelegationSet", {"Id": "$id"}),),
    ),
}

CERTIFICATES: Final[Mapping[str, Entry]] = {
    "acm/certificate:Certificate": Entry(
        service="acm",
        create=Call("RequestCertificate", {"IdempotencyToken": "$token"}, mapped=True),
        id="CertificateArn",
        look=acm.find_certificate,
        computed={"arn": "CertificateArn", "domainValidationOptions": "Proofs"},
        in_place=frozenset({"earlyRenewalDuration"}),
        steps=(
            Step(
                ("options",),
                Call("UpdateCertificateOptions", {"CertificateArn": "$id", "Options": "$.options"}),
                later=True,
            ),
        ),
        delete=(Call("DeleteCertificate", {"CertificateArn": "$id"}),),
        tagging=Tagging(
            add=Call("AddTagsToCertificate", {"CertificateArn": "$id", "Tags": "$tags"}),
            remove=Call("RemoveTagsFromCertificate", {"CertificateArn": "$id", "Tags": "$tagkeys"}),
        ),
        drift=False,
    ),
    "acm/certificateValidation:CertificateValidation": Entry(
        service="acm",
        make=acm.wait_for_issue,
        look=acm.find_issued,
        drift=False,
    ),
}
"""Type (without ``aws:``) → row."""
