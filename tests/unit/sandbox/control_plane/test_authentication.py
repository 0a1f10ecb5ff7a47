"""Tokens and who they are: made by botocore, reviewed by the webhook."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from botocore.session import Session
from moto import mock_aws

from sandbox.aws.access_entries import AccessEntry, PolicyAssociation
from sandbox.control_plane import access, authentication, tokens
from sandbox.control_plane.authentication import Caller, RefusedError, TokenReviews, identify
from sandbox.store import Store

ACCOUNT = "444455556666"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/people/Admin"
CLUSTER = "staging"
PATH = access.review_path(ACCOUNT, "eu-central-1", CLUSTER)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "sandbox")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Session()


def token(session: Session, role: str | None = ROLE, cluster: str = CLUSTER) -> str:
    return tokens.get_token(cluster, region="eu-central-1", role_arn=role, session=session)


def test_a_role_is_known_by_its_token(session: Session) -> None:
    caller = identify(token(session), CLUSTER)
    assert caller.arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/EKSGetTokenAuth"
    assert caller.principal == (ACCOUNT, "Admin")
    assert caller.session == "EKSGetTokenAuth"


def test_a_token_is_good_for_the_cluster_it_was_signed_for_alone(session: Session) -> None:
    with pytest.raises(RefusedError, match="not signed for the cluster production"):
        identify(token(session), "production")


def test_a_token_with_another_signature_is_refused(session: Session) -> None:
    address = tokens.address_in(token(session))
    assert address is not None
    head, _, signature = address.rpartition("=")
    forged = f"{head}={'0' * len(signature)}"
    encoded = tokens.base64.urlsafe_b64encode(forged.encode()).decode().rstrip("=")
    with pytest.raises(RefusedError, match="not signed"):
        identify(tokens.PREFIX + encoded, CLUSTER)


@pytest.mark.parametrize(("minutes", "good"), [(14, True), (16, False), (-6, False)])
def test_a_token_is_good_for_fifteen_minutes(session: Session, minutes: int, *, good: bool) -> None:
    with time_machine.travel("2030-01-01T12:00:00Z", tick=False) as clock:
        made = token(session)
        clock.shift(minutes * 60)
        if good:
            assert identify(made, CLUSTER).principal == (ACCOUNT, "Admin")
        else:
            with pytest.raises(RefusedError, match="expired"):
                identify(made, CLUSTER)


@pytest.mark.parametrize(
    "address",
    ["https://sts.amazonaws.com/?Action=AssumeRole", "https://sts.amazonaws.com/", "nonsense"],
)
def test_what_is_no_presigned_call_is_refused(address: str) -> None:
    encoded = tokens.base64.urlsafe_b64encode(address.encode()).decode().rstrip("=")
    with pytest.raises(RefusedError, match="no presigned GetCallerIdentity"):
        identify(tokens.PREFIX + encoded, CLUSTER)
    with pytest.raises(RefusedError, match="another kind"):
        identify(address, CLUSTER)


def test_a_review_answers_with_the_access_entry(session: Session, tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    own = {"clusterName": CLUSTER, "principalArn": ROLE, "kubernetesGroups": ["platform-readers"]}
    urn = "urn:pulumi:staging::test::aws:eks/accessEntry:AccessEntry::admin"
    kind = "aws:eks/accessEntry:AccessEntry"
    store.put(urn, kind, "id", ACCOUNT, "eu-central-1", "recorded", own)
    store.close()
    reviews = TokenReviews(lambda _environ, _start: [], tmp_path, threading.Lock())

    def status(sent: str, path: str = PATH) -> dict[str, object]:
        return json.loads(reviews.review(path, json.dumps({"spec": {"token": sent}}).encode()))[
            "status"
        ]

    answer = status(token(session))
    assert answer["authenticated"] is True
    assert answer["user"]["groups"] == ["platform-readers"]  # type: ignore[index] - JSON
    stranger = status(token(session, f"arn:aws:iam::{ACCOUNT}:role/Stranger"))
    assert stranger["authenticated"] is False
    assert "has no access entry" in str(stranger["error"])
    elsewhere = access.review_path("111122223333", "eu-central-1", CLUSTER)
    assert status(token(session), elsewhere)["authenticated"] is False
    assert status("")["authenticated"] is False


def test_a_user_has_the_groups_of_entry_and_policies() -> None:
    policy = "arn:aws:eks::aws:cluster-access-policy/"
    entry = AccessEntry(
        principal_arn=ROLE,
        username=f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/{{{{SessionName}}}}",
        groups=("operators",),
        policies=(
            PolicyAssociation(policy_arn=f"{policy}AmazonEKSClusterAdminPolicy"),
            PolicyAssociation(policy_arn=f"{policy}AmazonEKSViewPolicy", namespaces=("a", "b")),
            PolicyAssociation(policy_arn=f"{policy}Unheard-of"),
        ),
    )
    caller = Caller(
        arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/me@example.org",
        user_id="AROAX:me@example.org",
        access_key="ASIAX",
    )
    said = authentication.user(entry, caller)
    assert said["username"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/me-example.org"
    assert said["groups"] == [
        "eks:access:cluster-admin",
        "eks:access:view:a",
        "eks:access:view:b",
        "operators",
    ]
    assert authentication.entry_of([entry], caller) is entry
