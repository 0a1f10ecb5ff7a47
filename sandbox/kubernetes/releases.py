"""Helm releases on a real API server: what of a chart our own objects need, and Helm's record.

No chart is fetched or rendered. A release makes its namespace when asked, installs its
CustomResourceDefinitions, lets its simulated controllers work, and leaves the Secret by which Helm
knows its releases.
"""

import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any, cast

from sandbox.kubernetes import controllers, definitions, helm
from sandbox.kubernetes.api import APPLY, Api, ApiError

Plain = dict[str, object]

FIELD_MANAGER = "helm"

CHART_LABEL = controllers.CHART_LABEL

_RECORD = "helm.sh/release.v1"
_DELETING = frozenset({"external-secrets", "karpenter-crd", "prometheus-operator-crds"})
"""Charts with their definitions among the templates: Helm deletes those with the release. The
others have them in `crds/`, which Helm never deletes, or annotate them to be kept."""


class ReleaseError(Exception):
    """What Helm would answer instead of installing."""


class Releases:
    """The releases of one cluster."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def install(self, inputs: Plain, namespace: str) -> None:
        """Install a release.

        Raises:
            ReleaseError: Its name is taken, or its namespace is not there.
        """
        self._namespace(namespace, create=bool(inputs.get("createNamespace")))
        name = str(inputs["name"])
        if self.revision(name, namespace):
            raise ReleaseError("cannot re-use a name that is still in use")
        chart, values = helm.chart_of(inputs), values_of(inputs)
        folder = None if inputs.get("skipCrds") else definitions.wanted(chart, values)
        if folder is not None:
            definitions.install(self._api, folder, owner=FIELD_MANAGER)
        self._deploy(inputs, namespace, revision=1)

    def upgrade(self, inputs: Plain, namespace: str) -> int:
        """Upgrade a release; its new revision."""
        revision = self.revision(str(inputs["name"]), namespace)
        self._deploy(inputs, namespace, revision=revision + 1)
        for earlier in range(1, revision + 1):
            self._forget(namespace, str(inputs["name"]), earlier)
        return revision + 1

    def uninstall(self, inputs: Plain, namespace: str) -> None:
        """Remove a release; its namespace stays, as do definitions that Helm does not delete."""
        name, chart = str(inputs["name"]), helm.chart_of(inputs)
        folder = definitions.wanted(chart, values_of(inputs))
        if folder is not None and chart in _DELETING:
            definitions.remove(self._api, folder)
        for revision in range(1, self.revision(name, namespace) + 1):
            self._forget(namespace, name, revision)

    def revision(self, name: str, namespace: str) -> int:
        """The revision that is deployed; 0 where there is no such release."""
        path = self._api.path("v1", "Secret", namespace)
        found = self._api.get(path, labelSelector=f"owner=helm,name={name}")
        items = cast("list[dict[str, Any]]", found.get("items") or [])
        return max((int(item["metadata"]["labels"]["version"]) for item in items), default=0)

    def _deploy(self, inputs: Plain, namespace: str, *, revision: int) -> None:
        chart = helm.chart_of(inputs)
        record = _record(inputs, chart, namespace, revision)
        path = self._api.path(
            "v1", "Secret", namespace, _record_name(str(inputs["name"]), revision)
        )
        query = {"fieldManager": FIELD_MANAGER, "force": "true"}
        self._api.request("PATCH", path, record, query=query, content=APPLY)
        controllers.after_release(self._api, chart)

    def _namespace(self, name: str, *, create: bool) -> None:
        if self._api.find(self._api.path("v1", "Namespace", None, name)) is not None:
            return
        if not create:
            raise ReleaseError(f'namespaces "{name}" not found')
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        self._api.request("POST", self._api.path("v1", "Namespace", None), body)

    def _forget(self, namespace: str, name: str, revision: int) -> None:
        try:
            path = self._api.path("v1", "Secret", namespace, _record_name(name, revision))
            self._api.request("DELETE", path)
        except ApiError as error:
            if not error.missing:
                raise


def values_of(inputs: Mapping[str, object]) -> Plain:
    """The values given."""
    values = inputs.get("values")
    return cast("Plain", values) if isinstance(values, dict) else {}


def _record_name(name: str, revision: int) -> str:
    return f"sh.helm.release.v1.{name}.v{revision}"


def _record(inputs: Plain, chart: str, namespace: str, revision: int) -> Plain:
    """The Secret that `helm list` reads (helm.sh/helm/v3/pkg/storage/driver)."""
    name = str(inputs["name"])
    release = {
        "name": name,
        "namespace": namespace,
        "version": revision,
        "info": {"status": "deployed"},
        "chart": {"metadata": {"name": chart, "version": str(inputs.get("version", ""))}},
        "config": values_of(inputs),
    }
    packed = base64.b64encode(gzip.compress(json.dumps(release).encode(), mtime=0))
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": _RECORD,
        "metadata": {
            "name": _record_name(name, revision),
            "namespace": namespace,
            "labels": {
                "name": name,
                "owner": "helm",
                "status": "deployed",
                "version": str(revision),
                CHART_LABEL: chart,
            },
        },
        "data": {"release": base64.b64encode(packed).decode()},
    }
