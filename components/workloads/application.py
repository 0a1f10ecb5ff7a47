"""An application: what keeps its pods, and all that the playbook wants around them."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.base import Component
from components.eks.workload_role import WorkloadRole, WorkloadRoleArgs
from components.workloads import controllers, environment, network_policies, routing, scaling
from components.workloads.application_settings import (
    ROLLOUT_STRATEGIES,
    ApplicationConfig,
    Kind,
    Strategy,
)
from components.workloads.developers import leader_rules
from components.workloads.ground import Ground
from components.workloads.labels import accepted, labels, selector
from components.workloads.pod import PodArgs, SecretVariable, pod_template

_core = kubernetes.core.v1
_meta = kubernetes.meta.v1
_net = kubernetes.networking.v1
_rbac = kubernetes.rbac.v1
_CustomResource = kubernetes.apiextensions.CustomResource

CONTROLLER_SELECTOR = "spec.selector"
"""Argo Rollouts points a Service at one version by a label of its own."""

CONTROLLER_WEIGHTS = "spec.rules[*].backendRefs[*].weight"
"""Argo Rollouts moves requests by these."""


@dataclass(frozen=True, kw_only=True)
class ApplicationArgs:
    """Inputs of :class:`Application`.

    Attributes:
        application: Its name.
        namespace: Its namespace.
        config: Its settings.
        image: The image, with the registry's host.
        hosts: The names it answers at, in full.
        policy: What it may do in AWS, as a policy document.
        security_groups: Security groups of its pods.
        ground: What it stands on.
    """

    application: str
    namespace: str
    config: ApplicationConfig
    image: pulumi.Input[str]
    hosts: Sequence[str] = ()
    policy: pulumi.Input[str] | None = None
    security_groups: Sequence[pulumi.Input[str]] = ()
    ground: Ground


class Application(Component):
    """An application (playbook K8S-02, K8S-06 to K8S-08, NODE-04 to NODE-07, DEP-01).

    Deleting it ends its pods as gracefully as its settings say. Volumes of a stateful set stay
    until their namespace goes; secrets stay in their store.
    """

    namespace: pulumi.Output[str]
    role_arn: pulumi.Output[str | None]

    def __init__(
        self, name: str, args: ApplicationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        self._args = args
        role = self._role(name)
        variables = environment.plain_variables(args.config)
        before = [
            *([] if role is None else [role]),
            *self._service_account(name, role),
            self._config_map(name, variables),
            self._network_policy(name),
            *self._security_group_policy(name),
            *self._secrets(name),
        ]
        self._services(name)
        route = self._route(name)
        pods = PodArgs(
            application=args.application,
            config=args.config,
            image=args.image,
            config_map=environment.config_map_name(args.application, variables),
            secrets=self._secret_variables(),
        )
        # Argo Rollouts does not begin without the route it weighs.
        self._controller(name, pods, [*before, *route])
        self._numbers(name)
        self._monitor(name)
        self.finish(
            namespace=pulumi.Output.from_input(args.namespace),
            role_arn=pulumi.Output.from_input(None if role is None else role.role_arn),
        )

    def _options(
        self,
        depends_on: Sequence[pulumi.Resource] = (),
        ignore_changes: Sequence[str] = (),
    ) -> pulumi.ResourceOptions:
        return self.child(
            provider=self._args.ground.provider,
            depends_on=list(depends_on),
            ignore_changes=list(ignore_changes),
        )

    def _metadata(
        self, name: str | None = None, annotations: dict[str, str] | None = None
    ) -> kubernetes.meta.v1.ObjectMetaArgs:
        return _meta.ObjectMetaArgs(
            name=name or self._args.application,
            namespace=self._args.namespace,
            labels=labels(self._args.application),
            annotations=annotations or None,
        )

    def _role(self, name: str) -> WorkloadRole | None:
        """Its role in AWS; none for an application that asks for nothing there."""
        args = self._args
        if args.policy is None:
            return None
        return WorkloadRole(
            f"{name}-identity",
            WorkloadRoleArgs(
                cluster=args.ground.identity,
                namespace=args.namespace,
                service_account=args.application,
                mode=args.ground.pod_identity,
                policy=args.policy,
            ),
            self.child(),
        )

    def _service_account(self, name: str, role: WorkloadRole | None) -> list[pulumi.Resource]:
        """Who it is in the cluster: nobody in particular, unless it elects a leader."""
        args = self._args
        metadata = self._metadata()
        metadata.annotations = None if role is None else dict(role.annotations) or None
        account = _core.ServiceAccount(
            f"{name}-account",
            metadata=metadata,
            automount_service_account_token=args.config.leader_election,
            opts=self._options(),
        )
        if not args.config.leader_election:
            return [account]
        permissions = _rbac.Role(
            f"{name}-leader",
            metadata=self._metadata(),
            rules=leader_rules(args.application),
            opts=self._options(),
        )
        binding = _rbac.RoleBinding(
            f"{name}-leader",
            metadata=self._metadata(),
            role_ref=_rbac.RoleRefArgs(
                api_group="rbac.authorization.k8s.io", kind="Role", name=args.application
            ),
            subjects=[
                _rbac.SubjectArgs(
                    kind="ServiceAccount", name=args.application, namespace=args.namespace
                )
            ],
            opts=self._options([permissions, account]),
        )
        return [account, binding]

    def _config_map(self, name: str, variables: dict[str, str]) -> pulumi.Resource:
        return _core.ConfigMap(
            f"{name}-environment",
            metadata=self._metadata(environment.config_map_name(self._args.application, variables)),
            data=variables,
            immutable=True,
            opts=self._options(),
        )

    def _network_policy(self, name: str) -> pulumi.Resource:
        args, ground = self._args, self._args.ground
        gateway = None if ground.gateway is None else ground.gateway["namespace"]
        ingress = network_policies.application_ingress(args.config, gateway)
        egress = network_policies.application_egress(
            args.config, database_cidrs=ground.database_cidrs, vpc_cidr=ground.vpc_cidr
        )
        return _net.NetworkPolicy(
            f"{name}-traffic",
            metadata=self._metadata(),
            spec=_net.NetworkPolicySpecArgs(
                pod_selector=_meta.LabelSelectorArgs(match_labels=selector(args.application)),
                policy_types=["Ingress", "Egress"],
                ingress=ingress or None,
                egress=egress or None,
            ),
            opts=self._options(),
        )

    def _security_group_policy(self, name: str) -> list[pulumi.Resource]:
        args = self._args
        if not args.security_groups:
            return []
        policy = _CustomResource(
            f"{name}-security-groups",
            api_version="vpcresources.k8s.aws/v1beta1",
            kind="SecurityGroupPolicy",
            metadata=self._metadata(),
            spec={
                "podSelector": {"matchLabels": selector(args.application)},
                "securityGroups": {"groupIds": list(args.security_groups)},
            },
            opts=self._options(),
        )
        return [policy]

    def _secrets(self, name: str) -> list[pulumi.Resource]:
        args = self._args
        return [
            _CustomResource(
                f"{name}-{environment.SECRET_NAMES[secret.store]}",
                api_version="external-secrets.io/v1",
                kind="ExternalSecret",
                metadata=self._metadata(secret.name),
                spec=environment.external_secret(
                    secret,
                    cluster_store=args.ground.secret_stores[secret.store],
                    account=args.ground.account,
                    namespace=args.namespace,
                ),
                opts=self._options(),
            )
            for secret in environment.remote_secrets(args.application, args.config)
        ]

    def _secret_variables(self) -> list[SecretVariable]:
        args = self._args
        found = [
            SecretVariable(name=variable, secret=secret.name)
            for secret in environment.remote_secrets(args.application, args.config)
            for variable in secret.variables
        ]
        return sorted(found, key=lambda variable: variable.name)

    def _services(self, name: str) -> None:
        args = self._args
        suffix = controllers.second_service(args.config)
        ignored = [CONTROLLER_SELECTOR] if suffix is not None else []
        # The provider waits until a Service has pods: nobody else's does, and none has without.
        has_pods = args.config.fewest() > 0 and args.config.strategy not in ROLLOUT_STRATEGIES
        annotations = {} if has_pods else {"pulumi.com/skipAwait": "true"}
        names = {"service": args.application}
        if suffix is not None:
            names[suffix] = f"{args.application}-{suffix}"
        for role, service_name in names.items():
            _core.Service(
                f"{name}-{role}",
                metadata=self._metadata(service_name, annotations),
                spec=routing.service(args.application, args.config),
                opts=self._options(ignore_changes=ignored),
            )

    def _route(self, name: str) -> list[pulumi.Resource]:
        args = self._args
        if args.config.route is None or args.ground.gateway is None:
            return []
        canary = args.config.strategy is Strategy.CANARY
        route = _CustomResource(
            f"{name}-route",
            api_version=routing.GATEWAY_API,
            kind="HTTPRoute",
            metadata=self._metadata(),
            spec=routing.http_route(
                args.application,
                args.config,
                args.config.route,
                gateway=args.ground.gateway,
                hosts=args.hosts,
            ),
            opts=self._options(ignore_changes=[CONTROLLER_WEIGHTS] if canary else []),
        )
        return [route]

    def _controller(self, name: str, pods: PodArgs, before: Sequence[pulumi.Resource]) -> None:
        args = self._args
        template = pod_template(pods)
        metadata = self._metadata(annotations=dict(accepted(args.config)))
        options = self._options(before)
        if args.config.kind is Kind.STATEFUL_SET:
            kubernetes.apps.v1.StatefulSet(
                f"{name}-stateful-set",
                metadata=metadata,
                spec=controllers.stateful_set(args.application, args.config, template),
                opts=options,
            )
        elif args.config.strategy in ROLLOUT_STRATEGIES:
            _CustomResource(
                f"{name}-rollout",
                api_version=controllers.ROLLOUT_API,
                kind=controllers.ROLLOUT_KIND,
                metadata=metadata,
                spec=controllers.rollout(args.application, args.config, template, args.namespace),
                opts=options,
            )
        else:
            kubernetes.apps.v1.Deployment(
                f"{name}-deployment",
                metadata=metadata,
                spec=controllers.deployment(args.application, args.config, template),
                opts=options,
            )

    def _numbers(self, name: str) -> None:
        args = self._args
        kubernetes.policy.v1.PodDisruptionBudget(
            f"{name}-budget",
            metadata=self._metadata(),
            spec=scaling.disruption_budget(args.application, args.config),
            opts=self._options(),
        )
        if (scales := args.config.autoscaling()) is not None:
            kubernetes.autoscaling.v2.HorizontalPodAutoscaler(
                f"{name}-autoscaler",
                metadata=self._metadata(),
                spec=scaling.autoscaler(args.application, args.config, scales),
                opts=self._options(),
            )

    def _monitor(self, name: str) -> None:
        args = self._args
        if (metrics := args.config.metrics) is None:
            return
        _CustomResource(
            f"{name}-monitor",
            api_version=routing.MONITOR_API,
            kind="ServiceMonitor",
            metadata=self._metadata(),
            spec=routing.service_monitor(args.application, args.config, metrics),
            opts=self._options(),
        )
