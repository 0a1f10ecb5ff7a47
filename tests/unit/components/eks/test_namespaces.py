"""Selectors by name."""

from components.eks.namespaces import PLATFORM_NAMESPACES, SYSTEM_NAMESPACES, others_than


def test_a_selector_of_the_others_names_whom_it_leaves_out() -> None:
    assert others_than(("b", "a")) == {
        "matchExpressions": [
            {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["a", "b"]}
        ]
    }


def test_no_namespace_is_both_kubernetes_own_and_the_platforms() -> None:
    assert set(SYSTEM_NAMESPACES).isdisjoint(PLATFORM_NAMESPACES)
    assert "default" not in {*SYSTEM_NAMESPACES, *PLATFORM_NAMESPACES}
