"""What may be configured of a cluster, and what it says of what may not."""

from typing import Any

import pytest
from pydantic import ValidationError

from components import versions
from components.contracts import AccountKind, published
from components.eks.contract import EksConfig, EksOutputs, developers_group, reads
from components.eks.settings import Architecture, ClusterConfig, Endpoint, WorkloadIdentity


def problem(values: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        ClusterConfig.model_validate(values)
    return str(caught.value)


def test_there_is_no_cluster_unless_one_is_asked_for() -> None:
    assert EksConfig().cluster is None
    assert EksConfig.model_validate({"cluster": {}}).cluster == ClusterConfig()


def test_the_defaults_are_the_playbooks() -> None:
    config = ClusterConfig()
    assert config.endpoint is Endpoint.PRIVATE
    assert config.kubernetes_version == versions.KUBERNETES
    assert config.workload_identity is WorkloadIdentity.POD_IDENTITY
    assert config.base_nodes.architecture is Architecture.ARM64
    assert config.addons.kube_proxy.startswith(f"v{versions.KUBERNETES}.")


def test_nothing_is_read_from_earlier_accounts() -> None:
    for kind in AccountKind:
        assert reads(EksConfig.model_validate({"cluster": {}}), kind) == ()


def test_what_only_this_program_can_use_is_not_published() -> None:
    names = set(published(EksOutputs))
    assert not names & {"provider", "foundations"}
    assert {"cluster_name", "gateway", "kubeconfig", "oidc_provider_arn"} <= names


def test_without_a_cluster_everything_is_absent() -> None:
    outputs = EksOutputs()
    assert {getattr(outputs, name) for name in published(EksOutputs)} == {None}
    assert outputs.foundations == {}


def test_developers_of_a_namespace_are_a_group() -> None:
    assert developers_group("shop") == "shop-developers"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"public_cidrs": ["203.0.113.0/24"]}, "public_cidrs: got 203.0.113.0/24 with endpoint"),
        ({"endpoint": "public-with-cidrs"}, "public_cidrs: got none with endpoint"),
        (
            {"endpoint": "public-with-cidrs", "public_cidrs": ["0.0.0.0/0"]},
            "got 0.0.0.0/0, wanted a range smaller than /8",
        ),
        ({"kubernetes_version": "1.35"}, "wanted a build for Kubernetes 1.35"),
        ({"log_retention_days": 91}, "got 91, wanted one of"),
        (
            {"base_nodes": {"min_size": 4, "desired_size": 3}},
            "min_size, desired_size, max_size: got 4, 3, 3",
        ),
        ({"base_nodes": {"min_size": 1}}, "greater than or equal to 2"),
        ({"addons": {"coredns": "latest"}}, "addons.coredns"),
        (
            {"access": {"administrators": ["one/admin"], "readers": ["two/Admin"]}},
            "got roles of one name, admin, wanted names apart from their paths",
        ),
        ({"access": {"developers": {"Shop": ["a"]}}}, "access.developers"),
        ({"auto_mode": True}, "auto_mode"),
    ],
)
def test_a_wrong_value_is_told(values: dict[str, Any], words: str) -> None:
    assert words in problem(values)


def test_one_role_may_have_several_groups() -> None:
    access = {"administrators": ["a"], "readers": ["a"], "developers": {"shop": ["a"]}}
    assert ClusterConfig.model_validate({"access": access})


def test_an_upgrade_moves_the_cluster_and_its_proxy_together() -> None:
    values = {"kubernetes_version": "1.35", "addons": {"kube_proxy": "v1.35.3-eksbuild.2"}}
    assert ClusterConfig.model_validate(values).kubernetes_version == "1.35"
