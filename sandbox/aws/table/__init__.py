"""The API table: which types are made by AWS calls, and how. A type that is absent is recorded."""

from collections.abc import Mapping
from typing import Final

from sandbox.aws.table import (
    compute,
    data,
    ec2,
    ec2_rules,
    ec2_settings,
    ecr,
    edge,
    eks,
    iam,
    keys_dns,
    logs,
    organizations,
    sso,
    storage,
    watch,
)
from sandbox.aws.table.entry import Entry

TABLE: Final[Mapping[str, Entry]] = {
    f"aws:{token}": entry
    for rows in (
        ec2.NETWORKS,
        ec2_rules.RULES,
        ec2_settings.SETTINGS,
        organizations.ORGANIZATIONS,
        organizations.ACCOUNT,
        iam.IAM,
        iam.PEOPLE,
        sso.SSO,
        sso.DIRECTORY,
        keys_dns.KMS,
        keys_dns.DNS,
        keys_dns.CERTIFICATES,
        storage.S3,
        logs.LOGS,
        logs.ALARMS,
        watch.EVENTS,
        watch.MESSAGES,
        watch.RECORDS,
        edge.BALANCING,
        edge.FIREWALL,
        edge.CDN,
        compute.COMPUTE,
        eks.EKS,
        ecr.REGISTRY,
        data.DATA,
    )
    for token, entry in rows.items()
}
"""Every type that AWS's API makes."""

__all__ = ["TABLE", "Entry"]
