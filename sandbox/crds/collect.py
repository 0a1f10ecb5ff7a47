"""Collects the CustomResourceDefinitions beside this file from the Go modules that publish them.

Schemas stay as published; descriptions go, which are most of the bytes and validate nothing. The Go
command checks each module against the checksum database. Run it after a change of `SOURCES`, with
Go on PATH:

    python -m sandbox.crds.collect
"""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

HERE = Path(__file__).parent

_DOWNLOAD_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the definitions of one chart or addon come from.

    Attributes:
        chart: Its name, which is the folder's.
        module: The Go module.
        version: Of the module; the folder's name without the `v`.
        files: Paths in the module.
    """

    chart: str
    module: str
    version: str
    files: tuple[str, ...]


SOURCES = (
    Source(
        chart="karpenter",
        module="github.com/aws/karpenter-provider-aws",
        version="v1.14.1",
        files=(
            "pkg/apis/crds/karpenter.k8s.aws_ec2nodeclasses.yaml",
            "pkg/apis/crds/karpenter.sh_nodeclaims.yaml",
            "pkg/apis/crds/karpenter.sh_nodepools.yaml",
        ),
    ),
    Source(
        chart="vpc-resource-controller",
        module="github.com/aws/amazon-vpc-resource-controller-k8s",
        version="v1.8.2",
        files=(
            "config/crd/bases/vpcresources.k8s.aws_cninodes.yaml",
            "config/crd/bases/vpcresources.k8s.aws_securitygrouppolicies.yaml",
        ),
    ),
    Source(
        chart="vpc-cni",
        module="github.com/aws/amazon-vpc-cni-k8s",
        version="v1.22.4",
        files=("charts/aws-vpc-cni/crds/customresourcedefinition.yaml",),
    ),
    Source(
        chart="external-secrets",
        module="github.com/external-secrets/external-secrets",
        version="v1.3.2",
        files=(
            "config/crds/bases/external-secrets.io_clustersecretstores.yaml",
            "config/crds/bases/external-secrets.io_externalsecrets.yaml",
            "config/crds/bases/external-secrets.io_secretstores.yaml",
        ),
    ),
    Source(
        chart="prometheus-operator",
        module="github.com/prometheus-operator/prometheus-operator",
        version="v0.85.0",
        files=tuple(
            f"example/prometheus-operator-crd/monitoring.coreos.com_{plural}.yaml"
            for plural in ("podmonitors", "prometheusrules", "servicemonitors")
        ),
    ),
    Source(
        chart="traefik",
        module="github.com/traefik/traefik/v3",
        version="v3.7.11",
        files=tuple(
            f"docs/content/reference/dynamic-configuration/traefik.io_{plural}.yaml"
            for plural in ("ingressroutes", "middlewares", "serverstransports", "tlsoptions")
        ),
    ),
    Source(
        chart="argo-cd",
        module="github.com/argoproj/argo-cd/v3",
        version="v3.4.4",
        files=("manifests/crds/application-crd.yaml", "manifests/crds/appproject-crd.yaml"),
    ),
    Source(
        chart="argo-rollouts",
        module="github.com/argoproj/argo-rollouts",
        version="v1.9.0",
        files=(
            "manifests/crds/analysis-template-crd.yaml",
            "manifests/crds/rollout-crd.yaml",
        ),
    ),
)


PROVIDERS = frozenset({"aws", "fake"})
"""Of the 40 backends that a secret store may have, those this platform could use: the API server
needs seconds for the schema of all of them."""


def with_our_providers(schema: dict[str, Any]) -> None:
    """Leave the other backends out of a secret store's schema."""
    spec = schema["openAPIV3Schema"]["properties"].get("spec", {})
    provider = spec.get("properties", {}).get("provider", {}).get("properties", {})
    for name in provider.keys() - PROVIDERS:
        del provider[name]


def without_descriptions(schema: object) -> object:
    """A schema without its descriptions, and with every property of that name."""
    if isinstance(schema, list):
        return [without_descriptions(item) for item in cast("list[object]", schema)]
    if not isinstance(schema, dict):
        return schema
    fields = cast("dict[str, object]", schema)
    return {
        key: {name: without_descriptions(inner) for name, inner in cast("Any", value).items()}
        if key == "properties" and isinstance(value, dict)
        else without_descriptions(value)
        for key, value in fields.items()
        if not (key == "description" and isinstance(value, str))
    }


def definitions(text: str) -> dict[str, object]:
    """The definitions in a file as published, stripped, by name."""
    found: dict[str, object] = {}
    for document in yaml.safe_load_all(text):
        if not document or document.get("kind") != "CustomResourceDefinition":
            continue
        document.pop("status", None)
        for version in document["spec"]["versions"]:
            version["schema"] = without_descriptions(version["schema"])
            if document["spec"]["names"]["kind"].endswith("SecretStore"):
                with_our_providers(version["schema"])
        found[str(document["metadata"]["name"])] = document
    return found


def collect(source: Source) -> None:
    """Write the files of one source, replacing those of another version."""
    command = ["go", "mod", "download", "-json", f"{source.module}@{source.version}"]
    answer = subprocess.run(
        command, check=True, capture_output=True, timeout=_DOWNLOAD_SECONDS, text=True
    )
    module = Path(json.loads(answer.stdout)["Dir"])
    folder = HERE / source.chart / source.version.removeprefix("v")
    shutil.rmtree(folder.parent, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in source.files:
        for name, document in definitions((module / path).read_text(encoding="utf-8")).items():
            text = yaml.safe_dump(document, sort_keys=True, width=100)
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def main() -> None:
    """Collect every source."""
    for source in SOURCES:
        collect(source)


if __name__ == "__main__":
    main()
