from collections.abc import Callable

import pytest

from tests.recording import Recording

DnsRecorder = Callable[..., Recording]

every_account = pytest.mark.parametrize("account", ["shared", "staging"])


def test_the_root_zone_answers_for_the_organisations_domain(dns: DnsRecorder) -> None:
    recording = dns("shared")
    zone = recording.one("Zone")
    assert zone.inputs == {
        "comment": "example.com (root)",
        "forceDestroy": False,
        "name": "example.com",
    }
    assert recording.exports["zone_id"] == zone.id
    assert recording.exports["domain"] == "example.com"
    assert recording.exports["name_servers"] == zone.outputs["nameServers"]


def test_another_account_answers_for_a_domain_of_its_own(dns: DnsRecorder) -> None:
    recording = dns("staging")
    zone = recording.one("Zone")
    assert zone.inputs["name"] == "staging.example.com"
    assert zone.provider == "staging"
    assert recording.exports["zone_id"] == zone.id
    assert recording.exports["domain"] == "staging.example.com"
    assert recording.exports["name_servers"] == zone.outputs["nameServers"]


@every_account
def test_a_zone_cannot_be_lost_by_accident(dns: DnsRecorder, account: str) -> None:
    zone = dns(account).one("Zone")
    assert zone.protect
    assert zone.inputs["forceDestroy"] is False


def test_the_root_zone_delegates_to_nobody_by_itself(dns: DnsRecorder) -> None:
    types = {one.inputs["type"] for one in dns("shared").of("Record")}
    assert types == {"SOA", "CAA"}


def test_the_later_stack_writes_its_delegation_into_the_root_zone(dns: DnsRecorder) -> None:
    recording = dns("staging", ttl_seconds=120)
    delegation = recording.one("Record", "dns-delegation")
    assert delegation.inputs == {
        "name": "staging.example.com",
        "records": recording.one("Zone").outputs["nameServers"],
        "ttl": 120,
        "type": "NS",
        "zoneId": "the shared:dns.zone_id",
    }


def test_only_the_delegation_uses_the_parents_account(dns: DnsRecorder) -> None:
    recording = dns("staging")
    foreign = {one.name for one in recording.resources if one.provider == "shared"}
    assert foreign == {"dns-delegation"}


def test_nobody_is_sent_to_a_zone_before_it_is_ready_nor_after_it_is_gone(dns: DnsRecorder) -> None:
    recording = dns("staging")
    needed = recording.one("Record", "dns-delegation").depends_on
    ready = {
        recording.one("Zone").urn,
        *(recording.one("Record", f"dns-{r}").urn for r in ("soa", "caa")),
    }
    assert ready <= needed


def test_what_needs_the_name_servers_waits_for_the_delegation(dns: DnsRecorder) -> None:
    recording = dns("staging")
    waiting = recording.one("tests:dns:Certificate").depends_on
    assert recording.one("Record", "dns-delegation").urn in waiting


@every_account
def test_what_is_not_there_is_soon_forgotten(dns: DnsRecorder, account: str) -> None:
    recording = dns(account, negative_ttl_seconds=45)
    soa, zone = recording.one("Record", "dns-soa"), recording.one("Zone")
    server = zone.outputs["primaryNameServer"]
    assert soa.inputs == {
        "allowOverwrite": True,
        "name": zone.inputs["name"],
        "records": [f"{server} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 45"],
        "ttl": 45,
        "type": "SOA",
        "zoneId": zone.id,
    }


@every_account
def test_the_soa_record_is_left_to_the_deletion_of_its_zone(dns: DnsRecorder, account: str) -> None:
    kept = {one.name for one in dns(account).resources if one.retain_on_delete}
    assert kept == {"dns-soa"}


@every_account
def test_only_the_named_authorities_may_issue_certificates(dns: DnsRecorder, account: str) -> None:
    recording = dns(account, certificate_authorities=["amazon.com", "letsencrypt.org"])
    caa = recording.one("Record", "dns-caa")
    assert caa.inputs["records"] == ['0 issue "amazon.com"', '0 issue "letsencrypt.org"']
    assert caa.inputs["name"] == recording.exports["domain"]
    assert caa.inputs["ttl"] == 300


def test_authorities_can_be_left_unsaid(dns: DnsRecorder) -> None:
    assert dns("shared", certificate_authorities=[]).names("Record") == {"dns-soa"}


@every_account
def test_it_builds_before_anything_is_known(dns: DnsRecorder, account: str) -> None:
    assert dns(account, preview=True).of("Zone")


def test_a_new_ttl_changes_only_the_records_that_carry_it(dns: DnsRecorder) -> None:
    before, after = dns("staging"), dns("staging", ttl_seconds=60)
    old = {one.urn: one.inputs for one in before.resources}
    assert {one.urn for one in after.resources} == old.keys()
    changed = {one.name for one in after.resources if one.inputs != old[one.urn]}
    assert changed == {"dns-delegation", "dns-caa"}
