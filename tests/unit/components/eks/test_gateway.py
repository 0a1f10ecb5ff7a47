"""The Gateway, its class and its way to the load balancer."""

from tests.unit.components.eks.platform_ground import (
    TARGET_GROUP_ARN,
    platform,
    result,
    values,
)

GATEWAY = "gateway.networking.k8s.io/v1:Gateway"


def test_routes_of_every_namespace_but_kubernetes_own_may_attach() -> None:
    spec = platform().one(f"kubernetes:{GATEWAY}").inputs["spec"]
    (listener,) = spec["listeners"]
    namespaces = listener["allowedRoutes"]["namespaces"]
    assert namespaces["from"] == "Selector"
    (expression,) = namespaces["selector"]["matchExpressions"]
    assert expression == {
        "key": "kubernetes.io/metadata.name",
        "operator": "NotIn",
        "values": ["kube-node-lease", "kube-public", "kube-system"],
    }


def test_the_listener_is_on_traefiks_entry_point() -> None:
    """Traefik finds the entry point of a listener by its port."""
    recording = platform()
    (listener,) = recording.one(f"kubernetes:{GATEWAY}").inputs["spec"]["listeners"]
    assert listener["port"] == values(recording, "traefik")["ports"]["web"]["port"]


def test_later_layers_know_it_by_namespace_and_name() -> None:
    recording = platform()
    metadata = recording.one(f"kubernetes:{GATEWAY}").inputs["metadata"]
    assert result(recording).gateway == {
        "namespace": metadata["namespace"],
        "name": metadata["name"],
    }


def test_pods_go_into_the_target_group_by_address() -> None:
    recording = platform()
    binding = recording.one("TargetGroupBinding")
    assert binding.inputs["spec"] == {
        "serviceRef": {"name": "traefik", "port": 80},
        "targetGroupARN": TARGET_GROUP_ARN,
        "targetType": "ip",
        "vpcID": "vpc-0123456789abcdef0",
    }
    assert values(recording, "traefik")["service"]["nameOverride"] == "traefik"


def test_every_target_group_has_its_binding() -> None:
    recording = platform(target_groups=["cluster", "tools"])
    assert recording.names("TargetGroupBinding") == {
        "eks-gateway-cluster-binding",
        "eks-gateway-tools-binding",
    }


def test_a_binding_goes_before_who_removes_its_finalizer() -> None:
    recording = platform()
    needs = {recording.by_urn(urn).name for urn in recording.one("TargetGroupBinding").depends_on}
    assert {
        "eks-targets-chart",
        "eks-targets-controller-association",
        "eks-targets-controller-permissions",
        "eks-traefik-chart",
    } <= needs


def test_without_a_gateway_nothing_leads_in() -> None:
    recording = platform({"gateway": None})
    assert result(recording).gateway is None
    assert recording.of("TargetGroupBinding") == []
    assert "eks-traefik-chart" not in recording.names("Release")
