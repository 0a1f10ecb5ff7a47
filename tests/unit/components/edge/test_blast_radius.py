"""A change of configuration touches what it is about and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from components import stack
from tests.difference import Difference
from tests.organization import committed_config, needed_stacks, recorded
from tests.recording import Recording, record

EdgeRecorder = Callable[..., Recording]

WHOLE: dict[str, Any] = {"site": {}, "api": {}}


def test_another_protection_leaves_data_and_names_in_their_place(edge: EdgeRecorder) -> None:
    """Buckets stay, and a name that stays is turned, not made anew beside itself."""
    for mode in ("prefix-list", "public-waf"):
        found = Difference(edge(**WHOLE), edge(**WHOLE, origin_protection=mode))
        touched = found.added | found.removed | found.changed.keys()
        assert not [name for name in touched if "bucket" in name], mode
        renamed = {name for name in found.added | found.removed if "names-api-a" in name}
        assert renamed <= {"edge-api-names-api-aaaa"}, mode


@pytest.mark.parametrize("mode", ["prefix-list", "public-waf"])
def test_another_protection_is_the_affair_of_the_edge_and_of_what_is_bound_to_it(mode: str) -> None:
    config = committed_config("staging")
    changed = {**config, "superinc:edge": {**config["superinc:edge"], "origin_protection": mode}}
    earlier = {needed: recorded(needed).exports for needed in needed_stacks("staging")}
    after = record(lambda: stack.build("staging"), stack="staging", config=changed, earlier=earlier)
    found = Difference(recorded("staging"), after)
    touched = found.added | found.removed | found.changed.keys()
    assert touched
    outside = {name for name in touched if not name.startswith("edge-")}
    # The target group is another one: the binding follows it, and what may register there.
    assert outside == {"eks-gateway-cluster-binding", "eks-targets-controller-permissions"}


def test_from_inside_to_outside_is_another_load_balancer_and_target_group(
    edge: EdgeRecorder,
) -> None:
    found = Difference(edge(**WHOLE), edge(**WHOLE, origin_protection="prefix-list"))
    assert "internal" in found.changed["edge-api-balancer"]
    assert "edge-api-pods-internal" in found.removed
    assert "edge-api-pods-public" in found.added
    assert {"edge-origin", "edge-origin-vpc"} <= found.removed


def test_narrowing_the_way_in_changes_the_rule_alone(edge: EdgeRecorder) -> None:
    found = Difference(edge(**WHOLE), edge(**WHOLE, origin_security_group="sg-0123456789abcdef0"))
    assert found.added == {"edge-ingress-https-vpc-origin"}
    assert found.removed == {"edge-ingress-https-cloudfront"}
    assert found.changed == {}


def test_a_time_out_changes_the_load_balancer_alone(edge: EdgeRecorder) -> None:
    longer = {"site": {}, "api": {"idle_timeout_seconds": 120}}
    found = Difference(edge(**WHOLE), edge(**longer))
    assert (found.added, found.removed) == (set(), set())
    assert found.changed == {"edge-api-balancer": ["idleTimeout"]}


def test_a_stricter_limit_changes_the_web_acls_alone(edge: EdgeRecorder) -> None:
    found = Difference(edge(**WHOLE), edge(**WHOLE, waf={"rate_limit": 100}))
    assert (found.added, found.removed) == (set(), set())
    assert found.changed == {
        "edge-gateway-waf-acl": ["rules"],
        "edge-site-waf-acl": ["rules"],
    }


def test_an_api_beside_the_site_changes_its_distribution_alone(edge: EdgeRecorder) -> None:
    found = Difference(edge(site={}), edge(**WHOLE))
    assert found.removed == set()
    assert found.changed == {
        "edge-site-cdn-distribution": ["orderedCacheBehaviors", "origins"],
    }


def test_another_admin_page_is_another_name(edge: EdgeRecorder) -> None:
    def admin(*hosts: str) -> dict[str, Any]:
        return {"api": {}, "admin": {"hosts": hosts, "authentication": "basic"}}

    found = Difference(edge(**admin("argocd")), edge(**admin("argocd", "grafana")))
    assert found.added == {"edge-api-names-grafana-a", "edge-api-names-grafana-aaaa"}
    assert found.removed == set()
    assert found.changed == {
        "edge-gateway-cdn-distribution": ["aliases"],
        "edge-gateway-waf-acl": ["rules"],
        "edge-routes-admin-0": ["conditions"],
    }


@pytest.mark.parametrize("mode", ["vpc-origin", "prefix-list", "public-waf"])
def test_the_apex_adds_names_to_one_distribution(edge: EdgeRecorder, mode: str) -> None:
    values: dict[str, Any] = {"api": {}, "origin_protection": mode}
    found = Difference(edge(site={}, **values), edge(site={"apex": True}, **values))
    assert all(name.startswith("edge-root-names") or name == "shared" for name in found.added)
    assert found.removed == set()
    assert found.changed == {"edge-site-cdn-distribution": ["aliases", "viewerCertificate"]}
