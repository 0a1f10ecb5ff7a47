"""The rules as a CrossGuard pack: the same core, driven by the engine.

The pack answers the engine's analyzer protocol itself. `pulumi_policy` would take a policy per
rule, which is what the engine shall see, but it unpacks the resource or the whole stack again for
each of them; here it is unpacked once and all rules read it.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import analyzer_pb2 as protocol
from pulumi.runtime.proto import plugin_pb2

from policy.core.context import Context
from policy.core.evaluation import in_force, judged
from policy.core.graph import Graph, Resource, normalised, provider_properties
from policy.core.results import Enforcement, Finding, Severity, Verdict
from policy.core.rule import Rule
from policy.core.waivers import Waiver, load
from policy.core.wire import properties
from policy.rules import RULES

NAME = "superinc"
VERSION = "0.0.1"
"""Of no account: the engine shows the version in PulumiPolicy.yaml."""

WAIVERS = Path(__file__).parent / "waivers.yaml"
ORGANIZATION = "superinc:organization"

_SEVERITY = {
    Severity.CRITICAL: protocol.POLICY_SEVERITY_CRITICAL,
    Severity.HIGH: protocol.POLICY_SEVERITY_HIGH,
    Severity.MEDIUM: protocol.POLICY_SEVERITY_MEDIUM,
    Severity.LOW: protocol.POLICY_SEVERITY_LOW,
}
_LEVEL = {
    Enforcement.MANDATORY: protocol.MANDATORY,
    Enforcement.ADVISORY: protocol.ADVISORY,
}


@dataclass(frozen=True, kw_only=True)
class Stack:
    """The stack under analysis, as the engine describes it before anything else.

    Attributes:
        name: Its name, which is the account's.
        organization: The project's organisation.
        today: The day its waivers are held against.
    """

    name: str
    organization: Mapping[str, object]
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    @classmethod
    def of(cls, name: str, configuration: Mapping[str, str]) -> "Stack":
        """The stack of this name; its project's configuration holds the organisation."""
        return cls(name=name, organization=json.loads(configuration[ORGANIZATION]))

    @classmethod
    def of_environment(cls) -> "Stack":
        """The stack in the variables that a language host starts a pack with."""
        configuration = json.loads(os.environ.get("PULUMI_CONFIG", "{}"))
        return cls.of(os.environ["PULUMI_STACK"], configuration)

    @cached_property
    def context(self) -> Context:
        """What the rules may know of it."""
        return Context.of(self.organization, self.name)


class Analyzer:
    """The calls of the engine's analyzer protocol that a pack has to answer.

    Args:
        rules: The rules it holds resources against.
        waivers: The file with the exceptions.
        stack: The stack, until the engine names one.
    """

    def __init__(
        self, rules: Iterable[Rule] = RULES, waivers: Path = WAIVERS, stack: Stack | None = None
    ) -> None:
        self._rules = tuple(rules)
        self._by_id = {rule.id: rule for rule in self._rules}
        self._waivers_path = waivers
        self._stack = stack
        self._levels: dict[str, protocol.EnforcementLevel.ValueType] = {}
        self._by_type: dict[str, tuple[Rule, ...]] = {}
        self._inputs: dict[str, Mapping[str, object]] = {}
        self._providers: dict[str, Mapping[str, object]] = {}

    def info(self, _request: Empty) -> protocol.AnalyzerInfo:
        """Every rule as a policy, mandatory or advisory as the rule says."""
        return protocol.AnalyzerInfo(
            name=NAME,
            version=VERSION,
            supportsConfig=True,
            policies=[_described(rule) for rule in self._rules],
        )

    def plugin_info(self, _request: Empty) -> plugin_pb2.PluginInfo:
        """The version of the pack."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def configure(self, request: protocol.ConfigureAnalyzerRequest) -> Empty:
        """Take over the levels that differ from the rules' own (`--policy-pack-config`)."""
        own = {rule.slug: _LEVEL[rule.enforcement] for rule in self._rules}
        self._levels = {
            name: settings.enforcementLevel
            for name, settings in request.policyConfig.items()
            if settings.enforcementLevel != own.get(name)
        }
        return Empty()

    def configure_stack(
        self, request: protocol.AnalyzerStackConfigureRequest
    ) -> protocol.AnalyzerStackConfigureResponse:
        """Learn which stack it is and what organisation is around it."""
        self._stack = Stack.of(request.stack, request.config)
        return protocol.AnalyzerStackConfigureResponse()

    def analyze(self, request: protocol.AnalyzeRequest) -> protocol.AnalyzeResponse:
        """Hold one resource against the rules that look at its type."""
        resource = self._resource(request)
        self._inputs[resource.urn] = resource.inputs
        rules = self._rules_of(resource.type)
        if not rules:
            return protocol.AnalyzeResponse()
        graph = Graph(self._of.name, (resource,))
        return self._response(graph, [(rule, resource) for rule in rules])

    def analyze_stack(self, request: protocol.AnalyzeStackRequest) -> protocol.AnalyzeResponse:
        """Hold the stack as a whole against the rules that join resources."""
        self._providers.clear()  # They may know more by now.
        graph = Graph(self._of.name, tuple(self._member(item) for item in request.resources))
        return self._response(graph, [(rule, graph) for rule in self._rules if rule.stack])

    def remediate(self, _request: protocol.AnalyzeRequest) -> protocol.RemediateResponse:
        """Change nothing: what a rollout does is in the code, where people review it."""
        return protocol.RemediateResponse()

    @cached_property
    def _waivers(self) -> tuple[Waiver, ...]:
        return load(Path(os.environ.get("PLATFORM_WAIVERS", self._waivers_path)), self._rules)

    def _rules_of(self, token: str) -> tuple[Rule, ...]:
        if token not in self._by_type:
            found = (rule for rule in self._rules if rule.resource and rule.applies_to(token))
            self._by_type[token] = tuple(found)
        return self._by_type[token]

    def _resource(self, request: protocol.AnalyzeRequest | protocol.AnalyzerResource) -> Resource:
        token = normalised(request.type)
        props = properties(request.properties)
        if token.startswith("pulumi:providers:"):
            props = provider_properties(props)
        provided = request.HasField("provider")
        return Resource(
            urn=request.urn,
            type=token,
            name=request.name,
            props=props,
            inputs=props,
            protect=request.options.protect,
            provider=self._provider(request.provider) if provided else None,
            account=request.provider.name if provided else None,
        )

    def _provider(self, provider: protocol.AnalyzerProviderResource) -> Mapping[str, object]:
        """Its properties, read once: every resource comes with its provider's."""
        if provider.urn not in self._providers:
            found = provider_properties(properties(provider.properties))
            self._providers[provider.urn] = found
        return self._providers[provider.urn]

    def _member(self, item: protocol.AnalyzerResource) -> Resource:
        """A resource with what the engine knows of it, and what the program wrote."""
        known = self._resource(item)
        inputs = self._inputs.get(item.urn, known.props)
        return replace(
            known,
            props={**known.props, **inputs},
            inputs=inputs,
            joins={name: tuple(found.urns) for name, found in item.propertyDependencies.items()},
        )

    @property
    def _of(self) -> Stack:
        if self._stack is None:
            self._stack = Stack.of_environment()
        return self._stack

    def _response(
        self, graph: Graph, pairs: Sequence[tuple[Rule, Resource | Graph]]
    ) -> protocol.AnalyzeResponse:
        waivers = in_force(self._waivers, self._of.today)
        findings = judged(graph, self._of.context, pairs, waivers)
        return protocol.AnalyzeResponse(
            diagnostics=[
                self._diagnostic(self._by_id[finding.rule], finding, graph)
                for finding in findings
                if self._reportable(self._by_id[finding.rule], finding)
            ]
        )

    def _reportable(self, rule: Rule, finding: Finding) -> bool:
        if finding.waiver is not None or finding.problem.verdict is Verdict.UNKNOWN:
            return False
        return self._levels.get(rule.slug) != protocol.DISABLED

    def _diagnostic(self, rule: Rule, finding: Finding, graph: Graph) -> protocol.AnalyzeDiagnostic:
        problem = finding.problem
        at = f"{problem.path}: " if problem.path else ""
        return protocol.AnalyzeDiagnostic(
            policyName=rule.slug,
            policyPackName=NAME,
            policyPackVersion=VERSION,
            description=_description(rule),
            message=f"{_description(rule)}\n{at}{problem.message}",
            # A rule for production alone advises elsewhere, whatever level it is registered with.
            enforcementLevel=self._levels.get(rule.slug, _LEVEL[finding.enforcement]),
            severity=_SEVERITY[rule.severity],
            # A finding about the stack itself carries no URN of a resource.
            urn=problem.urn if problem.urn in graph.by_urn else "",
        )


def _described(rule: Rule) -> protocol.PolicyInfo:
    kind = protocol.POLICY_TYPE_RESOURCE if rule.resource else protocol.POLICY_TYPE_STACK
    return protocol.PolicyInfo(
        name=rule.slug,
        displayName=rule.title,
        description=_description(rule),
        enforcementLevel=_LEVEL[rule.enforcement],
        severity=_SEVERITY[rule.severity],
        policy_type=kind,
        remediation_steps=rule.remedy,
        tags=rule.controls,
    )


def _description(rule: Rule) -> str:
    return f"{rule.id} {rule.title}. Remedy: {rule.remedy}."
