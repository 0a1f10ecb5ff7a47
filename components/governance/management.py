"""The management account's part of the layer: the trail, and what everything costs."""

import pulumi

from components.accounts.contract import AccountsOutputs
from components.base import LayerContext
from components.governance import audit_policies
from components.governance.alerts_topic import AlertsTopic
from components.governance.anomalies import Anomalies, AnomaliesArgs
from components.governance.audit_bucket import AuditBucket, AuditBucketArgs
from components.governance.budgets import BudgetArgs, Budgets, BudgetsArgs
from components.governance.contract import (
    BudgetsConfig,
    GovernanceConfig,
    GovernanceOutputs,
    TrailConfig,
)
from components.governance.organization_trail import OrganizationTrail, OrganizationTrailArgs
from components.governance.trail_alarms import TrailAlarms, TrailAlarmsArgs
from components.keys.contract import KeysOutputs
from components.naming import trail_arn


def build(
    context: LayerContext,
    config: GovernanceConfig,
    keys: KeysOutputs,
    accounts: AccountsOutputs,
    topic: AlertsTopic,
) -> GovernanceOutputs:
    """Build the trail with its alarms, and the alerts on spending."""
    bucket, trail = _trail(context, config.trail, key_of(keys, "trail"), accounts)
    TrailAlarms(
        "trail-alarms",
        TrailAlarmsArgs(log_group=trail.log_group, topic_arn=topic.arn),
        context.options(),
    )
    _spending(context, config, accounts, topic)
    return GovernanceOutputs(
        alerts_topic_arn=topic.arn,
        trail_arn=trail.arn,
        trail_bucket=bucket.name,
        trail_log_group=trail.log_group,
    )


def key_of(keys: KeysOutputs, domain: str) -> pulumi.Output[str]:
    """The key of a domain this layer cannot do without.

    Raises:
        pulumi.RunError: The account has no such domain.
    """
    if domain not in keys.arns:
        got = ", ".join(sorted(keys.arns)) or "none"
        raise pulumi.RunError(f"superinc:keys.domains: got {got}, wanted {domain} among them")
    return keys.arns[domain]


def refuse_unknown_accounts(context: LayerContext, config: BudgetsConfig) -> None:
    """Check that every budget is for an account.

    Raises:
        pulumi.RunError: One is not.
    """
    known = context.organization.accounts
    if strangers := sorted(set(config.accounts) - set(known)):
        got, wanted = ", ".join(strangers), ", ".join(known)
        raise pulumi.RunError(
            f"superinc:governance.budgets.accounts: got {got}, wanted any of {wanted}"
        )


def _trail(
    context: LayerContext,
    config: TrailConfig,
    key_arn: pulumi.Output[str],
    accounts: AccountsOutputs,
) -> tuple[AuditBucket, OrganizationTrail]:
    home = context.organization.regions.home
    own_arn = context.account_id.apply(lambda known: trail_arn(known, home))
    access_logs = AuditBucket(
        "trail-access-logs",
        AuditBucketArgs(
            policy=lambda arn: _access_log_policy(context, arn),
            retention_days=config.access_log_days,
        ),
        context.options(),
    )
    bucket = AuditBucket(
        "trail-files",
        AuditBucketArgs(
            policy=lambda arn: _file_policy(context, accounts, own_arn, arn),
            retention_days=config.retention_days,
            kms_key_arn=key_arn,
            access_logs=access_logs.name,
        ),
        context.options(),
    )
    trail = OrganizationTrail(
        "trail",
        OrganizationTrailArgs(
            trail_arn=own_arn,
            bucket=bucket.name,
            kms_key_arn=key_arn,
            log_group_days=config.log_group_days,
        ),
        context.options(),
    )
    return bucket, trail


def _access_log_policy(context: LayerContext, arn: pulumi.Output[str]) -> pulumi.Output[str]:
    def policy(bucket_arn: str, account_id: str) -> str:
        statements = audit_policies.access_log_statements(bucket_arn, account_id=account_id)
        return audit_policies.bucket_policy(statements, bucket_arn, account_id=account_id)

    return pulumi.Output.all(arn, context.account_id).apply(lambda known: policy(*known))


def _file_policy(
    context: LayerContext,
    accounts: AccountsOutputs,
    own_arn: pulumi.Output[str],
    arn: pulumi.Output[str],
) -> pulumi.Output[str]:
    def policy(bucket_arn: str, trail: str, account_id: str, organization_id: str) -> str:
        statements = audit_policies.trail_statements(
            bucket_arn, trail_arn=trail, account_id=account_id, organization_id=organization_id
        )
        return audit_policies.bucket_policy(statements, bucket_arn, account_id=account_id)

    return pulumi.Output.all(arn, own_arn, context.account_id, accounts.organization_id).apply(
        lambda known: policy(*known)
    )


def _spending(
    context: LayerContext, config: GovernanceConfig, accounts: AccountsOutputs, topic: AlertsTopic
) -> None:
    members = [name for name in context.organization.accounts if name != context.account_name]
    ids = {name: _id_of(accounts, name) for name in context.organization.accounts}
    budgets = {
        name: BudgetArgs(
            monthly_usd=config.budgets.accounts.get(name, config.budgets.monthly_usd),
            account_id=ids[name],
        )
        for name in context.organization.accounts
        if name in members or name in config.budgets.accounts
    }
    if config.budgets.organization_usd is not None:
        budgets["organization"] = BudgetArgs(monthly_usd=config.budgets.organization_usd)
    Budgets(
        "budgets",
        BudgetsArgs(
            budgets=budgets,
            topic_arn=topic.arn,
            actual_percent=config.budgets.actual_percent,
            forecast_percent=config.budgets.forecast_percent,
            emails=config.budgets.emails,
        ),
        context.options(),
    )
    if config.anomalies.enabled:
        Anomalies(
            "anomalies",
            AnomaliesArgs(
                account_ids={name: ids[name] for name in members},
                topic_arn=topic.arn,
                minimum_usd=config.anomalies.minimum_usd,
            ),
            context.options(),
        )


def _id_of(accounts: AccountsOutputs, name: str) -> pulumi.Output[str]:
    return accounts.ids.apply(lambda known: known[name])
