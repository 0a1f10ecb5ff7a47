"""The rules the API server keeps itself: ValidatingAdmissionPolicies and their bindings."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component
from components.eks.admission_images import IMAGES, parameters
from components.eks.admission_probes import PROBES
from components.eks.admission_resources import RESOURCES
from components.eks.admission_routing import (
    NO_INGRESS,
    NO_OPEN_SERVICE,
    TARGET_GROUPS_OF_THE_PLATFORM,
)
from components.eks.admission_rule import AdmissionRule
from components.eks.namespaces import (
    KUBE_SYSTEM,
    NAME_LABEL,
    PLATFORM_NAMESPACES,
    SYSTEM_NAMESPACES,
)
from components.eks.platform_settings import Enforcement

RULES: Sequence[AdmissionRule] = (
    IMAGES,
    NO_INGRESS,
    NO_OPEN_SERVICE,
    PROBES,
    RESOURCES,
    TARGET_GROUPS_OF_THE_PLATFORM,
)
"""Every rule, in the order of their names."""

PREFIX = "superinc"

ACTIONS = {Enforcement.DENY: ["Deny"], Enforcement.WARN: ["Audit", "Warn"]}
"""What the API server does, by what is configured (Kubernetes docs, "Validating Admission
Policy")."""

_CHANGED = (
    "request.operation == 'CREATE' || !has(dyn(object).spec) || !has(dyn(oldObject).spec)"
    " || dyn(object).spec != dyn(oldObject).spec"
)
"""Objects older than a rule may still be labelled, scaled in status and finalised: else their
deletion would hang."""


@dataclass(frozen=True, kw_only=True)
class AdmissionArgs:
    """Inputs of :class:`Admission`.

    Attributes:
        enforcement: Whether a broken rule refuses or warns.
        registries: Registry hosts that images may come from.
        provider: The cluster's provider.
    """

    enforcement: Enforcement
    registries: Sequence[pulumi.Input[str]]
    provider: kubernetes.Provider


class Admission(Component):
    """One policy with one binding per rule; they hold for whoever sends an object.

    The API server evaluates them itself: no webhook that could be down. Rules for pods leave the
    namespaces of Kubernetes and of the platform's charts out, by name; a namespace that is new
    is in. Deleting one lets through what it refused.
    """

    rules: list[str]

    def __init__(
        self, name: str, args: AdmissionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        for rule in RULES:
            config = self._parameters(name, rule, args) if rule.parameters else None
            self._rule(name, rule, args, [config] if config else [])
        self.finish(rules=[rule.name for rule in RULES])

    def _rule(
        self, name: str, rule: AdmissionRule, args: AdmissionArgs, needs: list[pulumi.Resource]
    ) -> None:
        metadata = kubernetes.meta.v1.ObjectMetaArgs(name=f"{PREFIX}-{rule.name}")
        policy = kubernetes.admissionregistration.v1.ValidatingAdmissionPolicy(
            f"{name}-{rule.name}",
            kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyInitArgs(
                metadata=metadata, spec=policy_spec(rule)
            ),
            opts=self.child(provider=args.provider),
        )
        kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
            f"{name}-{rule.name}-binding",
            kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyBindingInitArgs(
                metadata=metadata, spec=binding_spec(rule, args.enforcement)
            ),
            opts=self.child(provider=args.provider, depends_on=[policy, *needs]),
        )

    def _parameters(
        self, name: str, rule: AdmissionRule, args: AdmissionArgs
    ) -> kubernetes.core.v1.ConfigMap:
        return kubernetes.core.v1.ConfigMap(
            f"{name}-{rule.name}-parameters",
            kubernetes.core.v1.ConfigMapInitArgs(
                metadata=kubernetes.meta.v1.ObjectMetaArgs(
                    name=f"{PREFIX}-{rule.name}", namespace=KUBE_SYSTEM
                ),
                data=pulumi.Output.all(*args.registries).apply(parameters),
            ),
            opts=self.child(provider=args.provider),
        )


def policy_spec(
    rule: AdmissionRule,
) -> kubernetes.admissionregistration.v1.ValidatingAdmissionPolicySpecArgs:
    """What the rule demands, as the API server takes it."""
    api = kubernetes.admissionregistration.v1
    return api.ValidatingAdmissionPolicySpecArgs(
        failure_policy="Fail",
        param_kind=api.ParamKindArgs(api_version="v1", kind="ConfigMap")
        if rule.parameters
        else None,
        match_constraints=api.MatchResourcesArgs(
            match_policy="Equivalent",
            resource_rules=[
                api.NamedRuleWithOperationsArgs(
                    api_groups=[found.group],
                    api_versions=list(found.versions),
                    resources=list(found.names),
                    operations=["CREATE", "UPDATE"],
                )
                for found in rule.resources
            ],
        ),
        match_conditions=[api.MatchConditionArgs(name="changed", expression=_CHANGED)],
        variables=[
            api.VariableArgs(name=name, expression=expression)
            for name, expression in rule.variables
        ],
        validations=[
            api.ValidationArgs(expression=one.expression, message=one.message, reason="Forbidden")
            for one in rule.validations
        ],
    )


def binding_spec(
    rule: AdmissionRule, enforcement: Enforcement
) -> kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpecArgs:
    """Where the rule holds, and what happens to what breaks it."""
    api = kubernetes.admissionregistration.v1
    return api.ValidatingAdmissionPolicyBindingSpecArgs(
        policy_name=f"{PREFIX}-{rule.name}",
        validation_actions=list(ACTIONS[enforcement]),
        param_ref=api.ParamRefArgs(
            name=f"{PREFIX}-{rule.name}",
            namespace=KUBE_SYSTEM,
            parameter_not_found_action="Deny",
        )
        if rule.parameters
        else None,
        match_resources=_applications() if rule.applications_only else None,
    )


def _applications() -> kubernetes.admissionregistration.v1.MatchResourcesArgs:
    return kubernetes.admissionregistration.v1.MatchResourcesArgs(
        namespace_selector=kubernetes.meta.v1.LabelSelectorArgs(
            match_expressions=[
                kubernetes.meta.v1.LabelSelectorRequirementArgs(
                    key=NAME_LABEL,
                    operator="NotIn",
                    values=sorted((*PLATFORM_NAMESPACES, *SYSTEM_NAMESPACES)),
                )
            ]
        )
    )
