"""The sample application on staging after the rollout: spread, guarded, and robbed of its nodes."""

import shlex
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.control_plane import nodes
from sandbox.control_plane.groups import groups_of
from sandbox.kubernetes.api import ApiError
from tests.engine import planted
from tests.engine.conftest import Checkout
from tests.engine.extension import DEVELOPER, READER, extended
from tests.engine.staging import CAPACITY, DEPLOYMENT, ROLLOUTS, ZONES, Staging, eventually

pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(900),
    pytest.mark.xdist_group("organisation"),
]

FEWEST, MANY = 2, 6
ADMINISTRATOR = "superinc-break-glass"


@pytest.fixture
def staging(organisation: Checkout) -> Staging:
    """Staging's cluster."""
    return Staging(organisation)


@pytest.fixture
def shaken(staging: Staging) -> Iterator[Staging]:
    """Staging's cluster, with two pods of the application for each zone; afterwards as it was."""
    try:
        staging.scale(MANY)
        # Nobody moved back after the test before.
        staging.restart("strict")
        running(staging, MANY)
        assert set(staging.zones()) == set(ZONES)
        yield staging
    finally:
        nodes.restore(staging.plane)
        staging.cordon(cordoned=False)
        nodes.sync_nodes(staging.plane)
        staging.scale(FEWEST)
        running(staging, FEWEST)


@pytest.fixture(scope="module")
def added(organisation: Checkout) -> Iterator[None]:
    """Staging with what a team added."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        with extended(organisation, Staging(organisation)):
            yield


def running(staging: Staging, number: int, app: str = "hello") -> None:
    """Wait until so many pods run, and no other waits."""
    eventually(lambda: len(zones := staging.zones(app)) == number and all(zones))


def conditions(found: Any) -> dict[str, str]:  # noqa: ANN401 - an object's status
    return {one["type"]: one["status"] for one in found["conditions"]}


def test_the_application_is_available_and_its_route_accepted(staging: Staging) -> None:
    running(staging, FEWEST)
    # The controller says so a moment after the pods do.
    eventually(lambda: conditions(staging.api.get(DEPLOYMENT)["status"])["Available"] == "True")
    place = ("gateway.networking.k8s.io/v1", "HTTPRoute", "hello", "hello")
    (parent,) = staging.api.get(staging.api.path(*place))["status"]["parents"]
    assert conditions(parent)["Accepted"] == "True"


def test_the_scheduler_spreads_pods_over_three_zones(organisation: Checkout) -> None:
    # In production there is one for each zone.
    production = Staging(organisation, "production")
    eventually(lambda: production.zones() == list(ZONES))
    assert {pod.node[CAPACITY] for pod in production.pods()} == {"on-demand"}


@pytest.mark.parametrize("what", planted.NAMES)
def test_a_planted_object_is_refused_by_the_rules_of_the_rollout(
    staging: Staging, what: str
) -> None:
    (container,) = staging.api.get(DEPLOYMENT)["spec"]["template"]["spec"]["containers"]
    registry = container["image"].rpartition("/")[0]
    staging.apply(planted.good("hello", registry), preview=True)
    _, given, words = planted.bad("hello", registry)[what]
    for preview in (True, False):
        with pytest.raises(ApiError, match=words) as refused:
            staging.apply(given, preview=preview)
        assert refused.value.status == 403


def test_an_eviction_that_breaks_the_budget_is_refused(shaken: Staging) -> None:
    shaken.cordon(cordoned=True)
    first, second, *_ = shaken.pods()
    shaken.evict(first.name)
    with pytest.raises(ApiError, match="would violate the pod's disruption budget") as refused:
        shaken.evict(second.name)
    assert refused.value.status == 429
    # Whoever is not ready may leave: otherwise it would keep its node for ever.
    eventually(lambda: len(shaken.pods()) == MANY)
    (waiting,) = [pod for pod in shaken.pods() if not pod.zone]
    shaken.evict(waiting.name)
    shaken.cordon(cordoned=False)
    running(shaken, MANY)
    shaken.evict(second.name)


@pytest.mark.usefixtures("added")
def test_pods_of_a_lost_zone_start_in_the_others_and_nobody_moves_back(shaken: Staging) -> None:
    here, *elsewhere = ZONES
    eventually(lambda: shaken.zones("strict") == list(ZONES))
    there, apps = set(nodes.sync_nodes(shaken.plane)), ("hello", "strict")
    stay = {pod.uid for app in apps for pod in shaken.pods(app) if pod.zone != here}
    assert shaken.zones("ledger") == [here]
    nodes.lose_zone(shaken.plane, here)
    for app, number in (("hello", MANY), ("strict", len(ZONES))):
        running(shaken, number, app)
        assert set(shaken.zones(app)) == set(elsewhere)
    refuged = {pod.uid for app in apps for pod in shaken.pods(app)}
    assert stay < refuged
    # A volume is in one zone, and no node elsewhere can help: none is started.
    eventually(lambda: "PersistentVolume" in shaken.waits_for("ledger-0"))
    nodes.sync_nodes(shaken.plane)
    names = nodes.sync_nodes(shaken.plane)
    # The Auto Scaling group starts as many base nodes where it still can.
    (group,) = groups_of(shaken.plane)
    assert len([name for name in names if name.startswith(group.name)]) == group.size == len(ZONES)
    assert {name for name in names if not name.startswith(group.name)} < there
    nodes.restore(shaken.plane)
    assert set(nodes.sync_nodes(shaken.plane)) == there
    eventually(lambda: shaken.zones("ledger") == [here])
    assert {pod.uid for app in apps for pod in shaken.pods(app)} == refuged


@pytest.mark.usefixtures("added")
def test_only_a_required_spread_waits_for_a_zone_that_is_drained(shaken: Staging) -> None:
    here, *elsewhere = ZONES
    eventually(lambda: shaken.zones("strict") == list(ZONES))
    shaken.cordon(cordoned=True, zone=here)
    for app in ("hello", "strict"):
        leaves = next(pod for pod in shaken.pods(app) if pod.zone == here)
        shaken.evict(leaves.name)
    running(shaken, MANY)
    eventually(lambda: shaken.zones("strict") == ["", *elsewhere])
    (waiting,) = [pod for pod in shaken.pods("strict") if not pod.zone]
    eventually(lambda: "topology spread constraints" in shaken.waits_for(waiting.name))
    shaken.cordon(cordoned=False)
    eventually(lambda: shaken.zones("strict") == list(ZONES))


@pytest.mark.usefixtures("added")
def test_without_spot_nodes_pods_start_on_demand_and_all_others_stay(shaken: Staging) -> None:
    before = {pod.uid: pod for app in ("hello", "strict") for pod in shaken.pods(app)}
    spot = {uid for uid, pod in before.items() if pod.node[CAPACITY] == "spot"}
    lost = nodes.lose_spot(shaken.plane)
    assert lost
    running(shaken, MANY)
    after = {pod.uid: pod for app in ("hello", "strict") for pod in shaken.pods(app)}
    assert {pod.node[CAPACITY] for pod in after.values()} == {"on-demand"}
    assert before.keys() - spot == before.keys() & after.keys()
    (group,) = groups_of(shaken.plane)
    names = nodes.sync_nodes(shaken.plane)
    assert len([name for name in names if name.startswith(group.name)]) == group.size
    nodes.restore(shaken.plane)
    assert set(lost) <= set(nodes.sync_nodes(shaken.plane))
    assert {pod.uid for app in ("hello", "strict") for pod in shaken.pods(app)} == after.keys()


@pytest.mark.usefixtures("added")
def test_the_application_of_the_page_is_available(staging: Staging) -> None:
    place = "/apis/apps/v1/namespaces/greeter/deployments/greeter"
    eventually(lambda: staging.api.get(place)["status"].get("availableReplicas") == FEWEST)


PEOPLE = (ROLLOUTS, ADMINISTRATOR, READER, DEVELOPER)
MAY = {
    ("*", "*", "*", ""): {ROLLOUTS},
    ("impersonate", "", "users", ""): {ROLLOUTS},
    ("create", "karpenter.sh", "nodepools", ""): {ROLLOUTS, ADMINISTRATOR},
    ("get", "", "secrets", "hello"): {ROLLOUTS, ADMINISTRATOR},
    ("create", "", "pods/exec", "hello"): {ROLLOUTS, ADMINISTRATOR},
    ("patch", "apps", "deployments", "hello"): {ROLLOUTS, ADMINISTRATOR},
    ("list", "", "nodes", ""): {ROLLOUTS, ADMINISTRATOR, READER},
    ("get", "", "pods", "traefik"): {ROLLOUTS, ADMINISTRATOR, READER},
    ("delete", "", "pods", "hello"): {ROLLOUTS, ADMINISTRATOR, DEVELOPER},
    ("get", "", "pods", "hello"): {ROLLOUTS, ADMINISTRATOR, READER, DEVELOPER},
}
"""Verb, group, resource and namespace → who may (docs/layers/eks.md, "Who gets in")."""


@pytest.mark.usefixtures("added")
def test_each_role_of_an_access_entry_may_do_its_part_and_no_more(staging: Staging) -> None:
    apis = {role: staging.api_of(role) for role in PEOPLE}
    for (verb, group, resource, namespace), may in MAY.items():
        name, _, part = resource.partition("/")
        asked = {"verb": verb, "group": group, "resource": name, "subresource": part}
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {**asked, "namespace": namespace}},
        }
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        allowed = {
            role
            for role, api in apis.items()
            if api.request("POST", path, review)["status"]["allowed"]
        }
        assert allowed == may, (verb, group, resource)
    with pytest.raises(ApiError) as refused:
        staging.api_of("sample-stranger").get("/version")
    assert refused.value.stranger


@pytest.mark.usefixtures("added")
def test_kubectl_of_the_shell_asks_as_each_of_them(organisation: Checkout) -> None:
    roles = " ".join(shlex.quote(role) for role in PEOPLE)
    can = "kubectl --context staging/$role auth can-i get secrets -n hello"
    script = f"for role in {roles}; do {can}; done; true"
    said = organisation.platform("sandbox", "shell", "--", "sh", "-c", script)
    assert said.code == 0, said.err
    assert said.out.split() == ["yes", "yes", "no", "no"]
