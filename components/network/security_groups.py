"""Security groups: one per role, and one rule at each end of every flow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.network.flows import DESCRIPTIONS, Flow, Outside, Role
from components.network.vpc import ANYWHERE


@dataclass(frozen=True, kw_only=True)
class SecurityGroupsArgs:
    """Inputs of :class:`SecurityGroups`.

    Attributes:
        vpc_id: The VPC.
        roles: The roles that get a group.
        flows: Who may talk to whom; both ends of each are here.
        prefix_list_ids: The prefix lists of the gateway endpoints, for flows to them.
        existing: Groups made elsewhere that flows come from, by role.
    """

    vpc_id: pulumi.Input[str]
    roles: Sequence[Role]
    flows: Sequence[Flow]
    prefix_list_ids: Mapping[Outside, pulumi.Input[str]]
    existing: Mapping[Role, pulumi.Input[str]] = field(
        default_factory=dict[Role, "pulumi.Input[str]"]
    )


class SecurityGroups(Component):
    """The groups of a network and the rules between them (playbook SEC-09).

    Rules are resources of their own: groups may then name each other in a circle, and other
    layers may add rules without fighting over one list. A group without egress rules reaches
    nothing, because the provider takes AWS's default one away.
    AWS refuses to delete a group that a network interface still has.
    """

    group_ids: dict[str, pulumi.Output[str]]

    def __init__(
        self, name: str, args: SecurityGroupsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        made = {role: self._group(f"{name}-{role}", role, args) for role in args.roles}
        groups: dict[Role, pulumi.Input[str]] = {**args.existing, **made}
        for flow in args.flows:
            if isinstance(flow.target, Role):
                self._ingress(name, flow, groups[flow.target], groups[flow.source])
            self._egress(name, flow, args, groups)
        self.finish(group_ids={role.value: group for role, group in made.items()})

    def _group(self, name: str, role: Role, args: SecurityGroupsArgs) -> pulumi.Output[str]:
        group = aws.ec2.SecurityGroup(
            name,
            vpc_id=args.vpc_id,
            description=DESCRIPTIONS[role],
            tags={"Name": name, "role": role.value},
            # Interfaces that AWS services leave behind go minutes after their owner.
            opts=self.child(custom_timeouts=pulumi.CustomTimeouts(delete="30m")),
        )
        return group.id

    def _ingress(
        self, name: str, flow: Flow, group: pulumi.Input[str], source: pulumi.Input[str]
    ) -> None:
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-{flow.target}-from-{flow.source}-{flow.protocol}-{flow.port}",
            security_group_id=group,
            description=flow.why,
            ip_protocol=flow.protocol,
            from_port=flow.first_port,
            to_port=flow.last_port,
            referenced_security_group_id=source,
            opts=self.child(),
        )

    def _egress(
        self,
        name: str,
        flow: Flow,
        args: SecurityGroupsArgs,
        groups: Mapping[Role, pulumi.Input[str]],
    ) -> None:
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-{flow.source}-to-{flow.target}-{flow.protocol}-{flow.port}",
            security_group_id=groups[flow.source],
            description=flow.why,
            ip_protocol=flow.protocol,
            from_port=flow.first_port,
            to_port=flow.last_port,
            opts=self.child(),
            **_target(flow.target, args, groups),
        )


class _Target(TypedDict, total=False):
    """Where an egress rule leads; exactly one."""

    referenced_security_group_id: pulumi.Input[str]
    prefix_list_id: pulumi.Input[str]
    cidr_ipv4: str


def _target(
    target: Role | Outside, args: SecurityGroupsArgs, groups: Mapping[Role, pulumi.Input[str]]
) -> _Target:
    if isinstance(target, Role):
        return {"referenced_security_group_id": groups[target]}
    if target is Outside.INTERNET:
        return {"cidr_ipv4": ANYWHERE}
    return {"prefix_list_id": args.prefix_list_ids[target]}
