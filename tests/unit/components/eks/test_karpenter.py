"""Karpenter's charts and its role."""

from components.eks.platform import build_platform
from tests.unit.components.eks.platform_ground import platform, program, values


def test_the_crds_are_a_release_of_the_same_version_before_the_controller() -> None:
    recording = platform()
    crds = recording.one("Release", "eks-karpenter-crds")
    controller = recording.one("Release", "eks-karpenter-chart")
    assert crds.inputs["version"] == controller.inputs["version"]
    assert crds.urn in controller.depends_on
    assert controller.inputs["skipCrds"] is True


def test_uninstalling_the_crds_leaves_them() -> None:
    annotations = values(platform(), "karpenter-crd")["additionalAnnotations"]
    assert annotations == {"helm.sh/resource-policy": "keep"}


def test_the_controller_knows_its_cluster_its_queue_and_its_account() -> None:
    recording = platform()
    found = values(recording, "karpenter")
    assert found["settings"]["clusterName"] == "staging"
    assert found["settings"]["clusterEndpoint"] == "https://api.example"
    assert found["settings"]["interruptionQueue"] == "staging-interruptions"
    association = recording.one("PodIdentityAssociation", "eks-karpenter-controller-association")
    account = (association.inputs["namespace"], association.inputs["serviceAccount"])
    release = recording.one("Release", "eks-karpenter-chart").inputs
    assert account == (release["namespace"], found["serviceAccount"]["name"])


def test_the_controller_starts_where_no_node_of_its_own_is_needed() -> None:
    found = values(platform(), "karpenter")
    assert found["nodeSelector"] == {"karpenter.sh/controller": "true"}
    assert (found["dnsPolicy"], found["replicas"]) == ("Default", 2)


def test_it_waits_for_its_credentials() -> None:
    recording = platform()
    needs = recording.one("Release", "eks-karpenter-chart").depends_on
    for name in ("association", "permissions"):
        (found,) = [
            one for one in recording.resources if one.name == f"eks-karpenter-controller-{name}"
        ]
        assert found.urn in needs


def test_with_irsa_the_service_account_names_the_role() -> None:
    recording = program(build_platform, {"workload_identity": "irsa"})
    assert recording.of("PodIdentityAssociation") == []
    role = recording.one("iam/role:Role", "eks-karpenter-controller-role").outputs["arn"]
    account = values(recording, "karpenter")["serviceAccount"]
    assert account["annotations"] == {"eks.amazonaws.com/role-arn": role}
