"""Variants: what differs is merged over what is committed, and only those stacks are made anew."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from automation.audit.variants import VARIANTS, Synthesis, Variant, load_variants
from automation.errors import ConfigError
from automation.graph import Graph
from automation.organization import load_project
from automation.synth import synthesise
from tests.recording import ROOT

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct

PROGRAM = """\
import pulumi

with open("ran", "a") as log:
    log.write(pulumi.get_stack() + "\\n")
config = pulumi.Config("superinc")
pulumi.export("given", {key: config.get_object(key) for key in ("network", "dns", "keys")})
if pulumi.get_stack() == "management":
    pulumi.export("accounts", {"ids": {"staging": "999988887777"}})
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The committed configuration, a program that publishes what it was given, no variants."""
    for file in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(file, tmp_path)
    (tmp_path / "__main__.py").write_text(PROGRAM)
    (tmp_path / VARIANTS).mkdir(parents=True)
    return tmp_path


def write(root: Path, text: str) -> Path:
    (root / VARIANTS / "other.yaml").write_text(text)
    return root


def variant(**stacks: Any) -> Variant:  # noqa: ANN401 - whatever YAML may hold
    return Variant.model_validate({"says": "Another choice", "stacks": stacks})


def given(root: Path, described: Variant) -> dict[str, dict[str, Any]]:
    documents = Synthesis.of(load_project(root)).variant("other", described)
    return {stack: document["outputs"]["given"] for stack, document in documents.items()}


def test_files_are_variants_by_their_name(root: Path) -> None:
    write(root, "says: Another choice\nstacks:\n  staging: {superinc:network: {nat: none}}\n")
    assert load_variants(root) == {"other": variant(staging={"superinc:network": {"nat": "none"}})}


def test_every_problem_of_a_file_is_told_with_its_line(root: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        load_variants(write(root, "say: Another\nstacks: {}\n"))
    assert [problem.partition(": ")[0] for problem in raised.value.problems] == [
        "docs/variants/other.yaml:1",
        "docs/variants/other.yaml:1",
        "docs/variants/other.yaml:1",
        "docs/variants/other.yaml:2",
    ]


def test_mappings_are_merged_lists_are_replaced_and_null_takes_out(root: Path) -> None:
    changes = {"nat": "per-az", "flow_logs": {"aggregation_seconds": 600}, "peers": None}
    network = given(
        root, variant(staging={"superinc:network": {**changes, "availability_zones": ["a", "b"]}})
    )["staging"]["network"]
    assert network["nat"] == "per-az"
    assert network["flow_logs"] == {"retention_days": 90, "aggregation_seconds": 600}
    assert network["availability_zones"] == ["a", "b"]
    assert "peers" not in network
    assert network["cidr"] == "10.48.0.0/16"


def test_stacks_are_named_by_selectors_and_the_others_are_not_made(root: Path) -> None:
    changes: dict[str, Any] = {
        "kind:workload": {"superinc:dns": {"ttl_seconds": 60}},
        "production": {"superinc:dns": {"ttl_seconds": 30}},
        "!kind:workload": {"superinc:keys": {"administrators": []}},
    }
    made = given(root, variant(**changes))
    assert len(made) == 7
    seconds = [made[stack]["dns"]["ttl_seconds"] for stack in ("staging", "production")]
    assert seconds == [60, 30]
    assert list(given(root, variant(staging={"superinc:dns": {"ttl_seconds": 60}}))) == ["staging"]


def test_a_variant_runs_the_programs_of_its_own_stacks_alone(root: Path) -> None:
    synthesis = Synthesis.of(load_project(root))
    (root / "ran").unlink()
    synthesis.variant("other", variant(staging={"superinc:dns": {"ttl_seconds": 60}}))
    assert (root / "ran").read_text().split() == ["staging"]


def test_what_is_no_configuration_is_told_with_the_variants_file(root: Path) -> None:
    with pytest.raises(ConfigError, match=r"docs/variants/other\.yaml: Pulumi\.staging\.yaml:\d+"):
        given(root, variant(staging={"superinc:network": {"nat": "some"}}))


def test_what_earlier_stacks_publish_is_taken_from_the_synthesis_before(root: Path) -> None:
    project = load_project(root)
    graph = Graph.of(project)
    ran: list[str] = []
    known: dict[str, Struct] = {}
    whole = synthesise(project, graph, tuple(project.stacks), published=known)
    again = synthesise(project, graph, ["staging"], published=dict(known), progress=ran.append)
    assert ran == ["staging"]
    assert again == {"staging": whole["staging"]}
    assert again["staging"]["account"]["id"] == "999988887777"


def test_a_project_without_variants_has_none(tmp_path: Path) -> None:
    assert load_variants(tmp_path) == {}
