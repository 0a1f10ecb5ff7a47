"""The pipelines that docs/ci offers keep their promises."""

import re
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from automation.commands import image
from tests.recording import ROOT

FOLDER = ROOT / "docs" / "ci"
FILES = sorted(FOLDER.glob("*.yml"))
PROMOTIONS = [FOLDER / "direct.yml", FOLDER / "promote.yml"]

every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
every_promotion = pytest.mark.parametrize("path", PROMOTIONS, ids=lambda path: path.stem)


def workflow(path: Path) -> dict[str, Any]:
    # A key that YAML 1.1 takes for a Boolean: `on`.
    return cast("dict[str, Any]", yaml.load(path.read_text(), Loader=yaml.BaseLoader))  # noqa: S506 - a file of ours, and this loader makes only text


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in workflow(path)["jobs"].values() for step in job["steps"]]


def commands(path: Path) -> str:
    return "\n".join(step.get("run", "") for step in steps(path))


def test_there_is_a_pipeline_for_each_way() -> None:
    assert {path.stem for path in FILES} == {"build", "direct", "promote"}


@every_file
def test_actions_are_pinned_by_commit_with_their_release_beside(path: Path) -> None:
    uses = re.findall(r"uses: (.+)", path.read_text())
    assert uses
    for one in uses:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one), one


@every_file
def test_no_key_is_stored_and_no_job_runs_for_ever(path: Path) -> None:
    document = workflow(path)
    assert document["permissions"]["id-token"] == "write"
    assert "concurrency" in document
    assert "aws-access-key-id" not in path.read_text()
    assert all("timeout-minutes" in job for job in document["jobs"].values())


@every_file
def test_what_people_type_never_becomes_part_of_a_command(path: Path) -> None:
    assert "${{" not in commands(path)


@every_promotion
def test_a_promotion_builds_nothing(path: Path) -> None:
    assert "docker/build-push-action" not in path.read_text()
    assert not re.search(r"docker (buildx )?build|put-image|buildx", commands(path))


@every_promotion
def test_a_promotion_is_by_digest_of_an_image_whose_builder_is_known(path: Path) -> None:
    names = [step.get("name") for step in steps(path)]
    order = [names.index(name) for name in ("Find the digest", "Verify who built it")]
    assert order == sorted(order)
    assert names.index("Verify who built it") < names.index("Write it down")
    written = next(step for step in steps(path) if step.get("name") == "Write it down")
    assert "digest = strenv(DIGEST)" in written["run"]
    assert re.search(r'cosign verify "[^"]+@\$DIGEST"', commands(path))
    assert "build\\.yml@" in commands(path)


@every_promotion
def test_production_has_a_gate(path: Path) -> None:
    (job,) = workflow(path)["jobs"].values()
    assert job["environment"] == "${{ inputs.environment }}"


def test_an_image_is_built_once_signed_and_only_then_named_a_release() -> None:
    names = [step.get("name") for step in steps(FOLDER / "build.yml")]
    wanted = ["Look for the image of this commit", "Build and push", "Sign", "Name it a release"]
    assert [name for name in names if name in wanted] == wanted
    by_name = {step.get("name"): step for step in steps(FOLDER / "build.yml")}
    assert by_name["Build and push"]["if"] == "steps.known.outputs.digest == ''"
    assert 'cosign sign --yes "$IMAGE@$DIGEST"' in by_name["Sign"]["run"]
    assert '--image-digest "$DIGEST"' in by_name["Name it a release"]["run"]


def test_pull_requests_of_strangers_build_nothing() -> None:
    assert workflow(FOLDER / "build.yml")["on"].keys() == {"push"}


def test_the_commands_of_ours_exist() -> None:
    known = {command.name or command.callback.__name__ for command in image.app.registered_commands}  # pyright: ignore[reportOptionalMemberAccess] - each has one
    used = set(re.findall(r"platform image (\w+)", commands(FOLDER / "build.yml")))
    assert used == {"lint", "tag"}
    assert used <= known
