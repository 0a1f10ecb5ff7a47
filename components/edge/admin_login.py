"""The password of admin pages that know no persons: HTTP basic authentication (SEC-13)."""

import base64
import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.base import Component

USERNAME = "admin"
LENGTH = 40
"""Letters and digits: 238 bits, so nobody guesses it and no counter of failures is needed."""

RECOVERY_DAYS = 7
"""The shortest Secrets Manager allows: the password is made, not given, and can be made again."""


@dataclass(frozen=True, kw_only=True)
class AdminLoginArgs:
    """Inputs of :class:`AdminLogin`.

    Attributes:
        generation: One more makes a new password; the old one ends at once.
        kms_key_arn: The account's key for secrets.
    """

    generation: int
    kms_key_arn: pulumi.Input[str]


class AdminLogin(Component):
    """A generated password, and the header a browser sends once it has been told it.

    The web ACL asks for the header, so a request without it reaches nothing of ours. Whoever may
    read the web ACL sees the password. Bills as one secret of Secrets Manager, which can be
    brought back for a week after its deletion.
    """

    authorization: pulumi.Output[str]
    secret_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: AdminLoginArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        password = random.RandomPassword(
            f"{name}-password",
            length=LENGTH,
            special=False,
            keepers={"generation": str(args.generation)},
            opts=self.child(),
        )
        secret = aws.secretsmanager.Secret(
            f"{name}-secret",
            description="Login of the admin pages",
            kms_key_id=args.kms_key_arn,
            recovery_window_in_days=RECOVERY_DAYS,
            opts=self.child(),
        )
        aws.secretsmanager.SecretVersion(
            f"{name}-version",
            secret_id=secret.id,
            secret_string=password.result.apply(
                lambda known: json.dumps({"username": USERNAME, "password": known})
            ),
            opts=self.child(),
        )
        self.finish(
            authorization=password.result.apply(authorization_header), secret_arn=secret.arn
        )


def authorization_header(password: str) -> str:
    """What a browser sends with this password (RFC 7617, section 2)."""
    return f"Basic {base64.b64encode(f'{USERNAME}:{password}'.encode()).decode()}"
