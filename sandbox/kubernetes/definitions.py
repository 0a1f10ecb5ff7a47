"""The CustomResourceDefinitions that charts and EKS addons bring along: files in sandbox/crds."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import yaml

from sandbox.kubernetes import awaiting
from sandbox.kubernetes.api import APPLY, Api

if TYPE_CHECKING:
    from sandbox.control_plane import ControlPlane

FOLDER = Path(__file__).parents[1] / "crds"

API_VERSION, KIND = "apiextensions.k8s.io/v1", "CustomResourceDefinition"

CHARTS: Mapping[str, str] = {
    "argo-cd": "argo-cd",
    "argo-rollouts": "argo-rollouts",
    "aws-load-balancer-controller": "aws-load-balancer-controller",
    "external-secrets": "external-secrets",
    "karpenter": "karpenter",
    "karpenter-crd": "karpenter",
    "kube-prometheus-stack": "prometheus-operator",
    "prometheus-operator-crds": "prometheus-operator",
    "traefik": "traefik",
    "traefik-crds": "traefik",
}
"""Charts that bring definitions, and the folder of those."""

_ADDONS: Mapping[str, tuple[str, ...]] = {
    # The vpc-resource-controller runs in every EKS control plane; its definitions come first.
    "vpc-cni": ("vpc-resource-controller", "vpc-cni"),
}

_SWITCHES: Mapping[str, tuple[str, ...]] = {
    "argo-cd": ("crds", "install"),
    "argo-rollouts": ("installCRDs",),
    "external-secrets": ("installCRDs",),
    "kube-prometheus-stack": ("crds", "enabled"),
}
"""The value by which a chart leaves its definitions out; true when it is not given."""


def folder_of(name: str) -> Path:
    """The files of a chart or an addon, of the one version that is here."""
    return max(path for path in (FOLDER / name).iterdir() if path.is_dir())


def wanted(chart: str, values: Mapping[str, object]) -> str | None:
    """The folder's name of the definitions that a chart installs with these values."""
    value: object = values
    for key in _SWITCHES.get(chart, ()):
        value = cast("Mapping[str, object]", value).get(key) if isinstance(value, dict) else None
    return None if value is False else CHARTS.get(chart)


def files(name: str) -> Iterator[tuple[str, str]]:
    """Names and texts of the definitions of a chart or an addon."""
    for file in sorted(folder_of(name).glob("*.yaml")):
        yield file.stem, file.read_text(encoding="utf-8")


def install(api: Api, name: str, *, owner: str) -> None:
    """Apply the definitions of a chart and wait until they are served."""
    applied = [
        # YAML goes over the wire as it is: parsing 300 kB of it takes a second.
        api.request(
            "PATCH",
            api.path(API_VERSION, KIND, None, definition),
            text,
            query={"fieldManager": owner, "force": "true", "fieldValidation": "Warn"},
            content=APPLY,
        )
        for definition, text in files(name)
    ]
    for definition in applied:
        awaiting.until_ready(api, definition, definition)


def remove(api: Api, name: str) -> None:
    """Delete the definitions of a chart, and with them every object of their kinds."""
    for definition, _ in files(name):
        path = api.path(API_VERSION, KIND, None, definition)
        if api.find(path) is not None:
            api.request("DELETE", path)
            awaiting.until_gone(api, path)


def install_addon(control_plane: "ControlPlane", name: str) -> Sequence[str]:
    """Apply what an EKS addon brings along, as EKS does: with the control plane's own rights.

    Returns:
        The names of the definitions; none for an addon that brings none.
    """
    client = control_plane.client()
    installed: list[str] = []
    try:
        for part in _ADDONS.get(name, ()):
            for definition, text in files(part):
                document = cast("dict[str, Any]", yaml.safe_load(text))
                client.apply(
                    f"/apis/{API_VERSION}/customresourcedefinitions/{definition}", document
                )
                installed.append(definition)
    finally:
        client.close()
    return installed
