"""What a team adds to staging: the page's first application, two of other kinds, and people."""

import contextlib
import re
from collections.abc import Generator
from typing import Any, cast

import yaml

from tests.engine.conftest import ROOT, Checkout
from tests.engine.staging import ZONE, ZONES, Staging

PAGE = ROOT / "docs" / "start" / "first-application.md"
READER, DEVELOPER = "sample-reader", "sample-developer"
FILES = ("Pulumi.shared.yaml", "Pulumi.staging.yaml")

_BLOCK = re.compile(
    r"In `(Pulumi\.\w+\.yaml)`, below `(superinc:\w+)`:\n\n```yaml\n(.*?)```", re.DOTALL
)
_IMAGE = {"repository": "hello", "tag": "1.0.0-0a1b2c3"}
_CLAIM = "data-ledger-0"
_TRUST = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
"Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/people"}}]}"""

ADDED: dict[str, Any] = {
    "superinc:eks": {
        "cluster": {"access": {"readers": [READER], "developers": {"hello": [DEVELOPER]}}}
    },
    "superinc:workloads": {
        "applications": {
            "strict": {
                "namespace": "hello",
                "image": _IMAGE,
                "replicas": 3,
                "spread": "required",
            },
            "ledger": {
                "namespace": "hello",
                "image": _IMAGE,
                "kind": "stateful-set",
                "replicas": 1,
                "storage": {"path": "/var/lib/ledger", "size": "1Gi"},
                "accept": {"single-replica": "one volume is enough to see where it goes"},
            },
        }
    },
}
"""To `Pulumi.staging.yaml`, besides what the page says."""


def of_page() -> dict[str, dict[str, Any]]:
    """What the page tells to write: file → layer → lines."""
    found = _BLOCK.findall(PAGE.read_text("utf-8"))
    return {file: {layer: yaml.safe_load(lines)} for file, layer, lines in found}


def write(project: Checkout, file: str, lines: dict[str, Any]) -> None:
    """Add lines to a stack's file."""
    path = project.root / file
    document = yaml.safe_load(path.read_text())
    document["config"] = joined(document["config"], lines)
    path.write_text(yaml.safe_dump(document, sort_keys=False))


def joined(old: Any, new: Any) -> Any:  # noqa: ANN401 - parts of a YAML document
    """A document with more lines in it; what is there already stays."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    before, more = cast("dict[str, Any]", old), cast("dict[str, Any]", new)
    return before | {
        key: joined(before[key], value) if key in before else value for key, value in more.items()
    }


@contextlib.contextmanager
def extended(organisation: Checkout, staging: Staging) -> Generator[None]:
    """Roll out the page's lines and ours on staging; take it all back afterwards."""
    before = {file: (organisation.root / file).read_text() for file in FILES}
    iam = organisation.client("iam", staging.plane.account)
    quick = organisation.saved_once()
    try:
        for role in (READER, DEVELOPER):
            iam.create_role(RoleName=role, AssumeRolePolicyDocument=_TRUST)
        for document in _volume(ZONES[0]):
            staging.apply(document)
        for file, lines in of_page().items():
            write(organisation, file, lines)
        write(organisation, "Pulumi.staging.yaml", ADDED)
        checked = organisation.platform("validate")
        assert checked.code == 0, checked.err
        done = quick.platform("up", "staging", "--sandbox", "--yes", "--json")
        assert done.code == 0, done.err
        yield
    finally:
        for file, text in before.items():
            (organisation.root / file).write_text(text)
        done = quick.platform("up", "staging", "--sandbox", "--yes", "--json")
        staging.delete(f"/api/v1/namespaces/hello/persistentvolumeclaims/{_CLAIM}")
        staging.delete("/api/v1/persistentvolumes/ledger")
        for role in (READER, DEVELOPER):
            iam.delete_role(RoleName=role)
        assert done.code == 0, done.err


def _volume(zone: str) -> list[dict[str, Any]]:
    """A volume in a zone, and the claim that has it: no driver makes any here."""
    size = {"storage": "1Gi"}
    common = {"accessModes": ["ReadWriteOnce"], "storageClassName": ""}
    term = {"matchExpressions": [{"key": ZONE, "operator": "In", "values": [zone]}]}
    volume = {
        **common,
        "capacity": size,
        "claimRef": {"namespace": "hello", "name": _CLAIM},
        "local": {"path": "/mnt"},
        "nodeAffinity": {"required": {"nodeSelectorTerms": [term]}},
        "persistentVolumeReclaimPolicy": "Retain",
    }
    claim = {**common, "resources": {"requests": size}, "volumeName": "ledger"}
    bound = {"pv.kubernetes.io/bind-completed": "yes"}
    metadata = {"name": _CLAIM, "namespace": "hello", "annotations": bound}
    return [
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": "ledger"},
            "spec": volume,
        },
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": metadata,
            "spec": claim,
        },
    ]
