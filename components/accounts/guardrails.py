"""The organisation's guardrails and what they are attached to."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.accounts.policies import Guardrail, Scope
from components.base import Component


@dataclass(frozen=True, kw_only=True)
class GuardrailsArgs:
    """Inputs of :class:`Guardrails`.

    Attributes:
        policies: The policies to make.
        targets: For each scope, what to attach its policies to: names for people and
            logical names → ids of roots or accounts.
    """

    policies: tuple[Guardrail, ...]
    targets: Mapping[Scope, Mapping[str, pulumi.Input[str]]]


class Guardrails(Component):
    """Service and resource control policies and their attachments, in the management account.

    Deleting one lifts it at once everywhere, so a change of the policies is reviewed like a
    change of permissions. Costs nothing.
    """

    policy_ids: pulumi.Output[dict[str, str]]

    def __init__(
        self, name: str, args: GuardrailsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)

        ids: dict[str, pulumi.Output[str]] = {}
        for policy in args.policies:
            made = aws.organizations.Policy(
                f"{name}-{policy.name}",
                name=f"superinc-{policy.name}",
                description=policy.description,
                type=policy.type,
                content=policy.content,
                opts=self.child(),
            )
            ids[policy.name] = made.id
            for target, target_id in args.targets[policy.scope].items():
                aws.organizations.PolicyAttachment(
                    f"{name}-{policy.name}-{target}",
                    policy_id=made.id,
                    target_id=target_id,
                    opts=self.child(),
                )

        self.finish(policy_ids=pulumi.Output.all(**ids))
