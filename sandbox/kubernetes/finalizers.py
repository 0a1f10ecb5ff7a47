"""Finalizers of simulated controllers: what keeps a deleted object until its controller let it go.

An object that is deleted after the chart whose controller minds it stays forever, as in a cluster:
so a wrong order of deletion fails here as it would there.
"""

from collections.abc import Mapping
from typing import Any, Final, cast

from sandbox.kubernetes.api import MERGE, Api, ApiError
from sandbox.kubernetes.objects import section

_CONFLICT: Final = 409
_ATTEMPTS: Final = 20

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
    if name not in _present(found) and not _leaving(found):
        _write(api, path, found, [*_present(found), name])


def take_off(api: Api, path: str, name: str) -> None:
    """Let an object go that is being deleted, as its controller does when it has cleaned up.

    Raises:
        ApiError: The server refused it.
    """
    for _ in range(_ATTEMPTS):
        found = api.find(path)
        if found is None or name not in _present(found) or not _leaving(found):
            return
        try:
            _write(api, path, found, [one for one in _present(found) if one != name])
        except ApiError as error:
            # The garbage collector takes its own off at the same time; or all is gone meanwhile.
            if error.status != _CONFLICT and not error.missing:
                raise


def _leaving(found: Mapping[str, Any]) -> bool:
    return "deletionTimestamp" in section(found, "metadata")


def _present(found: Mapping[str, Any]) -> list[str]:
    return list(cast("list[str]", section(found, "metadata").get("finalizers") or []))


def _write(api: Api, path: str, found: Mapping[str, Any], names: list[str]) -> None:
    """Replace the list, unless the object is another than the one found: a merge has no items."""
    version = section(found, "metadata").get("resourceVersion")
    own = {"finalizers": names, **({"resourceVersion": version} if version else {})}
    api.request("PATCH", path, {"metadata": own}, content=MERGE)
