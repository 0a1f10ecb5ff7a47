"""Secrets of Argo CD: generated or given, kept in Secrets Manager, never in a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import pulumi_random as random

from components.base import Component
from components.delivery.argo_cd import NAMESPACE
from components.delivery.argo_cd_values import SSO_KEY, WEBHOOK_KEY

TARGET = "argocd-secret"
"""The Secret Argo CD reads them from; the chart makes it."""

LENGTH = 40
"""Letters and digits: 238 bits."""

RECOVERY_DAYS = 7
REFRESH = "1h"


@dataclass(frozen=True, kw_only=True)
class ArgoCdSecretsArgs:
    """Inputs of :class:`ArgoCdSecrets`.

    Attributes:
        provider: The cluster.
        kms_key_arn: The account's key for secrets.
        prefix: First part of the names that External Secrets may read.
        store: The ClusterSecretStore of Secrets Manager.
        webhook: Whether announcements of pushes are signed.
        sso: Whether there is an identity provider, with a client secret.
        ready: What must be there first: Argo CD and External Secrets.
    """

    provider: kubernetes.Provider
    kms_key_arn: pulumi.Input[str]
    prefix: str
    store: str
    webhook: bool
    sso: bool
    ready: Sequence[pulumi.Resource]


class ArgoCdSecrets(Component):
    """The webhook's secret and the place of the client secret, merged into Argo CD's own Secret.

    Merged, because that Secret also holds keys Argo CD makes: whoever owned it would wipe them.
    The webhook's secret is generated; give it to the source repository. The client secret has no
    value until people put it there. Without a webhook secret anybody could make Argo CD refresh.
    Deleted, they can be had back for a week.
    """

    webhook_secret_arn: pulumi.Output[str | None]
    sso_secret_arn: pulumi.Output[str | None]

    def __init__(
        self, name: str, args: ArgoCdSecretsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        webhook = self._webhook(name, args) if args.webhook else None
        sso = self._secret(name, "sso", "Client secret of Argo CD", args) if args.sso else None
        if sso is not None:
            self._merged(name, "sso", args, SSO_KEY, sso, [])
        nothing = pulumi.Output.from_input(None)
        self.finish(
            webhook_secret_arn=nothing if webhook is None else webhook.arn,
            sso_secret_arn=nothing if sso is None else sso.arn,
        )

    def _webhook(self, name: str, args: ArgoCdSecretsArgs) -> aws.secretsmanager.Secret:
        password = random.RandomPassword(
            f"{name}-webhook-password", length=LENGTH, special=False, opts=self.child()
        )
        secret = self._secret(name, "webhook", "Signs webhooks to Argo CD", args)
        version = aws.secretsmanager.SecretVersion(
            f"{name}-webhook-version",
            secret_id=secret.id,
            secret_string=password.result,
            opts=self.child(),
        )
        self._merged(name, "webhook", args, WEBHOOK_KEY, secret, [version])
        return secret

    def _secret(
        self, name: str, role: str, description: str, args: ArgoCdSecretsArgs
    ) -> aws.secretsmanager.Secret:
        return aws.secretsmanager.Secret(
            f"{name}-{role}-secret",
            # STATE: External Secrets may read what is below the prefix, and nothing else.
            name_prefix=f"{args.prefix}/{NAMESPACE}/{role}-",
            description=description,
            kms_key_id=args.kms_key_arn,
            recovery_window_in_days=RECOVERY_DAYS,
            opts=self.child(),
        )

    def _merged(
        self,
        name: str,
        role: str,
        args: ArgoCdSecretsArgs,
        key: str,
        secret: aws.secretsmanager.Secret,
        after: Sequence[pulumi.Resource],
    ) -> None:
        kubernetes.apiextensions.CustomResource(
            f"{name}-{role}-external-secret",
            api_version="external-secrets.io/v1",
            kind="ExternalSecret",
            metadata={"name": f"argocd-{role}", "namespace": NAMESPACE},
            spec=external_secret(args.store, key, secret.name),
            opts=self.child(provider=args.provider, depends_on=[*args.ready, *after]),
        )


def external_secret(store: str, key: str, secret_name: pulumi.Input[str]) -> Mapping[str, object]:
    """One key of Argo CD's Secret, taken from a secret of Secrets Manager."""
    return {
        "refreshInterval": REFRESH,
        "secretStoreRef": {"kind": "ClusterSecretStore", "name": store},
        "target": {"name": TARGET, "creationPolicy": "Merge", "deletionPolicy": "Retain"},
        "data": [{"secretKey": key, "remoteRef": {"key": secret_name}}],
    }
