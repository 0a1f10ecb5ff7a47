"""The rules, a module per subject; a rule exists when it is listed here."""

from policy.core.rule import Rule
from policy.rules import (
    alarms,
    audit,
    buckets,
    certificates,
    distributions,
    dns,
    encryption,
    endpoints,
    key_policies,
    keys,
    load_balancers,
    logs,
    machines,
    organization,
    permissions,
    routes,
    security_groups,
    tenancy,
    trust,
    users,
    vpcs,
    web_acls,
)


def _number(rule: Rule) -> int:
    return int(rule.id.rpartition("-")[2])


def _family(*modules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The rules of a family in the order of their numbers, whichever module holds them."""
    return tuple(sorted((rule for rules in modules for rule in rules), key=_number))


RULES: tuple[Rule, ...] = (
    *_family(organization.RULES, tenancy.RULES),
    *_family(users.RULES, permissions.RULES, trust.RULES),
    *_family(keys.RULES, key_policies.RULES, encryption.RULES),
    *_family(audit.RULES, alarms.RULES, logs.RULES),
    *_family(dns.RULES, certificates.RULES),
    *_family(
        vpcs.RULES,
        routes.RULES,
        security_groups.RULES,
        endpoints.RULES,
        machines.RULES,
    ),
    *_family(load_balancers.RULES, distributions.RULES, web_acls.RULES),
    *_family(buckets.RULES),
)
