"""Identities of what runs: EKS, auto scaling, functions, certificates, canaries."""

from collections.abc import Mapping
from typing import Final

from sandbox.aws.forms.form import Form

_MOMENT = "2026-01-01T00:00:00Z"
"""A creation time; fixed, because identities may not depend on a clock."""

FORMS: Final[Mapping[str, Form]] = {
    "eks/cluster:Cluster": Form(
        "{name}",
        "eks:{region}:{account}:cluster/{name}",
        {
            "endpoint": "https://{HEX32}.gr7.{region}.eks.amazonaws.com",
            "certificateAuthority": {"data": "{certificate}"},
            "identities": (
                {"oidcs": ({"issuer": "https://oidc.eks.{region}.amazonaws.com/id/{HEX32}"},)},
            ),
            "createdAt": _MOMENT,
            "platformVersion": "eks.1",
            "status": "ACTIVE",
        },
        name="name",
    ),
    "eks/nodeGroup:NodeGroup": Form(
        "{inputs[clusterName]}:{name}",
        "eks:{region}:{account}:nodegroup/{inputs[clusterName]}/{name}/{uuid}",
        {
            "resources": (
                {
                    "autoscalingGroups": ({"name": "eks-{name}-{uuid}"},),
                    "remoteAccessSecurityGroupId": "",
                },
            ),
            "status": "ACTIVE",
        },
        name="nodeGroupName",
    ),
    "eks/addon:Addon": Form(
        "{inputs[clusterName]}:{inputs[addonName]}",
        "eks:{region}:{account}:addon/{inputs[clusterName]}/{inputs[addonName]}/{uuid}",
        {"createdAt": _MOMENT, "modifiedAt": _MOMENT},
    ),
    "eks/accessEntry:AccessEntry": Form(
        "{inputs[clusterName]}:{inputs[principalArn]}",
        "",
        {
            "accessEntryArn": "arn:aws:eks:{region}:{account}:access-entry/"
            "{inputs[clusterName]}/role/{account}/{label}/{uuid}",
            "createdAt": _MOMENT,
            "modifiedAt": _MOMENT,
        },
    ),
    "eks/accessPolicyAssociation:AccessPolicyAssociation": Form(
        "{inputs[clusterName]}#{inputs[principalArn]}#{inputs[policyArn]}",
        "",
        {"associatedAt": _MOMENT, "modifiedAt": _MOMENT},
    ),
    "eks/podIdentityAssociation:PodIdentityAssociation": Form(
        "a-{base17}",
        "",
        {
            "associationId": "{id}",
            "associationArn": "arn:aws:eks:{region}:{account}:podidentityassociation/"
            "{inputs[clusterName]}/{id}",
        },
    ),
    "autoscaling/group:Group": Form(
        "{name}",
        "autoscaling:{region}:{account}:autoScalingGroup:{uuid}:autoScalingGroupName/{name}",
        {"predictedCapacity": 0, "warmPoolSize": 0},
        name="name",
    ),
    "lambda/function:Function": Form(
        "{name}",
        "lambda:{region}:{account}:function:{name}",
        {
            "invokeArn": "arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/"
            "arn:aws:lambda:{region}:{account}:function:{name}/invocations",
            "qualifiedArn": "{arn}:$LATEST",
            "version": "$LATEST",
        },
        name="name",
    ),
    "acm/certificate:Certificate": Form(
        "",
        "acm:{region}:{account}:certificate/{uuid}",
        {
            "status": "PENDING_VALIDATION",
            "type": "AMAZON_ISSUED",
        },
        id_is_arn=True,
    ),
    "acm/certificateValidation:CertificateValidation": Form("{inputs[certificateArn]}"),
    "synthetics/canary:Canary": Form(
        "{name}", "synthetics:{region}:{account}:canary:{name}", {"status": "READY"}, name="name"
    ),
    "opensearch/domain:Domain": Form(
        "",
        "es:{region}:{account}:domain/{inputs[domainName]:{label}}",
        {"endpoint": "search-{label}-{base12}.{region}.es.amazonaws.com"},
        id_is_arn=True,
    ),
}
"""Type (without ``aws:``) → identity."""
