"""What holds data, or is known to others by an address, keeps its name for good.

A resource whose URN or identity changes is deleted and made anew by the next rollout. `names.jsonl`
lists every resource for which that would lose something, as it was first rolled out; only additions
are written by `--snapshot-update`. To take one away on purpose, delete its line by hand and say in
the changelog what its owner must do first.
"""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from automation.graph import Graph
from automation.organization import load_project
from automation.synth import Document, synthesise

REPOSITORY = Path(__file__).parents[2]
FILE = Path(__file__).with_name("names.jsonl")

IDENTITY: Final[dict[str, tuple[str, ...]]] = {
    "aws:cloudfront/distribution:Distribution": (),
    "aws:cloudwatch/logGroup:LogGroup": ("name",),
    "aws:ec2/subnet:Subnet": ("cidrBlock", "availabilityZone"),
    "aws:ec2/vpc:Vpc": ("cidrBlock",),
    "aws:identitystore/group:Group": (),
    "aws:kms/alias:Alias": ("name",),
    "aws:kms/key:Key": ("multiRegion", "region", "customerMasterKeySpec"),
    "aws:kms/replicaKey:ReplicaKey": ("region",),
    "aws:lb/loadBalancer:LoadBalancer": ("internal", "loadBalancerType"),
    "aws:organizations/account:Account": ("email", "name"),
    "aws:organizations/organization:Organization": (),
    "aws:route53/zone:Zone": ("name",),
    "aws:s3/bucket:Bucket": ("bucket", "bucketPrefix", "region"),
    "aws:secretsmanager/secret:Secret": ("name", "namePrefix"),
}
"""Types that hold data or give an address, with the properties AWS cannot change in place."""


def names(documents: dict[str, Document]) -> list[str]:
    """One line per resource: its stack, URN and what it is known by."""
    return [
        json.dumps(
            {"stack": stack, "urn": item["urn"], "account": item["account"]} | _identity(item),
            sort_keys=True,
        )
        for stack, document in documents.items()
        for item in document["resources"]
        if item["type"] in IDENTITY
    ]


def _identity(item: dict[str, Any]) -> dict[str, object]:
    inputs = item["inputs"]
    return {name: inputs[name] for name in IDENTITY[item["type"]] if name in inputs}


@pytest.fixture(scope="module")
def current() -> list[str]:
    """The organisation of this repository."""
    project = load_project(REPOSITORY)
    return names(synthesise(project, Graph.of(project), tuple(project.stacks)))


def test_nothing_that_holds_data_is_renamed_or_replaced(
    current: list[str], request: pytest.FixtureRequest
) -> None:
    kept = FILE.read_text(encoding="utf-8").splitlines() if FILE.exists() else []
    if request.config.getoption("--snapshot-update"):
        kept = sorted({*kept, *current})
        FILE.write_text("\n".join(kept) + "\n", encoding="utf-8")
    lost = sorted(set(kept) - set(current))
    assert not lost, "\n".join(["gone from the program, so deleted by the next rollout:", *lost])


def test_everything_that_holds_data_is_listed(current: list[str]) -> None:
    listed = set(FILE.read_text(encoding="utf-8").splitlines())
    new = sorted(set(current) - listed)
    assert not new, "\n".join(["new, to be kept from now on (--snapshot-update):", *new])
