"""Helm releases: recorded with their chart, version and values; no chart is fetched or rendered."""

from collections.abc import Mapping
from typing import cast

from sandbox.charts import values as chart_values

TYPE = "kubernetes:helm.sh/v3:Release"

INPUTS = frozenset(
    {
        "allowNullValues",
        "atomic",
        "chart",
        "cleanupOnFail",
        "compat",
        "createNamespace",
        "dependencyUpdate",
        "description",
        "devel",
        "disableCRDHooks",
        "disableOpenapiValidation",
        "disableWebhooks",
        "forceUpdate",
        "keyring",
        "lint",
        "manifest",
        "maxHistory",
        "name",
        "namespace",
        "postrender",
        "recreatePods",
        "renderSubchartNotes",
        "replace",
        "repositoryOpts",
        "resetValues",
        "resourceNames",
        "reuseValues",
        "skipAwait",
        "skipCrds",
        "takeOwnership",
        "timeout",
        "valueYamlFiles",
        "values",
        "verify",
        "version",
        "waitForJobs",
    }
)
"""The inputs of a Release (pulumi-kubernetes 4.34)."""

REPLACING = ("name", "namespace")

_SUFFIX_BYTES = 4

Plain = dict[str, object]


def problems(inputs: Mapping[str, object]) -> list[tuple[str, str]]:
    """What the real provider would refuse when it checks a release: it renders the chart then."""
    found = [(name, "unknown field") for name in sorted(inputs.keys() - INPUTS)]
    if not inputs.get("chart"):
        found.append(("chart", "required value"))
    chart, values = chart_of(inputs), inputs.get("values")
    if isinstance(values, dict):
        version = str(inputs.get("version", ""))
        bad = chart_values.problems(chart, version, cast("Plain", values))
        found += [("values", chart_values.refusal(chart, bad))] if bad else []
    return found


def chart_of(inputs: Mapping[str, object]) -> str:
    """The chart's name: the last part of a path or of an OCI address."""
    return str(inputs.get("chart", "")).rstrip("/").rpartition("/")[2]


def name_of(inputs: Mapping[str, object], name: str, old: Mapping[str, object], seed: bytes) -> str:
    """The release's name: the given one, the one chosen before, or a new one."""
    if inputs.get("name"):
        return str(inputs["name"])
    previous = str(old.get("name", ""))
    if previous.startswith(f"{name}-"):
        return previous
    return f"{name}-{seed[:_SUFFIX_BYTES].hex()}"


def namespace_of(inputs: Mapping[str, object], default: str) -> str:
    """The namespace the release lives in."""
    return str(inputs.get("namespace") or default)


def outputs(inputs: Mapping[str, object], namespace: str, revision: int) -> Plain:
    """What the provider computes for a deployed release."""
    version = str(inputs.get("version", "0.0.0"))
    status = {
        "appVersion": version,
        "chart": str(inputs.get("chart", "")),
        "name": inputs.get("name"),
        "namespace": namespace,
        "revision": revision,
        "status": "deployed",
        "version": version,
    }
    return {"namespace": namespace, "status": status, "resourceNames": {}}


def revision_of(old: Mapping[str, object]) -> int:
    """The revision of a deployed release; 0 where nothing tells it."""
    status = old.get("status")
    number = cast("Plain", status).get("revision") if isinstance(status, dict) else 0
    return int(number) if isinstance(number, int) else 0
