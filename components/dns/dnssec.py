"""DNSSEC for one zone: the key that signs it, and the parent's word that the key is right."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.keys.policy import ADMINISTRATION
from components.naming import root_arn
from components.statements import allow, document

SIGNING_REGION = "us-east-1"
"""Route 53 takes signing keys from this Region only (Developer Guide, "Working with customer
managed keys for DNSSEC")."""

SIGNING_KEY = "zone"
"""Name of the key-signing key within its zone. STATE."""

DELETION_WINDOW_DAYS = 30
"""The longest AWS allows (playbook KMS-08)."""


@dataclass(frozen=True, kw_only=True)
class ParentZone:
    """Where a chain of trust comes from.

    Attributes:
        zone_id: The zone that delegates to the signed one.
        provider: Provider with credentials for its account.
        ttl_seconds: How long resolvers may remember that the zone is signed: so long a broken
            signature outlives its correction.
    """

    zone_id: pulumi.Input[str]
    provider: aws.Provider
    ttl_seconds: int


@dataclass(frozen=True, kw_only=True)
class DnssecArgs:
    """Inputs of :class:`Dnssec`.

    Attributes:
        domain: The zone's name.
        zone_id: The zone.
        key_alias: Alias of the signing key, ``alias/…``.
        account_id: The account of the zone and the key.
        administrator_arn: The role that administers the key.
        parent: Where to vouch for it; without one the zone is signed and nobody relies on it.
    """

    domain: str
    zone_id: pulumi.Output[str]
    key_alias: str
    account_id: pulumi.Output[str]
    administrator_arn: pulumi.Output[str]
    parent: ParentZone | None


class Dnssec(Component):
    """A signed zone; with a parent, one whose signatures resolvers insist on.

    Insisting is what can go wrong: a zone whose parent vouches for it and that is no longer
    signed is gone for everybody who checks. So the DS record is the last to be made and the first
    to go, and its TTL must pass between its removal and the end of signing. About one US dollar a
    month for the key.
    """

    ds_record: pulumi.Output[str]

    def __init__(
        self, name: str, args: DnssecArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        signing = aws.route53.KeySigningKey(
            f"{name}-signing",
            hosted_zone_id=args.zone_id,
            name=SIGNING_KEY,
            key_management_service_arn=self._key(name, args).arn,
            opts=self.child(),
        )
        signed = aws.route53.HostedZoneDnsSec(
            f"{name}-signed",
            hosted_zone_id=signing.hosted_zone_id,
            opts=self.child(depends_on=[signing]),
        )
        if args.parent is not None:
            aws.route53.Record(
                f"{name}-trust",
                zone_id=args.parent.zone_id,
                name=args.domain,
                type="DS",
                ttl=args.parent.ttl_seconds,
                records=[signing.ds_record],
                opts=self.child(provider=args.parent.provider, depends_on=[signed]),
            )
        self.finish(ds_record=signing.ds_record)

    def _key(self, name: str, args: DnssecArgs) -> aws.kms.Key:
        key = aws.kms.Key(
            f"{name}-key",
            description=f"Signs {args.domain}",
            key_usage="SIGN_VERIFY",
            customer_master_key_spec="ECC_NIST_P256",
            region=SIGNING_REGION,
            policy=pulumi.Output.all(args.account_id, args.administrator_arn, args.zone_id).apply(
                lambda facts: signing_policy(facts[0], facts[1], facts[2])
            ),
            deletion_window_in_days=DELETION_WINDOW_DAYS,
            bypass_policy_lockout_safety_check=False,
            opts=self.child(protect=True),
        )
        aws.kms.Alias(
            f"{name}-alias",
            name=args.key_alias,
            target_key_id=key.key_id,
            region=SIGNING_REGION,
            opts=self.child(),
        )
        return key


def signing_policy(account_id: str, administrator_arn: str, zone_id: str) -> str:
    """The key policy: Route 53 signs this one zone, the administrator cannot sign.

    The two statements for the service are those of the Route 53 Developer Guide, "Working with
    customer managed keys for DNSSEC".
    """
    route53 = {"Service": "dnssec-route53.amazonaws.com"}
    zone = {
        "StringEquals": {"aws:SourceAccount": account_id},
        "ArnEquals": {"aws:SourceArn": f"arn:aws:route53:::hostedzone/{zone_id}"},
    }
    return document(
        [
            allow("Owner", ["kms:*"], ["*"], principal={"AWS": root_arn(account_id)}),
            allow("Administrators", ADMINISTRATION, ["*"], principal={"AWS": administrator_arn}),
            allow(
                "Route53Signs",
                ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"],
                ["*"],
                principal=route53,
                condition=zone,
            ),
            allow(
                "Route53Grants",
                ["kms:CreateGrant"],
                ["*"],
                principal=route53,
                condition={"Bool": {"kms:GrantIsForAWSResource": "true"}},
            ),
        ]
    )
