"""The header that tells our CloudFront from everybody else's (playbook SEC-03)."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.base import Component

HEADER = "X-Origin-Verify"
"""What CloudFront sends and the load balancer wants (AWS security blog's name for it)."""

LENGTH = 64
"""Letters and digits; a load balancer compares without case, which leaves 330 bits of them."""

RECOVERY_DAYS = 7
"""The shortest Secrets Manager allows: the secret is made, not given, and can be made again."""


@dataclass(frozen=True, kw_only=True)
class OriginSecretArgs:
    """Inputs of :class:`OriginSecret`.

    Attributes:
        generation: Which secret is sent; one more makes a new one.
        kms_key_arn: The account's key for secrets.
    """

    generation: int
    kms_key_arn: pulumi.Input[str]


class OriginSecret(Component):
    """Two generated secrets: the one CloudFront sends, and the one it sent before.

    CloudFront takes minutes to change what it sends, so a load balancer that took only the new
    secret would refuse everybody meanwhile. Each rotation makes anew the secret that is not in
    use, and both are accepted. Whoever may read the distribution or the load balancer's rules
    sees them. Bills as one secret of Secrets Manager, which can be brought back for a week after
    its deletion.
    """

    sent: pulumi.Output[str]
    accepted: list[pulumi.Output[str]]
    secret_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: OriginSecretArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        made = {
            role: random.RandomPassword(
                f"{name}-{role}",
                length=LENGTH,
                special=False,
                keepers={"generation": str(generation)},
                opts=self.child(),
            ).result
            for role, generation in _generations(args.generation).items()
        }
        sent = made["even" if args.generation % 2 == 0 else "odd"]
        secret = aws.secretsmanager.Secret(
            f"{name}-secret",
            description=f"Header {HEADER} between CloudFront and the load balancer",
            kms_key_id=args.kms_key_arn,
            recovery_window_in_days=RECOVERY_DAYS,
            opts=self.child(),
        )
        aws.secretsmanager.SecretVersion(
            f"{name}-version", secret_id=secret.id, secret_string=sent, opts=self.child()
        )
        self.finish(sent=sent, accepted=list(made.values()), secret_arn=secret.arn)


def _generations(latest: int) -> dict[str, int]:
    """The last two generations, each in the place it keeps: moving to the next changes one."""
    even = latest - latest % 2
    return {"even": even, "odd": latest if latest % 2 else latest - 1}
