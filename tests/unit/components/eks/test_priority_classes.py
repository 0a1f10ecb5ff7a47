"""The priority classes."""

from tests.unit.components.eks.platform_ground import platform


def test_the_platform_goes_before_applications_and_those_before_batch_work() -> None:
    recording = platform()
    platforms, applications, batch = (
        recording.one("PriorityClass", f"eks-priorities-{name}").inputs
        for name in ("platform", "application", "batch")
    )
    assert platforms["value"] > applications["value"] > 0 > batch["value"]
    assert batch["preemptionPolicy"] == "Never"


def test_pods_that_name_none_are_applications() -> None:
    defaults = [
        one.inputs["metadata"]["name"]
        for one in platform().of("PriorityClass")
        if one.inputs["globalDefault"]
    ]
    assert defaults == ["application"]
