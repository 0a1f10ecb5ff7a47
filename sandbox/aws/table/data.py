"""What keeps data beyond buckets: RDS, MSK, Backup."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.aws.table.entry import Call, Entry, Tagging
from sandbox.aws.table.tags import arn_tags

_RDS_TAGS = Tagging(
    add=Call("AddTagsToResource", {"ResourceName": "$.arn", "Tags": "$tags"}),
    remove=Call("RemoveTagsFromResource", {"ResourceName": "$.arn", "TagKeys": "$tagkeys"}),
)
_SKIP_SNAPSHOT = {"SkipFinalSnapshot": True}


def _rds(kind: str, key: str, member: str, **more: Any) -> Entry:  # noqa: ANN401 - the row's own fields
    """An RDS resource: known by a name of its own, described in a list."""
    plural = f"{member}s"
    return Entry(
        service="rds",
        create=Call(f"Create{kind}", mapped=True),
        made=member,
        read=Call(f"Describe{kind}s", {key: "$id"}),
        found=f"{plural}[0]",
        computed={"arn": f"{member}Arn", **more.pop("computed", {})},
        delete=(Call(f"Delete{kind}", {key: "$id", **more.pop("final", {})}),),
        tagging=_RDS_TAGS,
        drift=False,
        **more,
    )


DATA: Final[Mapping[str, Entry]] = {
    "rds/subnetGroup:SubnetGroup": _rds(
        "DBSubnetGroup",
        "DBSubnetGroupName",
        "DBSubnetGroup",
        names={"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription"},
        defaults={"description": "Managed by Pulumi"},
        in_place=frozenset({"description", "subnetIds"}),
    ),
    "rds/parameterGroup:ParameterGroup": _rds(
        "DBParameterGroup",
        "DBParameterGroupName",
        "DBParameterGroup",
        names={"name": "DBParameterGroupName", "family": "DBParameterGroupFamily"},
        defaults={"description": "Managed by Pulumi"},
        in_place=frozenset({"parameters"}),
    ),
    "rds/clusterParameterGroup:ClusterParameterGroup": _rds(
        "DBClusterParameterGroup",
        "DBClusterParameterGroupName",
        "DBClusterParameterGroup",
        names={"name": "DBClusterParameterGroupName", "family": "DBParameterGroupFamily"},
        defaults={"description": "Managed by Pulumi"},
        in_place=frozenset({"parameters"}),
    ),
    "rds/cluster:Cluster": _rds(
        "DBCluster",
        "DBClusterIdentifier",
        "DBCluster",
        names={
            "clusterIdentifier": "DBClusterIdentifier",
            "dbSubnetGroupName": "DBSubnetGroupName",
            "dbClusterParameterGroupName": "DBClusterParameterGroupName",
            "masterPassword": "MasterUserPassword",
            "serverlessv2ScalingConfiguration": "ServerlessV2ScalingConfiguration",
        },
        computed={
            "clusterResourceId": "DbClusterResourceId",
            "engineVersionActual": "EngineVersion",
        },
        final=_SKIP_SNAPSHOT,
        update=Call("ModifyDBCluster", {"DBClusterIdentifier": "$id"}, mapped=True),
        replace_on=frozenset({"clusterIdentifier", "engine", "kmsKeyId", "storageEncrypted"}),
        in_place=frozenset({"applyImmediately", "finalSnapshotIdentifier"}),
        defaults={"engine": "aurora-postgresql"},
    ),
    "rds/clusterInstance:ClusterInstance": _rds(
        "DBInstance",
        "DBInstanceIdentifier",
        "DBInstance",
        names={
            "identifier": "DBInstanceIdentifier",
            "clusterIdentifier": "DBClusterIdentifier",
            "instanceClass": "DBInstanceClass",
            "dbSubnetGroupName": "DBSubnetGroupName",
        },
        computed={"endpoint": "Endpoint.Address", "port": "Endpoint.Port"},
        final=_SKIP_SNAPSHOT,
        update=Call("ModifyDBInstance", {"DBInstanceIdentifier": "$id"}, mapped=True),
        replace_on=frozenset({"clusterIdentifier", "engine", "identifier"}),
        in_place=frozenset({"applyImmediately"}),
    ),
    "rds/globalCluster:GlobalCluster": _rds(
        "GlobalCluster",
        "GlobalClusterIdentifier",
        "GlobalCluster",
        in_place=frozenset({"deletionProtection", "engineVersion"}),
    ),
    "msk/cluster:Cluster": Entry(
        service="kafka",
        create=Call("CreateCluster", mapped=True),
        id="ClusterArn",
        read=Call("ListClusters", {"ClusterNameFilter": "$.clusterName"}),
        found="ClusterInfoList[0]",
        in_place=frozenset(
            {
                "brokerNodeGroupInfo",
                "clientAuthentication",
                "configurationInfo",
                "enhancedMonitoring",
                "kafkaVersion",
                "loggingInfo",
                "numberOfBrokerNodes",
                "openMonitoring",
                "storageMode",
            }
        ),
        delete=(Call("DeleteCluster", {"ClusterArn": "$id"}),),
        tagging=arn_tags(value="$id"),
        drift=False,
    ),
    "backup/vault:Vault": Entry(
        service="backup",
        create=Call(
            "CreateBackupVault",
            {
                "BackupVaultName": "$.name",
                "EncryptionKeyArn": "$.kmsKeyArn",
                "BackupVaultTags": "$tags",
            },
        ),
        id="BackupVaultName",
        read=Call("DescribeBackupVault", {"BackupVaultName": "$id"}),
        names={"kmsKeyArn": "EncryptionKeyArn"},
        computed={"arn": "BackupVaultArn", "recoveryPoints": "NumberOfRecoveryPoints"},
        delete=(Call("DeleteBackupVault", {"BackupVaultName": "$id"}),),
        tagging=Tagging(
            add=Call("TagResource", {"ResourceArn": "$.arn", "Tags": "$tags"}),
            remove=Call("UntagResource", {"ResourceArn": "$.arn", "TagKeyList": "$tagkeys"}),
        ),
    ),
    "backup/plan:Plan": Entry(
        service="backup",
        create=Call("CreateBackupPlan", {"BackupPlan": "*", "BackupPlanTags": "$tags"}),
        id="BackupPlanId",
        read=Call("GetBackupPlan", {"BackupPlanId": "$id"}),
        names={
            "name": "BackupPlanName",
            "targetVaultName": "TargetBackupVaultName",
            "schedule": "ScheduleExpression",
            "startWindow": "StartWindowMinutes",
            "completionWindow": "CompletionWindowMinutes",
            "coldStorageAfter": "MoveToColdStorageAfterDays",
            "deleteAfter": "DeleteAfterDays",
            "destinationVaultArn": "DestinationBackupVaultArn",
        },
        computed={"arn": "BackupPlanArn", "version": "VersionId"},
        in_place=frozenset({"name", "rules", "advancedBackupSettings"}),
        delete=(Call("DeleteBackupPlan", {"BackupPlanId": "$id"}),),
        tagging=Tagging(
            add=Call("TagResource", {"ResourceArn": "$.arn", "Tags": "$tags"}),
            remove=Call("UntagResource", {"ResourceArn": "$.arn", "TagKeyList": "$tagkeys"}),
        ),
        drift=False,
    ),
}
"""Type (without ``aws:``) → row."""
