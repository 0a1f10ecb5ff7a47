"""Identities of who may do what, and who watches: Organizations, IAM, KMS, logs, alarms, backup."""

from collections.abc import Mapping
from typing import Final

from sandbox.aws.forms.form import Form


def _iam(kind: str, unique: str, *, dated: bool = False) -> Form:
    """A named IAM entity: its id is its name, its unique id has the kind's four letters."""
    date = {"createDate": "2026-01-01T00:00:00Z"} if dated else {}
    return Form(
        "{name}",
        f"iam::{{account}}:{kind}/{{name}}",
        {"uniqueId": f"{unique}{{BASE17}}", **date},
        name="name",
    )


_PERMISSION_SET: Final = "{inputs[permissionSetArn]},{inputs[instanceArn]}"
"""How Identity Center's types name the permission set that they belong to."""

FORMS: Final[Mapping[str, Form]] = {
    "organizations/organization:Organization": Form(
        "{organization}",
        "organizations::{account}:organization/{id}",
        {
            "masterAccountId": "{account}",
            "masterAccountArn": "arn:aws:organizations::{account}:account/{id}/{account}",
            "masterAccountName": "management",
            "roots": (
                {
                    "id": "{root}",
                    "name": "Root",
                    "arn": "arn:aws:organizations::{account}:root/{id}/{root}",
                    "policyTypes": (),
                },
            ),
            "accounts": (),
            "nonMasterAccounts": (),
        },
    ),
    "organizations/account:Account": Form(
        "{digits12}",
        "organizations::{account}:account/{organization}/{id}",
        {"status": "ACTIVE", "state": "ACTIVE", "joinedMethod": "CREATED"},
    ),
    "organizations/policy:Policy": Form(
        "p-{base8}", "organizations::{account}:policy/{organization}/service_control_policy/{id}"
    ),
    "organizations/policyAttachment:PolicyAttachment": Form(
        "{inputs[targetId]}:{inputs[policyId]}"
    ),
    "organizations/awsServiceAccess:AwsServiceAccess": Form("{inputs[servicePrincipal]}"),
    "organizations/delegatedAdministrator:DelegatedAdministrator": Form(
        "{inputs[accountId]}/{inputs[servicePrincipal]}",
        "organizations::{account}:account/{organization}/{inputs[accountId]}",
        {"status": "ACTIVE", "joinedMethod": "CREATED"},
    ),
    "organizations/organizationalUnit:OrganizationalUnit": Form(
        "ou-{hex4:root}-{base8}", "organizations::{account}:ou/{organization}/{id}"
    ),
    "iam/role:Role": _iam("role", "AROA", dated=True),
    "iam/user:User": _iam("user", "AIDA"),
    "iam/group:Group": _iam("group", "AGPA"),
    "iam/instanceProfile:InstanceProfile": _iam("instance-profile", "AIPA", dated=True),
    "iam/serviceLinkedRole:ServiceLinkedRole": Form(
        "",
        "iam::{account}:role/aws-service-role/{inputs[awsServiceName]}/AWSServiceRole",
        {"name": "AWSServiceRole", "path": "/aws-service-role/{inputs[awsServiceName]}/"},
        id_is_arn=True,
    ),
    "iam/policy:Policy": Form(
        "",
        "iam::{account}:policy/{name}",
        {"policyId": "ANPA{BASE17}", "attachmentCount": 0},
        name="name",
        id_is_arn=True,
    ),
    "iam/rolePolicy:RolePolicy": Form("{inputs[role]}:{name}", name="name"),
    "iam/userPolicy:UserPolicy": Form("{inputs[user]}:{name}", name="name"),
    "iam/groupPolicy:GroupPolicy": Form("{inputs[group]}:{name}", name="name"),
    "iam/rolePolicyAttachment:RolePolicyAttachment": Form("{inputs[role]}/{inputs[policyArn]}"),
    "iam/userPolicyAttachment:UserPolicyAttachment": Form("{inputs[user]}/{inputs[policyArn]}"),
    "iam/groupPolicyAttachment:GroupPolicyAttachment": Form("{inputs[group]}/{inputs[policyArn]}"),
    "iam/accountPasswordPolicy:AccountPasswordPolicy": Form(
        "iam-account-password-policy", "", {"expirePasswords": False}
    ),
    "iam/accountAlias:AccountAlias": Form("{inputs[accountAlias]}"),
    "iam/accessKey:AccessKey": Form(
        "AKIA{BASE17}", "", {"secret": "{hex32:secret}", "status": "Active"}
    ),
    "iam/openIdConnectProvider:OpenIdConnectProvider": Form(
        "", "iam::{account}:oidc-provider/{host}", id_is_arn=True
    ),
    "iam/organizationsFeatures:OrganizationsFeatures": Form("{organization}"),
    "kms/key:Key": Form("{keyid}", "kms:{region}:{account}:key/{id}", {"keyId": "{id}"}),
    "kms/replicaKey:ReplicaKey": Form(
        "{keyid}",
        "kms:{region}:{account}:key/{id}",
        {
            "keyId": "{id}",
            "keyRotationEnabled": True,
            "keySpec": "SYMMETRIC_DEFAULT",
            "keyUsage": "ENCRYPT_DECRYPT",
        },
    ),
    "kms/alias:Alias": Form(
        "{inputs[name]:alias/{label}}",
        "kms:{region}:{account}:{id}",
        {"targetKeyArn": "{keyarn}"},
    ),
    "kms/keyPolicy:KeyPolicy": Form("{inputs[keyId]}"),
    "kms/grant:Grant": Form(
        "{inputs[keyId]}:{hex64}", "", {"grantId": "{hex64}", "grantToken": "{hex64:token}"}
    ),
    "cloudwatch/logGroup:LogGroup": Form(
        "{name}", "logs:{region}:{account}:log-group:{name}", name="name"
    ),
    "cloudwatch/logDestination:LogDestination": Form(
        "{name}", "logs:{region}:{account}:destination:{name}", name="name"
    ),
    "cloudwatch/logResourcePolicy:LogResourcePolicy": Form("{inputs[policyName]}"),
    "cloudwatch/logDeliverySource:LogDeliverySource": Form(
        "{name}", "logs:{region}:{account}:delivery-source:{name}", name="name"
    ),
    "cloudwatch/logDeliveryDestination:LogDeliveryDestination": Form(
        "{name}", "logs:{region}:{account}:delivery-destination:{name}", name="name"
    ),
    "cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy": Form(
        "{inputs[deliveryDestinationName]}"
    ),
    "cloudwatch/logDelivery:LogDelivery": Form("{base16}", "logs:{region}:{account}:delivery:{id}"),
    "cloudwatch/logMetricFilter:LogMetricFilter": Form("{name}", name="name"),
    "cloudwatch/eventBusPolicy:EventBusPolicy": Form("{inputs[eventBusName]:default}"),
    "cloudwatch/metricAlarm:MetricAlarm": Form(
        "{name}", "cloudwatch:{region}:{account}:alarm:{name}", name="name"
    ),
    "cloudwatch/dashboard:Dashboard": Form(
        "{inputs[dashboardName]}",
        "",
        {"dashboardArn": "arn:aws:cloudwatch::{account}:dashboard/{id}"},
    ),
    "cloudwatch/eventRule:EventRule": Form(
        "{name}", "events:{region}:{account}:rule/{name}", name="name"
    ),
    "cloudwatch/eventTarget:EventTarget": Form("{inputs[rule]}-{inputs[targetId]:{name}}"),
    "sns/topic:Topic": Form(
        "", "sns:{region}:{account}:{name}", {"owner": "{account}"}, name="name", id_is_arn=True
    ),
    "sns/topicPolicy:TopicPolicy": Form("{inputs[arn]}", "", {"owner": "{account}"}),
    "sns/topicSubscription:TopicSubscription": Form(
        "",
        "sns:{region}:{account}:{label}:{uuid}",
        {"ownerId": "{account}", "pendingConfirmation": False},
        id_is_arn=True,
    ),
    "sqs/queue:Queue": Form(
        "https://sqs.{region}.amazonaws.com/{account}/{name}",
        "sqs:{region}:{account}:{name}",
        {"url": "{id}"},
        name="name",
    ),
    "sqs/queuePolicy:QueuePolicy": Form("{inputs[queueUrl]}"),
    "cloudtrail/trail:Trail": Form(
        "", "cloudtrail:{region}:{account}:trail/{name}", {"homeRegion": "{region}"}, "name", True
    ),
    "ssm/parameter:Parameter": Form(
        "{inputs[name]}", "ssm:{region}:{account}:parameter{inputs[name]}", {"version": 1}
    ),
    "secretsmanager/secret:Secret": Form(
        "", "secretsmanager:{region}:{account}:secret:{name}-{BASE6}", name="name", id_is_arn=True
    ),
    "secretsmanager/secretVersion:SecretVersion": Form(
        "{inputs[secretId]}|{uuid}", "", {"arn": "{inputs[secretId]}", "versionId": "{uuid}"}
    ),
    "budgets/budget:Budget": Form(
        "{account}:{name}", "budgets::{account}:budget/{name}", name="name"
    ),
    "costexplorer/anomalyMonitor:AnomalyMonitor": Form(
        "", "ce::{account}:anomalymonitor/{uuid}", id_is_arn=True
    ),
    "costexplorer/anomalySubscription:AnomalySubscription": Form(
        "", "ce::{account}:anomalysubscription/{uuid}", id_is_arn=True
    ),
    "backup/vault:Vault": Form(
        "{name}",
        "backup:{region}:{account}:backup-vault:{name}",
        {"recoveryPoints": 0},
        name="name",
    ),
    "backup/logicallyAirGappedVault:LogicallyAirGappedVault": Form(
        "{name}", "backup:{region}:{account}:backup-vault:{name}", name="name"
    ),
    "backup/plan:Plan": Form(
        "{uuid}", "backup:{region}:{account}:backup-plan:{id}", {"version": "{BASE20:version}"}
    ),
    "backup/selection:Selection": Form("{uuid}"),
    "backup/vaultPolicy:VaultPolicy": Form("{inputs[backupVaultName]}"),
    "oam/sink:Sink": Form(
        "", "oam:{region}:{account}:sink/{uuid}", {"sinkId": "{uuid}"}, id_is_arn=True
    ),
    "oam/link:Link": Form(
        "",
        "oam:{region}:{account}:link/{uuid}",
        {"linkId": "{uuid}", "sinkArn": "{inputs[sinkIdentifier]}"},
        id_is_arn=True,
    ),
    "ssoadmin/permissionSet:PermissionSet": Form(
        "{arn},{inputs[instanceArn]}",
        "sso:::permissionSet/ssoins-{hex16:instance}/ps-{hex16}",
    ),
    "ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": Form(
        f"{{inputs[managedPolicyArn]}},{_PERMISSION_SET}"
    ),
    "ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment": Form(
        f"{{label}},/,{_PERMISSION_SET}"
    ),
    "ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": Form(_PERMISSION_SET),
    "ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment": Form(_PERMISSION_SET),
    "ssoadmin/accountAssignment:AccountAssignment": Form(
        "{inputs[principalId]},{inputs[principalType]},{inputs[targetId]},{inputs[targetType]},"
        + _PERMISSION_SET
    ),
    "identitystore/groupMembership:GroupMembership": Form(
        "{inputs[identityStoreId]}/{uuid}", "", {"membershipId": "{uuid}"}
    ),
    "account/alternativeContact:AlternativeContact": Form("{inputs[alternateContactType]}"),
    "ssm/document:Document": Form(
        "{name}",
        "ssm:{region}:{account}:document/{name}",
        {"status": "Active", "defaultVersion": "1", "latestVersion": "1", "documentVersion": "1"},
        name="name",
    ),
    "identitystore/group:Group": Form(
        "{inputs[identityStoreId]}/{uuid}", "", {"groupId": "{uuid}"}
    ),
    "identitystore/user:User": Form("{inputs[identityStoreId]}/{uuid}", "", {"userId": "{uuid}"}),
    "accessanalyzer/analyzer:Analyzer": Form(
        "{inputs[analyzerName]:{label}}", "access-analyzer:{region}:{account}:analyzer/{id}"
    ),
    "amp/workspace:Workspace": Form(
        "ws-{uuid}",
        "aps:{region}:{account}:workspace/{id}",
        {"prometheusEndpoint": "https://aps-workspaces.{region}.amazonaws.com/workspaces/{id}/"},
    ),
    "guardduty/detector:Detector": Form(
        "{hex32}", "guardduty:{region}:{account}:detector/{id}", {"accountId": "{account}"}
    ),
}
"""Type (without ``aws:``) → identity."""
