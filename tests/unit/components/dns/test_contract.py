import pytest
from pydantic import ValidationError

from components.contracts import AccountKind
from components.dns.contract import CONTRACT, ROOT_ZONE_ID, DnsConfig, organization_problems


def test_nothing_need_be_said_about_a_zone() -> None:
    config = DnsConfig()
    assert config.ttl_seconds == 300
    assert config.negative_ttl_seconds == 60
    assert config.certificate_authorities == ("amazon.com",)


@pytest.mark.parametrize("key", ["ttl_seconds", "negative_ttl_seconds"])
@pytest.mark.parametrize("seconds", [29, 301])
def test_resolvers_remember_neither_for_long_nor_not_at_all(key: str, seconds: int) -> None:
    with pytest.raises(ValidationError, match=key):
        DnsConfig.model_validate({key: seconds})


def test_amazon_must_be_among_the_authorities() -> None:
    with pytest.raises(ValidationError, match=r"got letsencrypt\.org, wanted one of amazon\.com, "):
        DnsConfig.model_validate({"certificate_authorities": ["letsencrypt.org"]})


@pytest.mark.parametrize("kind", sorted(set(AccountKind) - {AccountKind.SHARED}))
def test_every_other_account_reads_the_zone_that_delegates_to_it(kind: AccountKind) -> None:
    assert CONTRACT.reads(DnsConfig(), kind) == (ROOT_ZONE_ID,)


def test_the_root_zone_reads_nothing() -> None:
    assert CONTRACT.reads(DnsConfig(), AccountKind.SHARED) == ()


def test_what_is_read_is_published() -> None:
    assert ROOT_ZONE_ID.output in CONTRACT.output_names()


def test_the_apex_needs_certificates() -> None:
    with pytest.raises(ValidationError, match="apex: got true with certificates: false, wanted"):
        DnsConfig.model_validate({"apex": True})


def test_the_root_domain_is_answered_by_one_account() -> None:
    holder, other = DnsConfig(apex=True, certificates=True), DnsConfig()
    assert organization_problems({"production": holder, "staging": other}) == []
    found = organization_problems({"staging": holder, "production": holder})
    assert [(stack, path) for stack, path, _ in found] == [("staging", "apex")]
    assert found[0][2].startswith("got production, staging, wanted one")


def test_certificates_and_signatures_are_asked_for() -> None:
    config = DnsConfig()
    assert (config.certificates, config.apex, config.dnssec) == (False, False, "none")
