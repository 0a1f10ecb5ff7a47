"""What the load balancer lets through, and to where: its listener rules."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.edge.identity_provider import IdentityProvider, login_action

ADMIN_PRIORITY = 10
API_PRIORITY, SITE_PRIORITY = 100, 101
"""Lower wins. Admin pages come first: their paths may look like the API's."""

ADMIN_HOSTS_PER_RULE = 3
"""A rule takes five values (ELB User Guide, "Quotas"); two may be the origin's secrets."""

_Condition = aws.lb.ListenerRuleConditionArgs
_Action = aws.lb.ListenerRuleActionArgs


@dataclass(frozen=True, kw_only=True)
class RequiredHeader:
    """A header without which nothing is let through.

    Attributes:
        name: The header.
        values: The secrets, any of which will do.
    """

    name: str
    values: Sequence[pulumi.Input[str]]


@dataclass(frozen=True, kw_only=True)
class RoutesArgs:
    """Inputs of :class:`Routes`.

    Attributes:
        listener_arn: The listener.
        target_group_arn: What answers.
        api_host: The API's full name, if it has one of its own.
        site_paths: Paths that the API answers under any name.
        admin_hosts: Full names of the admin pages.
        identity_provider: Where visitors of admin pages log in; None if the web ACL asks them.
        required_header: What proves that a request came through our CloudFront.
    """

    listener_arn: pulumi.Input[str]
    target_group_arn: pulumi.Input[str]
    api_host: str | None = None
    site_paths: Sequence[str] = ()
    admin_hosts: Sequence[str] = ()
    identity_provider: IdentityProvider | None = None
    required_header: RequiredHeader | None = None


class Routes(Component):
    """Rules for the API's name, the API's paths of the site, and the admin pages.

    What no rule names is refused by the listener. Names inside the cluster are its own gateway's
    matter: all of it goes to one target group. Deleting a rule turns its names away at once.
    """

    rule_arns: list[pulumi.Output[str]]

    def __init__(
        self, name: str, args: RoutesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        rules = self._admin(name, args)
        if args.api_host is not None:
            rules.append(self._rule(f"{name}-api", args, API_PRIORITY, _hosts([args.api_host])))
        if args.site_paths:
            rules.append(self._rule(f"{name}-site", args, SITE_PRIORITY, _paths(args.site_paths)))
        self.finish(rule_arns=[rule.arn for rule in rules])

    def _admin(self, name: str, args: RoutesArgs) -> list[aws.lb.ListenerRule]:
        login = None
        if args.identity_provider is not None:
            login = login_action(args.identity_provider)
        hosts, step = sorted(args.admin_hosts), ADMIN_HOSTS_PER_RULE
        parts = [hosts[start : start + step] for start in range(0, len(hosts), step)]
        return [
            self._rule(f"{name}-admin-{number}", args, ADMIN_PRIORITY + number, _hosts(part), login)
            for number, part in enumerate(parts)
        ]

    def _rule(
        self,
        name: str,
        args: RoutesArgs,
        priority: int,
        condition: _Condition,
        login: _Action | None = None,
    ) -> aws.lb.ListenerRule:
        conditions = [condition]
        if args.required_header is not None:
            header = args.required_header
            conditions.append(
                _Condition(
                    http_header=aws.lb.ListenerRuleConditionHttpHeaderArgs(
                        http_header_name=header.name, values=list(header.values)
                    )
                )
            )
        forward = _Action(type="forward", order=2, target_group_arn=args.target_group_arn)
        return aws.lb.ListenerRule(
            name,
            listener_arn=args.listener_arn,
            priority=priority,
            conditions=conditions,
            actions=[forward] if login is None else [login, forward],
            opts=self.child(),
        )


def _hosts(names: Sequence[str]) -> _Condition:
    return _Condition(host_header=aws.lb.ListenerRuleConditionHostHeaderArgs(values=list(names)))


def _paths(paths: Sequence[str]) -> _Condition:
    return _Condition(path_pattern=aws.lb.ListenerRuleConditionPathPatternArgs(values=list(paths)))
