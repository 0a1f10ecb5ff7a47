"""Finalizers of simulated controllers: what keeps a deleted object until its controller let it go.

An object that is deleted after the chart whose controller minds it stays forever, as in a cluster:
so a wrong order of deletion fails here as it would there.
"""

from collections.abc import Mapping
from typing import Any, Final, cast

from sandbox.kubernetes.api import MERGE, Api, ApiError
from sandbox.kubernetes.objects import section

FINALIZERS: Final[Mapping[tuple[str, str], str]] = {
    ("argoproj.io", "Application"): "resources-finalizer.argocd.argoproj.io",
    ("elbv2.k8s.aws", "TargetGroupBinding"): "elbv2.k8s.aws/resources",
    ("karpenter.k8s.aws", "EC2NodeClass"): "karpenter.k8s.aws/termination",
}
"""API group and kind → the finalizer its controller takes off (Argo CD docs, "App Deletion"; the
others as their controllers name them). Argo CD leaves it to who applies an Application to put its
own on; the others do so themselves."""


def put_on(api: Api, path: str, found: Mapping[str, Any], name: str) -> None:
    """Keep an object, as its controller does when it first sees it."""
    present = _present(found)
    if name not in present and not _leaving(found):
        _write(api, path, [*present, name])


def take_off(api: Api, path: str, found: Mapping[str, Any], name: str) -> None:
    """Let an object go that is being deleted, as its controller does when it has cleaned up."""
    present = _present(found)
    if name not in present or not _leaving(found):
        return
    try:
        _write(api, path, [one for one in present if one != name])
    except ApiError as error:
        if not error.missing:
            raise


def _leaving(found: Mapping[str, Any]) -> bool:
    return "deletionTimestamp" in section(found, "metadata")


def _present(found: Mapping[str, Any]) -> list[str]:
    return list(cast("list[str]", section(found, "metadata").get("finalizers") or []))


def _write(api: Api, path: str, names: list[str]) -> None:
    api.request("PATCH", path, {"metadata": {"finalizers": names}}, content=MERGE)
