import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from automation.accounts import Accounts, protected
from automation.errors import CredentialsError, PlatformError, UsageError
from automation.graph import Edge, Graph, Node
from automation.operate import needs_of
from automation.results import Operation
from components.contracts import AccountKind

GRAPH = Graph.build(
    [Node("management", "management"), Node("shared", "shared"), Node("staging", "workload")],
    [
        Edge("management", "shared", ("accounts.ids",), "reads"),
        Edge("management", "staging", ("accounts.ids",), "reads"),
        Edge("shared", "staging", ("dns.zone_id",), "reads"),
    ],
)
PUBLISHED = {
    "management": {"accounts": {"ids": {"shared": "222222222222", "staging": "333333333333"}}},
    "shared": {"dns": {"zone_id": "Z1"}},
}


def checkpoint(*names: str) -> bytes:
    resources = [{"type": "t", "urn": "a::b"}]
    resources += [
        {"type": "t", "urn": f"a::{name}", "protect": cast("Any", True)} for name in names
    ]
    return json.dumps({"checkpoint": {"latest": {"resources": resources}}}).encode()


class World:
    """The little that is asked of a target."""

    def __init__(
        self,
        published: Mapping[str, Any] | None = None,
        checkpoints: Mapping[str, bytes] | None = None,
    ) -> None:
        self.published = published or {}
        self.checkpoints = checkpoints or {}
        self.verified: list[tuple[str, str]] = []
        self.prepared: list[str] = []
        self.refuse: str = ""

    def verify_account(self, account: str, role: str) -> None:
        if account == self.refuse:
            raise CredentialsError(f"got account 1, wanted {account}")
        self.verified.append((account, role))

    def accounts(self) -> Accounts:
        found = {stack: SimpleNamespace(resources=3) for stack in self.checkpoints}
        state = SimpleNamespace(
            exists=self.checkpoints.__contains__,
            export=self.checkpoints.__getitem__,
            checkpoint=found.get,
        )
        target = SimpleNamespace(
            access=SimpleNamespace(verify_account=self.verify_account),
            workspace=SimpleNamespace(outputs=self.published.get, prepare=self.prepared.append),
            state=lambda: state,
            sandbox=None,
        )
        kinds = {"management": AccountKind.MANAGEMENT, "shared": AccountKind.SHARED}
        stacks = {
            name: SimpleNamespace(
                account=SimpleNamespace(kind=kinds.get(name, AccountKind.WORKLOAD), id=None)
            )
            for name in ("management", "shared", "staging")
        }
        organization = SimpleNamespace(access_role="Access", account_of_kind=str)
        project = SimpleNamespace(stacks=stacks, organization=organization)
        return Accounts(cast("Any", project), GRAPH, cast("Any", target))


def test_a_stack_is_made_only_after_its_own_account_is_proved() -> None:
    world = World(PUBLISHED)
    world.accounts().prepare("staging", Operation.UP)
    assert world.verified == [("333333333333", "Access")]
    assert world.prepared == ["staging"]


def test_ids_of_accounts_are_read_from_the_state_once() -> None:
    world = World(PUBLISHED)
    accounts = world.accounts()
    accounts.prepare("staging", Operation.UP)
    world.published = {}
    accounts.prepare("staging", Operation.UP)
    assert world.verified == [("333333333333", "Access")] * 2


def test_credentials_that_lead_elsewhere_stop_a_stack_before_it_is_touched() -> None:
    world = World(PUBLISHED)
    world.refuse = "333333333333"
    with pytest.raises(CredentialsError):
        world.accounts().prepare("staging", Operation.UP)
    assert world.prepared == []


def test_an_account_that_is_not_there_yet_tells_what_to_roll_out() -> None:
    with pytest.raises(PlatformError, match="got no id of account staging") as caught:
        World().accounts().prepare("staging", Operation.PREVIEW)
    assert caught.value.hint == "platform up management"


def test_outputs_of_stacks_left_out_must_have_been_published() -> None:
    with pytest.raises(UsageError, match=r"staging reads dns\.zone_id of shared") as caught:
        World({"management": PUBLISHED["management"]}).accounts().check_upstream(["staging"])
    assert caught.value.hint == "platform up ...staging"
    World(PUBLISHED).accounts().check_upstream(["staging"])
    World().accounts().check_upstream(["management", "shared", "staging"])


def test_a_stack_that_another_stands_on_is_not_taken_down() -> None:
    world = World(checkpoints={"staging": checkpoint()})
    with pytest.raises(UsageError, match="staging need shared") as caught:
        world.accounts().check_downstream(["shared"])
    assert caught.value.hint == "platform destroy shared..."
    world.accounts().check_downstream(["shared", "staging"])
    World().accounts().check_downstream(["shared"])


def test_protected_resources_are_refused_before_the_rest_is_deleted() -> None:
    world = World(checkpoints={"staging": checkpoint("key", "zone"), "shared": checkpoint()})
    with pytest.raises(UsageError, match="staging holds t key, t zone"):
        world.accounts().check_unprotected(["staging", "shared"])
    world.accounts().check_unprotected(["shared", "management"])


def test_a_checkpoint_without_resources_protects_nothing() -> None:
    assert protected(b'{"checkpoint": {"latest": null}}') == []


def test_a_destroy_goes_the_other_way_and_a_preview_waits_for_nothing() -> None:
    selection = ["management", "staging"]
    assert needs_of(Operation.UP, GRAPH, selection)["staging"] == {"management"}
    assert needs_of(Operation.DESTROY, GRAPH, selection)["management"] == {"staging"}
    assert needs_of(Operation.PREVIEW, GRAPH, selection) == {"management": set(), "staging": set()}
