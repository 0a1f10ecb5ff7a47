"""The rules, one module per family; a rule exists when it is listed here."""

from policy.core.rule import Rule
from policy.rules import dns, keys, logs, network, organization

RULES: tuple[Rule, ...] = (
    *organization.RULES,
    *keys.RULES,
    *dns.RULES,
    *network.RULES,
    *logs.RULES,
)
