from collections.abc import Callable

import pulumi
import pytest

from tests.recording import Recorded, Recording

DnsRecorder = Callable[..., Recording]

ROOT_ZONE = "the shared:dns.zone_id"


def options_of(certificate: Recorded) -> dict[str, str]:
    """The name of the proof ACM wants, by domain."""
    return {
        option["domainName"]: option["resourceRecordName"]
        for option in certificate.outputs["domainValidationOptions"]
    }


def test_nobody_gets_a_certificate_unasked(dns: DnsRecorder) -> None:
    recording = dns("staging")
    assert not recording.of("acm/certificate:Certificate")
    assert "certificate_arn" not in recording.exports


@pytest.mark.parametrize(
    ("account", "domain"), [("shared", "example.com"), ("staging", "staging.example.com")]
)
def test_a_domain_and_the_names_below_it_are_covered_here_and_for_cloudfront(
    dns: DnsRecorder, account: str, domain: str
) -> None:
    asked = dns(account, certificates=True).of("acm/certificate:Certificate")
    assert {one.name: one.inputs for one in asked} == {
        f"dns-certificates-{role}-certificate": {
            "domainName": domain,
            "subjectAlternativeNames": [f"*.{domain}"],
            "validationMethod": "DNS",
            "region": region,
        }
        for role, region in (("regional", "eu-central-1"), ("cdn", "us-east-1"))
    }


def test_one_record_proves_both_certificates_and_the_wildcard(dns: DnsRecorder) -> None:
    recording = dns("staging", certificates=True)
    proof = recording.one("Record", "dns-certificates-validation")
    regional = recording.one("acm/certificate:Certificate", "dns-certificates-regional-certificate")
    (option, _wildcard) = regional.outputs["domainValidationOptions"]
    assert proof.inputs == {
        "name": option["resourceRecordName"],
        "records": [option["resourceRecordValue"]],
        "ttl": 60,
        "type": "CNAME",
        "zoneId": recording.exports["zone_id"],
    }
    assert proof.provider == "staging"
    for issued in recording.of("CertificateValidation"):
        assert issued.inputs["validationRecordFqdns"] == [proof.outputs["fqdn"]]


def test_a_certificate_is_published_once_it_is_issued(dns: DnsRecorder) -> None:
    recording = dns("staging", certificates=True)
    for role, output in (("regional", "certificate_arn"), ("cdn", "cdn_certificate_arn")):
        issued = recording.one("CertificateValidation", f"dns-certificates-{role}-issued")
        asked = recording.one("acm/certificate:Certificate", f"dns-certificates-{role}-certificate")
        assert issued.inputs["certificateArn"] == asked.outputs["arn"]
        assert issued.inputs["region"] == asked.inputs["region"]
        assert recording.exports[output] == issued.outputs["certificateArn"]


def test_nothing_is_asked_of_acm_before_the_delegation(dns: DnsRecorder) -> None:
    recording = dns("staging", certificates=True, apex=True)
    delegation = recording.one("Record", "dns-delegation").urn
    of_acm = [one for one in recording.resources if one.custom and "acm/" in one.type]
    assert len(of_acm) == 6
    for one in of_acm:
        assert delegation in one.depends_on, one.name


def test_the_apex_has_a_certificate_with_every_name_of_the_site(dns: DnsRecorder) -> None:
    recording = dns("staging", certificates=True, apex=True)
    asked = recording.one("acm/certificate:Certificate", "dns-apex-certificate")
    assert asked.inputs == {
        "domainName": "example.com",
        "subjectAlternativeNames": [
            "www.example.com",
            "staging.example.com",
            "*.staging.example.com",
        ],
        "validationMethod": "DNS",
        "region": "us-east-1",
    }
    issued = recording.one("CertificateValidation", "dns-apex-issued")
    assert recording.exports["apex_certificate_arn"] == issued.outputs["certificateArn"]


def test_the_proofs_of_the_root_domain_are_written_into_the_root_zone(dns: DnsRecorder) -> None:
    recording = dns("staging", certificates=True, apex=True)
    asked = recording.one("acm/certificate:Certificate", "dns-apex-certificate")
    proofs = options_of(asked)
    root = recording.one("Record", "dns-apex-root-validation")
    www = recording.one("Record", "dns-apex-www-validation")
    own = recording.one("Record", "dns-certificates-validation")
    for record, domain in ((root, "example.com"), (www, "www.example.com")):
        assert record.inputs["zoneId"] == ROOT_ZONE
        assert record.inputs["name"] == proofs[domain]
        assert record.provider == "shared"
    issued = recording.one("CertificateValidation", "dns-apex-issued")
    fqdns = [record.outputs["fqdn"] for record in (root, www, own)]
    assert issued.inputs["validationRecordFqdns"] == fqdns


def test_taking_the_apex_touches_no_certificate_in_use(dns: DnsRecorder) -> None:
    before, after = dns("staging", certificates=True), dns("staging", certificates=True, apex=True)
    new = {one.urn: one.inputs for one in after.resources}
    assert all(new[one.urn] == one.inputs for one in before.resources)
    added = {one.name for one in after.resources} - {one.name for one in before.resources}
    assert {name for name in added if not name.startswith("dns-apex")} == set()


def test_the_root_zones_account_covers_the_apex_without_asking(dns: DnsRecorder) -> None:
    with pytest.raises(pulumi.RunError, match=r"superinc:dns\.apex: got true in the root zone's"):
        dns("shared", certificates=True, apex=True)


@pytest.mark.parametrize("account", ["shared", "staging"])
def test_certificates_are_planned_before_acm_says_what_it_wants(
    dns: DnsRecorder, account: str
) -> None:
    values = {"certificates": True, "apex": account == "staging"}
    known = {one.urn for one in dns(account, **values).resources}
    assert {one.urn for one in dns(account, preview=True, **values).resources} == known


def test_a_new_ttl_leaves_certificates_alone(dns: DnsRecorder) -> None:
    before = dns("staging", certificates=True, apex=True)
    after = dns("staging", certificates=True, apex=True, ttl_seconds=60)
    old = {one.urn: one.inputs for one in before.resources}
    assert {one.urn for one in after.resources} == old.keys()
    changed = {one.name for one in after.resources if one.inputs != old[one.urn]}
    assert changed == {"dns-delegation", "dns-caa"}
