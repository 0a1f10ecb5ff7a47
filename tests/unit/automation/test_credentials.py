"""Whose credentials these are, and whether they are the right ones."""

from typing import Any, cast

import moto
import pytest

from automation.credentials import Access, aws_errors
from automation.errors import CredentialsError, PlatformError
from components.config import Organization

KEYS = {"AWS_ACCESS_KEY_ID": "fake", "AWS_SECRET_ACCESS_KEY": "hushhush"}
MOTO_ACCOUNT = "123456789012"


def _organization(management_id: str) -> Organization:
    kinds = ("identity", "shared", "backup", "monitoring")
    accounts: dict[str, Any] = {kind: {"kind": kind} for kind in kinds}
    accounts["management"] = {"kind": "management", "id": management_id}
    return Organization.model_validate(
        {
            "domain": "example.com",
            "email": "aws+{account}@example.com",
            "regions": {"home": "eu-central-1", "replica": "eu-west-1"},
            "accounts": accounts,
        }
    )


def test_the_management_accounts_own_credentials_pass() -> None:
    with moto.mock_aws():
        caller = Access(KEYS, region="eu-central-1").verify_management(_organization(MOTO_ACCOUNT))
    assert caller.account_id == MOTO_ACCOUNT


def test_credentials_of_another_account_are_refused_naming_both() -> None:
    with moto.mock_aws(), pytest.raises(CredentialsError) as caught:
        Access(KEYS, region="eu-central-1").verify_management(_organization("999999999999"))
    assert MOTO_ACCOUNT in str(caught.value)
    assert "wanted the management account 999999999999" in str(caught.value)
    assert caught.value.exit_code == 9


def test_a_role_is_assumed_in_the_account_it_must_lead_to() -> None:
    with moto.mock_aws():
        caller = Access(KEYS, region="eu-central-1").verify_account("222222222222", "Access")
    assert caller.account_id == "222222222222"
    assert ":assumed-role/Access/" in caller.arn


def test_without_credentials_there_is_one_line_and_a_hint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(CredentialsError) as caught:
        Access({}, region="eu-central-1").caller()
    assert "got no usable AWS credentials" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.hint is not None


def test_a_profile_that_does_not_exist_is_a_matter_of_credentials() -> None:
    with pytest.raises(CredentialsError, match="nobody"):
        Access({"AWS_PROFILE": "nobody"}, region="eu-central-1").caller()


def test_the_environment_given_counts_and_not_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with moto.mock_aws():
        assert Access(KEYS, region="eu-central-1").caller().account_id == MOTO_ACCOUNT


def test_clients_of_one_identity_share_what_botocore_has_read() -> None:
    clients = [
        cast("Any", Access({**KEYS, "AWS_SECRET_ACCESS_KEY": secret}, region=region).sts())
        for secret, region in (("a", "eu-west-1"), ("a", "eu-north-1"), ("b", "eu-west-1"))
    ]
    models = [client.meta.service_model for client in clients]
    secrets = [client._request_signer._credentials.secret_key for client in clients]
    assert secrets == ["a", "a", "b"]
    assert models[0].metadata is models[1].metadata
    assert models[0].metadata is not models[2].metadata


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AccessDenied", CredentialsError),
        ("ExpiredToken", CredentialsError),
        ("InternalError", PlatformError),
    ],
)
def test_a_refusal_is_told_in_awss_own_words(code: str, kind: type[PlatformError]) -> None:
    from botocore.exceptions import ClientError

    with pytest.raises(PlatformError) as caught, aws_errors("asking"):
        raise ClientError({"Error": {"Code": code, "Message": "go away"}}, "Ask")
    assert type(caught.value) is kind
    assert str(caught.value) == f"asking: AWS refused with {code}: go away"


def test_an_endpoint_that_does_not_answer_is_told_by_its_address() -> None:
    from botocore.exceptions import EndpointConnectionError

    with pytest.raises(PlatformError, match=r"http://127\.0\.0\.1:1") as caught, aws_errors("x"):
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
    assert caught.value.hint == "platform doctor"


def test_no_secret_is_ever_shown() -> None:
    access = Access(KEYS, region="eu-central-1")
    assert "hushhush" not in repr(access) + str(vars(access).keys())
