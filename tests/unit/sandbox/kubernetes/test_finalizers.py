"""Finalizers: an object that is deleted goes when its controller lets it, and only then."""

from typing import Any

import pytest

from sandbox.kubernetes import controllers
from sandbox.kubernetes.api import ApiError
from sandbox.kubernetes.finalizers import FINALIZERS
from tests.unit.sandbox.kubernetes.fake_api import FakeApi

INSTALLED = {"/api/v1/secrets": {"items": [{"kind": "Secret"}]}}
ABSENT = {"/api/v1/secrets": {"items": list[Any]()}}
CUSTOM = {
    "binding": ("elbv2.k8s.aws/v1beta1", "TargetGroupBinding"),
    "node-class": ("karpenter.k8s.aws/v1", "EC2NodeClass"),
}


def custom(api_version: str, kind: str, **metadata: object) -> dict[str, Any]:
    own = {"name": "it", "namespace": "shop", **metadata}
    return {"apiVersion": api_version, "kind": kind, "metadata": own}


def path_of(api_version: str, kind: str) -> str:
    return f"/apis/{api_version}/namespaces/shop/{kind.lower()}s/it"


def names(api: FakeApi, path: str) -> list[str]:
    return api.objects[path]["metadata"]["finalizers"]


@pytest.mark.parametrize(("version", "kind"), CUSTOM.values(), ids=CUSTOM)
def test_a_controller_that_runs_keeps_what_it_minds_beside_other_finalizers(
    version: str, kind: str
) -> None:
    own, path = FINALIZERS[version.partition("/")[0], kind], path_of(version, kind)
    api = FakeApi(INSTALLED)
    controllers.after(api, custom(version, kind, finalizers=["another"]))
    assert names(api, path) == ["another", own]
    api.sent.clear()
    controllers.after(api, custom(version, kind, finalizers=["another", own]))
    assert not [one for one in api.sent if one[:2] == ("PATCH", path)]


APPLICATION = ("argoproj.io/v1alpha1", "Application")
KEPT = FINALIZERS["argoproj.io", "Application"]


def deleted(*kept: str) -> dict[str, dict[str, Any]]:
    metadata = {"finalizers": list(kept), "deletionTimestamp": "2026-01-01T00:00:00Z"}
    return {path_of(*APPLICATION): custom(*APPLICATION, **metadata)}


def test_an_object_that_is_deleted_goes_while_its_controller_runs() -> None:
    api = FakeApi({**INSTALLED, **deleted("another", KEPT)})
    controllers.after_deletion(api, path_of(*APPLICATION))
    assert names(api, path_of(*APPLICATION)) == ["another"]


def test_it_stays_when_the_chart_went_before_it() -> None:
    api = FakeApi({**ABSENT, **deleted(KEPT)})
    controllers.after_deletion(api, path_of(*APPLICATION))
    assert names(api, path_of(*APPLICATION)) == [KEPT]


def test_what_is_not_being_deleted_or_is_gone_is_left_alone() -> None:
    path = path_of(*APPLICATION)
    api = FakeApi({**INSTALLED, path: custom(*APPLICATION, finalizers=[KEPT])})
    controllers.after_deletion(api, path)
    assert names(api, path) == [KEPT]
    controllers.after_deletion(FakeApi(INSTALLED), path)


class Busy(FakeApi):
    """An API server on which another takes its finalizer off before the first write arrives."""

    def request(self, method: str, path: str, *rest: Any, **more: Any) -> dict[str, object]:  # noqa: ANN401 - as the real one
        own = self.objects.get(path, {}).get("metadata", {})
        if method == "PATCH" and own.get("resourceVersion") == "1":
            own.update(resourceVersion="2", finalizers=[KEPT])
            raise ApiError(409, {"message": "the object has been modified", "reason": "Conflict"})
        return super().request(method, path, *rest, **more)


def test_what_another_changes_at_the_same_time_is_read_again() -> None:
    objects = deleted("foregroundDeletion", KEPT)
    path = path_of(*APPLICATION)
    objects[path]["metadata"]["resourceVersion"] = "1"
    api = Busy({**INSTALLED, **objects})
    controllers.after_deletion(api, path)
    assert names(api, path) == []
