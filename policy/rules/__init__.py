"""The rules, a module per subject; a rule exists when it is listed here."""

from policy.core.rule import Rule
from policy.rules import (
    alarms,
    api_versions,
    audit,
    buckets,
    certificates,
    cluster_access,
    cluster_nodes,
    cluster_permissions,
    clusters,
    disruptions,
    distributions,
    dns,
    encryption,
    endpoints,
    exposure,
    images,
    key_policies,
    keys,
    lifecycles,
    load_balancers,
    logs,
    machines,
    namespaces,
    node_pools,
    organization,
    permissions,
    pod_security,
    registries,
    releases,
    requests,
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
    *_family(clusters.RULES, cluster_access.RULES, cluster_nodes.RULES),
    *_family(registries.RULES),
    *_family(
        exposure.RULES,
        namespaces.RULES,
        requests.RULES,
        disruptions.RULES,
        pod_security.RULES,
        lifecycles.RULES,
        images.RULES,
        cluster_permissions.RULES,
        node_pools.RULES,
        releases.RULES,
        api_versions.RULES,
    ),
    *_family(releases.HELM_RULES),
    *_family(buckets.RULES),
)
