"""An environment more: added, rolled out by the real engine, taken down, and nothing of it left."""

from collections.abc import Iterator

import pytest

from sandbox.leftovers import left
from tests.engine.conftest import Checkout

pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(900),
    pytest.mark.xdist_group("organisation"),
]

NAME = "testing"
REGIONS = ("eu-central-1", "eu-west-1", "us-east-1")
URN = (
    "urn:pulumi:management::superinc::"
    f"superinc:accounts:Account$aws:organizations/account:Account::{NAME}-account"
)


@pytest.fixture
def project(organisation: Checkout) -> Iterator[Checkout]:
    """The organisation, to which an account is added; afterwards it is as it was."""
    file = organisation.root / "Pulumi.yaml"
    before = file.read_text()
    yield organisation
    file.write_text(before)
    (organisation.root / f"Pulumi.{NAME}.yaml").unlink(missing_ok=True)
    unprotect = ("pulumi", "state", "unprotect", URN, "--yes", "-s", "management")
    organisation.platform("sandbox", "shell", "--", *unprotect)
    done = organisation.platform("up", "management", "identity", "--sandbox", "--yes")
    assert done.code == 0, done.err


def seen(project: Checkout, account: str) -> list[str]:
    """Everything of its own that an account has."""
    ids, endpoint = project.accounts(), project.sandbox()["endpoint"]
    return left(endpoint, ids[account], REGIONS, management_account_id=ids["management"])


def test_an_added_account_rolls_out_and_its_destruction_leaves_nothing_behind(
    project: Checkout,
) -> None:
    before = seen(project, "shared")
    added = project.platform("account", "add", NAME, "--like", "staging")
    assert added.code == 0, added.err
    done = project.saved_once().platform("up", f"...{NAME}", "--sandbox", "--yes", "--json")
    assert done.code == 0, done.err
    assert done.results()[NAME] == "succeeded"
    linked = sorted(set(seen(project, "shared")) - set(before))
    for what in (f"{NAME}.superinc.com. NS", "VpcPeeringConnections", "Routes"):
        assert any(what in line for line in linked), linked
    again = project.platform("up", NAME, "--sandbox", "--yes", "--json")
    assert again.results() == {NAME: "unchanged"}, again.err
    unprotect = ("pulumi", "state", "unprotect", "--all", "--yes", "-s", NAME)
    assert project.platform("sandbox", "shell", "--", *unprotect).code == 0
    gone = project.saved_once().platform("destroy", NAME, "--sandbox", "--yes", "--json")
    assert gone.code == 0, gone.err
    assert seen(project, NAME) == []
    assert seen(project, "shared") == before
