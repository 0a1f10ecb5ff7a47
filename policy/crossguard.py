"""The rules as CrossGuard policies: the same core, driven by the engine."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import cast

import pulumi
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy import Severity as CrossGuardSeverity

from policy.core.context import Context
from policy.core.evaluation import evaluate
from policy.core.graph import Graph, Resource, normalised, provider_properties
from policy.core.results import Enforcement, Finding, Severity, Verdict
from policy.core.rule import Rule
from policy.core.values import plain
from policy.core.waivers import Waiver, load
from policy.rules import RULES

WAIVERS = Path(__file__).parent / "waivers.yaml"

_SEVERITY = {
    Severity.CRITICAL: CrossGuardSeverity.CRITICAL,
    Severity.HIGH: CrossGuardSeverity.HIGH,
    Severity.MEDIUM: CrossGuardSeverity.MEDIUM,
    Severity.LOW: CrossGuardSeverity.LOW,
}


def policies() -> list[Policy]:
    """Every rule as a CrossGuard policy, mandatory or advisory as the rule says.

    A rule that is mandatory in production only is registered as mandatory and reports nothing
    elsewhere: CrossGuard fixes the level when the pack starts, before it knows the stack.
    """
    return [_policy(rule) for rule in RULES]


def _policy(rule: Rule) -> Policy:
    level = (
        EnforcementLevel.MANDATORY
        if rule.enforcement is Enforcement.MANDATORY
        else EnforcementLevel.ADVISORY
    )
    common = {
        "name": rule.slug,
        "description": f"{rule.id} {rule.title}. Remedy: {rule.remedy}.",
        "enforcement_level": level,
        "severity": _SEVERITY[rule.severity],
        "tags": list(rule.controls),
    }
    if rule.resource is not None:
        return ResourceValidationPolicy(validate=_resource_check(rule), **common)  # pyright: ignore[reportArgumentType] - one bag for both kinds
    return StackValidationPolicy(validate=_stack_check(rule), **common)  # pyright: ignore[reportArgumentType] - one bag for both kinds


def _resource_check(rule: Rule) -> Callable[[ResourceValidationArgs, ReportViolation], None]:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        token = normalised(args.resource_type)
        if not rule.applies_to(token):
            return
        graph = Graph(pulumi.get_stack(), (_resource_of_args(args, token),))
        _report(rule, graph, report)

    return validate


def _stack_check(rule: Rule) -> Callable[[StackValidationArgs, ReportViolation], None]:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        resources = tuple(_resource_of_stack(item) for item in args.resources)
        _report(rule, Graph(pulumi.get_stack(), resources), report)

    return validate


def _report(rule: Rule, graph: Graph, report: ReportViolation) -> None:
    context = _context(pulumi.get_stack())
    for finding in evaluate(graph, context, (rule,), _waivers(), _today()).findings:
        if _reportable(rule, finding):
            problem = finding.problem
            at = f"{problem.path}: " if problem.path else ""
            # A finding about the stack itself carries no URN of a resource.
            urn = problem.urn if problem.urn in graph.by_urn else None
            report(f"{at}{problem.message}", urn)


def _reportable(rule: Rule, finding: Finding) -> bool:
    if finding.waiver is not None or finding.problem.verdict is Verdict.UNKNOWN:
        return False
    return finding.enforcement is rule.enforcement


def forget() -> None:
    """Read the organisation and the waivers anew at the next question."""
    for cached in (_context, _waivers, _today):
        cached.cache_clear()


@cache
def _context(stack: str) -> Context:
    organization = pulumi.Config("superinc").require_object("organization")
    return Context.of(cast("Mapping[str, object]", organization), stack)


@cache
def _waivers() -> tuple[Waiver, ...]:
    path = Path(os.environ.get("PLATFORM_WAIVERS", WAIVERS))
    return load(path, RULES)


@cache
def _today() -> date:
    return datetime.now(UTC).date()


def _resource_of_args(args: ResourceValidationArgs, token: str) -> Resource:
    props = cast("Mapping[str, object]", plain(args.props))
    return Resource(
        urn=args.urn,
        type=token,
        name=args.name,
        props=provider_properties(props) if token.startswith("pulumi:providers:") else props,
        protect=bool(args.opts.protect),
        provider=_provider_of(args),
    )


def _resource_of_stack(item: PolicyResource) -> Resource:
    token = normalised(item.resource_type)
    props = cast("Mapping[str, object]", plain(item.props))
    return Resource(
        urn=item.urn,
        type=token,
        name=item.name,
        props=provider_properties(props) if token.startswith("pulumi:providers:") else props,
        protect=bool(item.opts.protect),
        provider=_provider_of(item),
        joins={
            prop: tuple(target.urn for target in targets)
            for prop, targets in item.property_dependencies.items()
        },
    )


def _provider_of(item: ResourceValidationArgs | PolicyResource) -> Mapping[str, object] | None:
    if item.provider is None:
        return None
    return provider_properties(cast("Mapping[str, object]", plain(item.provider.props)))
