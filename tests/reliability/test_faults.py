"""Runs over real processes that go wrong in every way the engine can."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.reliability.stage import Stage

pytestmark = pytest.mark.reliability

CHAIN = {
    "management": [],
    "shared": ["management"],
    "staging": ["shared"],
    "backup": ["management"],
}


def results(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    return {entry["stack"]: entry for entry in json.loads(done.stdout)["stacks"]}


def test_every_stack_starts_after_what_it_needs_has_ended(stage: Stage) -> None:
    done = stage.run({stack: {"seconds": 0.1, "resources": ["a"]} for stack in CHAIN}, CHAIN)
    assert done.returncode == 0, done.stderr
    at = {(entry[1], entry[2]): float(entry[0]) for entry in stage.journal()}
    for stack, needs in CHAIN.items():
        for need in needs:
            assert at[need, "end"] <= at[stack, "begin"]
    assert stage.locks() == []


def test_a_failure_blocks_dependents_and_independent_branches_go_on(stage: Stage) -> None:
    done = stage.run({"shared": {"resources": ["vpc"], "fault": "fail"}}, CHAIN)
    assert done.returncode == 4
    found = results(done)
    assert {stack: entry["result"] for stack, entry in found.items()} == {
        "management": "unchanged",
        "shared": "failed",
        "staging": "blocked",
        "backup": "unchanged",
    }
    assert found["staging"]["detail"] == "shared failed"
    failure = found["shared"]["failures"][0]
    assert (failure["type"], failure["name"]) == ("aws:ec2/vpc:Vpc", "vpc")
    assert failure["source"] == "components/network/vpc.py:42"
    assert "InvalidVpc.Range" in failure["message"]
    assert "retry: platform up shared --sandbox" in done.stderr
    assert not stage.did("staging", "begin")


def test_fail_fast_starts_nothing_after_the_first_failure(stage: Stage) -> None:
    script = {"management": {"resources": ["org"], "fault": "fail"}}
    done = stage.run(script, {"management": [], "other": []}, fail_fast=True, parallel=1)
    assert done.returncode == 4
    assert results(done)["other"]["result"] == "blocked"
    assert not stage.did("other", "begin")


def test_a_policy_refusal_alone_has_its_own_exit_code(stage: Stage) -> None:
    done = stage.run({"shared": {"resources": ["vpc"], "fault": "policy"}}, CHAIN)
    assert done.returncode == 3
    assert results(done)["shared"]["detail"] == "refused by the policy pack: NET-01"
    assert "a VPC needs flow logs" in done.stderr


def test_a_stack_held_by_somebody_else_is_told_and_has_its_own_exit_code(stage: Stage) -> None:
    (stage.state / "shared.lock").write_text("1")
    done = stage.run({}, CHAIN)
    assert done.returncode == 8
    assert "currently locked" in results(done)["shared"]["detail"]


def test_an_engine_that_dies_is_reported_with_what_it_was_doing(stage: Stage) -> None:
    done = stage.run({"shared": {"resources": ["vpc"], "fault": "crash"}}, CHAIN)
    assert done.returncode == 4
    found = results(done)["shared"]
    assert found["needs_recover"] is True
    assert found["detail"].startswith("the engine was killed by signal 9 in the middle of")
    assert "aws:ec2/vpc:Vpc vpc" in found["detail"]
    assert "recover: platform recover shared --sandbox" in done.stderr


def test_an_event_in_two_halves_is_read_once_and_whole(stage: Stage) -> None:
    done = stage.run({"a": {"resources": ["x"], "fault": "torn"}}, {"a": []})
    assert done.returncode == 0
    assert results(done)["a"]["changes"] == {"create": 1}


def test_a_stack_over_its_time_is_stopped_gracefully(stage: Stage) -> None:
    done = stage.run(
        {"a": {"resources": ["x"], "fault": "hang"}}, {"a": [], "b": ["a"]}, timeout=0.5
    )
    assert done.returncode == 124
    assert {stack: entry["result"] for stack, entry in results(done).items()} == {
        "a": "timed-out",
        "b": "blocked",
    }
    assert stage.did("a", "told", "SIGINT")
    assert stage.locks() == []


def test_an_engine_that_does_not_listen_is_killed_after_the_grace(stage: Stage) -> None:
    script = {"a": {"resources": ["x"], "fault": "deaf"}}
    done = stage.run(script, {"a": []}, timeout=0.3, grace=1)
    assert done.returncode == 124
    assert results(done)["a"]["needs_recover"] is True
    assert stage.processes() == []


def test_a_plugin_that_outlives_its_engine_is_ended(stage: Stage) -> None:
    done = stage.run({"a": {"resources": ["x"], "fault": "orphan"}}, {"a": []})
    assert done.returncode == 0
    assert stage.processes() == []


def test_no_secret_is_left_in_any_file_of_the_run(stage: Stage, tmp_path: Path) -> None:
    done = stage.run({"a": {"resources": ["x"], "fault": "leak"}}, {"a": []})
    assert done.returncode == 0
    files = [file for file in (tmp_path / "runs").rglob("*") if file.is_file()]
    assert any("the token is [secret]" in file.read_text() for file in files)
    for file in files:
        assert "a-very-secret-token" not in file.read_text()
        assert "hush-hush-hush" not in file.read_text()


def test_a_gate_without_a_person_waits_and_what_is_behind_it_too(stage: Stage) -> None:
    done = stage.run(
        {},
        {"staging": [], "production": ["staging"], "after": ["production"]},
        gates=["production"],
    )
    assert done.returncode == 5
    assert {stack: entry["result"] for stack, entry in results(done).items()} == {
        "staging": "unchanged",
        "production": "waiting",
        "after": "waiting",
    }
    assert "approve: platform up production --approve production --sandbox" in done.stderr


def test_an_approved_gate_opens(stage: Stage) -> None:
    done = stage.run(
        {},
        {"staging": [], "production": ["staging"]},
        gates=["production"],
        approved=["production"],
    )
    assert done.returncode == 0
    assert stage.did("production", "end")
