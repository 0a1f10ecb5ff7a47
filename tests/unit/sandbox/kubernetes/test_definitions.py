"""The definitions of third-party kinds: complete, stripped, and of the charts that bring them."""

import json
import re
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from sandbox.crds.collect import HERE, SOURCES, without_descriptions
from sandbox.kubernetes import definitions

WANTED = {
    "Application", "AnalysisTemplate", "AppProject", "CNINode", "ClusterSecretStore",
    "EC2NodeClass", "ENIConfig", "ExternalSecret", "IngressClassParams", "IngressRoute",
    "Middleware", "NodeClaim", "NodePool", "PodMonitor", "PrometheusRule", "Rollout",
    "SecretStore", "SecurityGroupPolicy", "ServersTransport",
    "ServiceMonitor", "TLSOption", "TargetGroupBinding",
}  # fmt: skip
FILES = sorted(definitions.FOLDER.rglob("*.yaml"))


def test_every_kind_that_our_objects_need_is_here() -> None:
    texts = [file.read_text() for file in FILES]
    kinds = {
        found for text in texts for found in re.findall(r"^ {4}kind: (\w+)$", text, re.MULTILINE)
    }
    assert kinds == WANTED


@pytest.mark.parametrize("file", FILES, ids=lambda file: cast("Path", file).stem)
def test_a_file_is_one_definition_of_its_own_name_without_descriptions(file: Path) -> None:
    text = file.read_text()
    (found,) = yaml.load_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    assert found["kind"] == "CustomResourceDefinition"
    assert found["metadata"]["name"] == file.stem
    assert sum(version["storage"] for version in found["spec"]["versions"]) == 1
    schemas = [version["schema"] for version in found["spec"]["versions"]]
    assert without_descriptions(schemas) == schemas


def test_the_readme_names_every_folder_with_its_version_and_module() -> None:
    text = (HERE / "README.md").read_text()
    folders = {path.parent.name: path.name for path in HERE.glob("*/*") if path.is_dir()}
    for chart, version in folders.items():
        assert f"| {chart} | {version} |" in text
    for source in SOURCES:
        assert folders[source.chart] == source.version.removeprefix("v")
        assert f"| {source.module} |" in text


def test_a_property_named_description_stays() -> None:
    schema: dict[str, Any] = {
        "description": "gone",
        "properties": {"description": {"type": "string", "description": "gone"}},
    }
    assert without_descriptions(schema) == {"properties": {"description": {"type": "string"}}}


@pytest.mark.parametrize(
    ("chart", "values", "folder"),
    [
        ("karpenter-crd", {}, "karpenter"),
        ("argo-cd", {"crds": {"install": False}}, None),
        ("argo-cd", {"crds": {"keep": True}}, "argo-cd"),
        ("external-secrets", {"installCRDs": False}, None),
        ("metrics-server", {}, None),
    ],
)
def test_a_chart_brings_its_definitions_unless_its_values_say_no(
    chart: str, values: dict[str, object], folder: str | None
) -> None:
    assert definitions.wanted(chart, values) == folder
    if folder is not None:
        assert json.dumps([name for name, _ in definitions.files(folder)]) != "[]"
