import json
from collections.abc import Callable

import pulumi
import pytest

from components.dns.dnssec import signing_policy
from tests.recording import Recording

DnsRecorder = Callable[..., Recording]

ACCOUNT = "222233334444"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deploy"


def test_a_zone_is_not_signed_unasked(dns: DnsRecorder) -> None:
    recording = dns("staging")
    assert not recording.of("KeySigningKey")
    assert "ds_record" not in recording.exports


@pytest.mark.parametrize("account", ["shared", "staging"])
def test_a_signed_zone_has_a_key_route_53_takes(dns: DnsRecorder, account: str) -> None:
    recording = dns(account, dnssec="signed")
    key = recording.one("kms/key:Key")
    assert key.inputs["customerMasterKeySpec"] == "ECC_NIST_P256"
    assert key.inputs["keyUsage"] == "SIGN_VERIFY"
    assert key.inputs["region"] == "us-east-1"
    assert key.inputs["deletionWindowInDays"] == 30
    assert key.protect
    alias = recording.one("Alias")
    assert alias.inputs["name"] == f"alias/{account}/dnssec"
    assert alias.inputs["region"] == "us-east-1"
    signing = recording.one("KeySigningKey")
    assert signing.inputs == {
        "hostedZoneId": recording.exports["zone_id"],
        "keyManagementServiceArn": key.outputs["arn"],
        "name": "zone",
    }
    assert recording.exports["ds_record"] == signing.outputs["dsRecord"]


def test_nobody_relies_on_a_zone_that_is_only_signed(dns: DnsRecorder) -> None:
    types = {one.inputs["type"] for one in dns("staging", dnssec="signed").of("Record")}
    assert "DS" not in types


def test_the_parent_vouches_for_a_trusted_zone(dns: DnsRecorder) -> None:
    recording = dns("staging", dnssec="trusted", ttl_seconds=120)
    trust = recording.one("Record", "dns-dnssec-trust")
    assert trust.inputs == {
        "name": "staging.example.com",
        "records": [recording.one("KeySigningKey").outputs["dsRecord"]],
        "ttl": 120,
        "type": "DS",
        "zoneId": "the shared:dns.zone_id",
    }
    assert trust.provider == "shared"


def test_trust_comes_after_signing_and_goes_before_it(dns: DnsRecorder) -> None:
    recording = dns("staging", dnssec="trusted")
    signed = recording.one("HostedZoneDnsSec")
    assert recording.one("KeySigningKey").urn in signed.depends_on
    assert signed.urn in recording.one("Record", "dns-dnssec-trust").depends_on


def test_stepping_back_from_trust_removes_the_parents_word_alone(dns: DnsRecorder) -> None:
    trusted, signed = dns("staging", dnssec="trusted"), dns("staging", dnssec="signed")
    gone = {one.urn for one in trusted.resources} - {one.urn for one in signed.resources}
    assert {trusted.by_urn(urn).name for urn in gone} == {"dns-dnssec-trust"}


def test_the_registrar_vouches_for_the_root(dns: DnsRecorder) -> None:
    with pytest.raises(pulumi.RunError, match=r"superinc:dns\.dnssec: got trusted for the root"):
        dns("shared", dnssec="trusted")


def test_only_route_53_signs_and_only_this_zone() -> None:
    policy = json.loads(signing_policy(ACCOUNT, ROLE, "Z1"))
    signing = [s for s in policy["Statement"] if "kms:Sign" in s["Action"]]
    (statement,) = signing
    assert statement["Principal"] == {"Service": "dnssec-route53.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnEquals": {"aws:SourceArn": "arn:aws:route53:::hostedzone/Z1"},
    }
    (administrators,) = [s for s in policy["Statement"] if s["Principal"] == {"AWS": ROLE}]
    assert not {"kms:Sign", "kms:*"} & set(administrators["Action"])


def test_signing_is_planned_before_anything_is_known(dns: DnsRecorder) -> None:
    known = {one.urn for one in dns("staging", dnssec="trusted").resources}
    planned = {one.urn for one in dns("staging", dnssec="trusted", preview=True).resources}
    assert planned == known
