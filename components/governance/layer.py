"""The governance layer: the switches and the alarms of one account; in management, the evidence."""

from collections.abc import Mapping

from components.accounts.contract import AccountsOutputs
from components.base import LayerContext
from components.contracts import AccountKind
from components.governance import management
from components.governance.alerts_topic import AlertsTopic, AlertsTopicArgs
from components.governance.baseline import Baseline, BaselineArgs, RegionArgs
from components.governance.contract import GovernanceConfig, GovernanceOutputs
from components.governance.event_forwarding import EventForwarding, EventForwardingArgs
from components.governance.event_patterns import WATCHED
from components.governance.region_watch import RegionWatch, RegionWatchArgs
from components.governance.topic_policy import ALARM_SERVICES, SPENDING_SERVICES
from components.keys.contract import KeysOutputs
from components.naming import ACCOUNT_ALIAS_LIMIT, physical_name

GLOBAL_REGION = "us-east-1"
"""Where root users sign in, STS's global endpoint answers and DNSSEC keys live."""


def build(context: LayerContext, config: GovernanceConfig) -> GovernanceOutputs:
    """Build the layer of this account.

    Raises:
        pulumi.RunError: A key domain it needs is missing, or a budget is for no account.
    """
    keys = context.layer(KeysOutputs)
    holds_bills = context.account.kind is AccountKind.MANAGEMENT
    management.refuse_unknown_accounts(context, config.budgets)
    _baseline(context, config, keys)
    topic = AlertsTopic(
        "alerts",
        AlertsTopicArgs(
            account_id=context.account_id,
            kms_key_arn=management.key_of(keys, "alerts"),
            services=(
                *ALARM_SERVICES,
                *(SPENDING_SERVICES if holds_bills else ()),
                *config.alerts.services,
            ),
            roles=config.alerts.roles,
            emails=_heard_by(context, config),
        ),
        context.options(),
    )
    _watch(context, config, keys, topic)
    if holds_bills:
        return management.build(context, config, keys, context.layer(AccountsOutputs), topic)
    return GovernanceOutputs(alerts_topic_arn=topic.arn)


def _heard_by(context: LayerContext, config: GovernanceConfig) -> tuple[str, ...]:
    """Who gets the alerts: an alarm nobody hears is none, so the account's address by default."""
    named = config.alerts.emails
    return named if named is not None else (context.organization.email_of(context.account_name),)


def _baseline(context: LayerContext, config: GovernanceConfig, keys: KeysOutputs) -> None:
    company = context.organization.domain.split(".")[0]
    alias = physical_name(company, context.account_name, limit=ACCOUNT_ALIAS_LIMIT)
    Baseline(
        "baseline",
        BaselineArgs(
            regions=(
                RegionArgs(volume_key_arn=keys.arns.get("ebs")),
                RegionArgs(
                    prefix="replica-",
                    region=context.organization.regions.replica,
                    volume_key_arn=keys.replica_arns.get("ebs"),
                ),
            ),
            alias=alias if config.account_alias else None,
            linked_roles=config.linked_roles,
        ),
        context.options(),
    )


def _watch(
    context: LayerContext, config: GovernanceConfig, keys: KeysOutputs, topic: AlertsTopic
) -> None:
    home = context.organization.regions.home
    RegionWatch(
        "watch-home", RegionWatchArgs(watched=WATCHED, target_arn=topic.arn), context.options()
    )
    others = watched_regions(context, config, keys)
    if not others:
        return
    forwarding = EventForwarding(
        "forwarding",
        EventForwardingArgs(account_id=context.account_id, home=home),
        context.options(),
    )
    for name, region in others.items():
        RegionWatch(
            f"watch-{name}",
            RegionWatchArgs(
                watched=WATCHED,
                region=region,
                target_arn=forwarding.bus_arn,
                forward_role_arn=forwarding.role_arn,
            ),
            context.options(),
        )


def watched_regions(
    context: LayerContext, config: GovernanceConfig, keys: KeysOutputs
) -> Mapping[str, str]:
    """The Regions to watch besides home, each once, by the name of their watch.

    Management may hold the keys of others (playbook KMS-02), so their replicas too.
    """
    regions = context.organization.regions
    holds_all = context.account.kind is AccountKind.MANAGEMENT
    wanted = {
        **({"replica": regions.replica} if keys.replica_arns or holds_all else {}),
        "global": GLOBAL_REGION,
        **{region: region for region in config.watched_regions},
    }
    found: dict[str, str] = {}
    for name, region in wanted.items():
        if region != regions.home and region not in found.values():
            found[name] = region
    return found
