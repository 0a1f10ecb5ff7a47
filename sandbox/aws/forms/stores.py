"""Identities of what keeps data: S3, databases, caches, streams, registries, secrets."""

from collections.abc import Mapping
from typing import Final

from sandbox.aws.forms.form import Form

_BUCKET = Form(
    "{name}",
    "s3:::{name}",
    {
        "bucketDomainName": "{name}.s3.amazonaws.com",
        "bucketRegion": "{region}",
        "bucketRegionalDomainName": "{name}.s3.{region}.amazonaws.com",
        "hostedZoneId": "Z{BASE13:zone}",
    },
    name="bucket",
)
_BY_BUCKET = Form("{inputs[bucket]}")
_BUCKET_ENCRYPTION = (
    "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
_RDS = "rds:{region}:{account}:"


def _brokers(port: int) -> str:
    """Three brokers as MSK writes them; the port tells how clients authenticate (MSK guide)."""
    host = "{label}.{base8:msk}.c2.kafka.{region}.amazonaws.com"
    return ",".join(f"b-{number}.{host}:{port}" for number in (1, 2, 3))


FORMS: Final[Mapping[str, Form]] = {
    "s3/bucket:Bucket": _BUCKET,
    "s3/bucketV2:BucketV2": _BUCKET,
    "s3/bucketAcl:BucketAcl": _BY_BUCKET,
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _BY_BUCKET,
    "s3/bucketLogging:BucketLogging": _BY_BUCKET,
    "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": _BY_BUCKET,
    "s3/bucketOwnershipControls:BucketOwnershipControls": _BY_BUCKET,
    "s3/bucketPolicy:BucketPolicy": _BY_BUCKET,
    "s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _BY_BUCKET,
    "s3/bucketReplicationConfig:BucketReplicationConfig": _BY_BUCKET,
    _BUCKET_ENCRYPTION: _BY_BUCKET,
    "s3/bucketVersioning:BucketVersioning": _BY_BUCKET,
    "s3/bucketVersioningV2:BucketVersioningV2": _BY_BUCKET,
    "s3/bucketObject:BucketObject": Form(
        "{inputs[key]}", "s3:::{inputs[bucket]}/{inputs[key]}", {"versionId": "{base20}"}
    ),
    "s3/bucketObjectv2:BucketObjectv2": Form(
        "{inputs[key]}", "s3:::{inputs[bucket]}/{inputs[key]}", {"versionId": "{hex32}"}
    ),
    "s3/accountPublicAccessBlock:AccountPublicAccessBlock": Form("{account}"),
    "rds/cluster:Cluster": Form(
        "{name}",
        _RDS + "cluster:{name}",
        {
            "clusterResourceId": "cluster-{BASE20:resource}",
            "endpoint": "{name}.cluster-{base12}.{region}.rds.amazonaws.com",
            "readerEndpoint": "{name}.cluster-ro-{base12}.{region}.rds.amazonaws.com",
            "engineVersionActual": "{inputs[engineVersion]}",
            "hostedZoneId": "Z{BASE13:zone}",
            "masterUserSecrets": (
                {
                    "kmsKeyId": "{inputs[masterUserSecretKmsKeyId]}",
                    "secretArn": "arn:aws:secretsmanager:{region}:{account}:secret:"
                    "rds!cluster-{uuid}-{BASE6}",
                    "secretStatus": "active",
                },
            ),
        },
        name="clusterIdentifier",
    ),
    "rds/clusterInstance:ClusterInstance": Form(
        "{name}",
        _RDS + "db:{name}",
        {
            "dbiResourceId": "db-{BASE20:resource}",
            "endpoint": "{name}.{base12}.{region}.rds.amazonaws.com",
            "engineVersionActual": "{inputs[engineVersion]}",
            "port": 5432,
            "storageEncrypted": True,
            "writer": False,
        },
        name="identifier",
    ),
    "rds/instance:Instance": Form(
        "db-{BASE20:resource}",
        _RDS + "db:{name}",
        {
            "resourceId": "{id}",
            "address": "{name}.{base12}.{region}.rds.amazonaws.com",
            "endpoint": "{name}.{base12}.{region}.rds.amazonaws.com:{inputs[port]:5432}",
            "engineVersionActual": "{inputs[engineVersion]}",
            "hostedZoneId": "Z{BASE13:zone}",
            "masterUserSecrets": (
                {
                    "kmsKeyId": "{inputs[masterUserSecretKmsKeyId]}",
                    "secretArn": "arn:aws:secretsmanager:{region}:{account}:secret:"
                    "rds!db-{uuid}-{BASE6}",
                    "secretStatus": "active",
                },
            ),
            "status": "available",
        },
        name="identifier",
    ),
    "rds/globalCluster:GlobalCluster": Form(
        "{name}", "rds::{account}:global-cluster:{name}", name="globalClusterIdentifier"
    ),
    "rds/subnetGroup:SubnetGroup": Form("{name}", _RDS + "subgrp:{name}", name="name"),
    "rds/parameterGroup:ParameterGroup": Form("{name}", _RDS + "pg:{name}", name="name"),
    "rds/clusterParameterGroup:ClusterParameterGroup": Form(
        "{name}", _RDS + "cluster-pg:{name}", name="name"
    ),
    "rds/proxy:Proxy": Form(
        "{name}",
        _RDS + "db-proxy:prx-{hex17}",
        {"endpoint": "{name}.proxy-{base12}.{region}.rds.amazonaws.com"},
        name="name",
    ),
    "rds/proxyEndpoint:ProxyEndpoint": Form(
        "{inputs[dbProxyName]}/{inputs[dbProxyEndpointName]}",
        _RDS + "db-proxy-endpoint:prx-endpoint-{hex17}",
        {
            "endpoint": "{inputs[dbProxyEndpointName]}.endpoint.proxy-{base12}"
            ".{region}.rds.amazonaws.com"
        },
    ),
    "elasticache/replicationGroup:ReplicationGroup": Form(
        "{name}",
        "elasticache:{region}:{account}:replicationgroup:{name}",
        {
            "primaryEndpointAddress": "master.{name}.{base8}.cache.amazonaws.com",
            "readerEndpointAddress": "replica.{name}.{base8}.cache.amazonaws.com",
            "configurationEndpointAddress": "clustercfg.{name}.{base8}.cache.amazonaws.com",
            "engineVersionActual": "{inputs[engineVersion]}",
        },
        name="replicationGroupId",
    ),
    "elasticache/subnetGroup:SubnetGroup": Form(
        "{name}", "elasticache:{region}:{account}:subnetgroup:{name}", name="name"
    ),
    "msk/cluster:Cluster": Form(
        "",
        "kafka:{region}:{account}:cluster/{inputs[clusterName]:{label}}/{uuid}-2",
        {
            "bootstrapBrokers": _brokers(9092),
            "bootstrapBrokersTls": _brokers(9094),
            "bootstrapBrokersSaslScram": _brokers(9096),
            "bootstrapBrokersSaslIam": _brokers(9098),
            "clusterUuid": "{uuid}-2",
            "currentVersion": "K{BASE13:version}",
            "zookeeperConnectString": "",
            "zookeeperConnectStringTls": "",
        },
        id_is_arn=True,
    ),
    "msk/configuration:Configuration": Form(
        "",
        "kafka:{region}:{account}:configuration/{name}/{uuid}-2",
        {"latestRevision": 1},
        name="name",
        id_is_arn=True,
    ),
    "msk/vpcConnection:VpcConnection": Form(
        "", "kafka:{region}:{account}:vpc-connection/{label}/{uuid}-2", id_is_arn=True
    ),
    "mskconnect/connector:Connector": Form(
        "", "kafkaconnect:{region}:{account}:connector/{name}/{uuid}-2", {}, "name", True
    ),
    "mskconnect/customPlugin:CustomPlugin": Form(
        "",
        "kafkaconnect:{region}:{account}:custom-plugin/{name}/{uuid}-2",
        {"latestRevision": 1, "state": "ACTIVE"},
        name="name",
        id_is_arn=True,
    ),
    "mskconnect/workerConfiguration:WorkerConfiguration": Form(
        "",
        "kafkaconnect:{region}:{account}:worker-configuration/{name}/{uuid}-2",
        {"latestRevision": 1},
        name="name",
        id_is_arn=True,
    ),
    "dms/replicationInstance:ReplicationInstance": Form(
        "{inputs[replicationInstanceId]}",
        "",
        {"replicationInstanceArn": "arn:aws:dms:{region}:{account}:rep:{BASE20}"},
    ),
    "dms/replicationTask:ReplicationTask": Form(
        "{inputs[replicationTaskId]}",
        "",
        {"replicationTaskArn": "arn:aws:dms:{region}:{account}:task:{BASE20}", "status": "ready"},
    ),
    "dms/endpoint:Endpoint": Form(
        "{inputs[endpointId]}",
        "",
        {"endpointArn": "arn:aws:dms:{region}:{account}:endpoint:{BASE20}"},
    ),
    "ecr/repository:Repository": Form(
        "{name}",
        "ecr:{region}:{account}:repository/{name}",
        {
            "registryId": "{account}",
            "repositoryUrl": "{account}.dkr.ecr.{region}.amazonaws.com/{name}",
        },
        name="name",
    ),
    "ecr/pullThroughCacheRule:PullThroughCacheRule": Form(
        "{inputs[ecrRepositoryPrefix]}", "", {"registryId": "{account}"}
    ),
    **{
        f"ecr/{kind[0].lower()}{kind[1:]}:{kind}": Form(form, "", {"registryId": "{account}"})
        for kind, form in (
            ("LifecyclePolicy", "{inputs[repository]}"),
            ("RegistryPolicy", "{account}"),
            ("RegistryScanningConfiguration", "{account}"),
            ("ReplicationConfiguration", "{account}"),
            ("RepositoryCreationTemplate", "{inputs[prefix]}"),
            ("RepositoryPolicy", "{inputs[repository]}"),
        )
    },
    "ecr/accountSetting:AccountSetting": Form("{inputs[name]}"),
    "dynamodb/table:Table": Form("{name}", "dynamodb:{region}:{account}:table/{name}", name="name"),
    "efs/fileSystem:FileSystem": Form(
        "fs-{hex17}",
        "elasticfilesystem:{region}:{account}:file-system/{id}",
        {"dnsName": "{id}.efs.{region}.amazonaws.com", "ownerId": "{account}"},
    ),
    "kinesis/stream:Stream": Form(
        "", "kinesis:{region}:{account}:stream/{name}", name="name", id_is_arn=True
    ),
    "kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": Form(
        "", "firehose:{region}:{account}:deliverystream/{name}", name="name", id_is_arn=True
    ),
}
"""Type (without ``aws:``) → identity."""
