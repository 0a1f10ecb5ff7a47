"""The page about the policies, written from the rules themselves."""

from collections.abc import Iterator, Sequence

from policy.core.results import Enforcement
from policy.core.rule import Rule
from policy.rules import RULES

INTRODUCTION = """\
# Policies

Written by `make docs` from the rules in `policy/rules/`. They run in every `platform preview` and
`platform up`, and offline in `platform check`; [how they work](concepts/policy.md), and how to
waive one, is told elsewhere.

*Mandatory* stops a rollout, *advisory* is printed. Controls are ids of public catalogues.
"""


def document() -> str:
    """The whole page: families in the order of the rules, rules by id."""
    families: dict[str, list[Rule]] = {}
    for rule in RULES:
        families.setdefault(rule.id.rpartition("-")[0], []).append(rule)
    parts = [INTRODUCTION]
    for family, rules in families.items():
        parts += [f"## {family}\n", *_table(sorted(rules, key=lambda rule: rule.id)), ""]
    return "\n".join(parts).rstrip() + "\n"


def _table(rules: Sequence[Rule]) -> Iterator[str]:
    yield "| Id | What holds | Severity | Enforcement | When it fails | Controls |"
    yield "|---|---|---|---|---|---|"
    for rule in rules:
        cells = (
            rule.id,
            rule.title,
            rule.severity,
            _enforcement(rule),
            rule.remedy,
            ", ".join(rule.controls),
        )
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _enforcement(rule: Rule) -> str:
    if rule.production_only and rule.enforcement is Enforcement.MANDATORY:
        return "mandatory in production"
    return str(rule.enforcement)
