"""A run that is told to stop, or killed, leaves no lock that it can release and no process."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from tests.reliability.stage import Stage

pytestmark = pytest.mark.reliability

Until = Callable[[Callable[[], object]], None]

TWO = {"management": [], "shared": [], "staging": ["shared"]}
HANGING = {
    "management": {"resources": ["org"], "fault": "hang"},
    "shared": {"resources": ["vpc"], "fault": "hang"},
}


def outcome(process: subprocess.Popen[str]) -> tuple[int, dict[str, dict[str, object]], str]:
    out, err = process.communicate(timeout=30)
    stacks = {entry["stack"]: entry for entry in json.loads(out)["stacks"]} if out else {}
    return process.returncode, stacks, err


def ready(stage: Stage, *stacks: str) -> Callable[[], bool]:
    """Whether the engines of the stacks are in the middle of a resource."""

    def check() -> bool:
        runs = stage.directory / "runs"
        seen = {
            file.name.partition(".")[0]
            for file in runs.glob("*/*.events.jsonl")
            if '"started"' in file.read_text()
        }
        return set(stacks) <= seen

    return check


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_parent_alone_stops_every_engine_gracefully(
    stage: Stage, until: Until, number: signal.Signals
) -> None:
    process = stage.start(HANGING, TWO)
    until(ready(stage, "management", "shared"))
    process.send_signal(number)
    code, stacks, err = outcome(process)
    assert code == 130
    assert {entry["result"] for entry in stacks.values()} == {"cancelled"}
    assert not any(entry["needs_recover"] for entry in stacks.values())
    assert stage.did("management", "told", "SIGINT")
    assert stage.did("shared", "end")
    assert not stage.did("staging", "begin")
    assert stage.locks() == []
    assert stage.processes() == []
    assert f"{number.name}: waiting up to 10 s for management, shared" in err


def test_a_terminals_interrupt_to_the_whole_group_reaches_each_engine_once(
    stage: Stage, until: Until
) -> None:
    process = stage.start(HANGING, TWO)
    until(ready(stage, "management", "shared"))
    os.killpg(process.pid, signal.SIGINT)
    code, stacks, _ = outcome(process)
    assert code == 130
    assert [entry[1:] for entry in stage.journal()].count(["management", "told", "SIGINT"]) == 1
    assert not any(entry["needs_recover"] for entry in stacks.values())
    assert stage.locks() == []


def test_an_interrupt_that_arrives_twice_at_once_is_one(stage: Stage, until: Until) -> None:
    process = stage.start({"a": {"resources": ["x"], "seconds": 1.5}}, {"a": []})
    until(ready(stage, "a"))
    process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, stacks, _ = outcome(process)
    assert stacks["a"]["needs_recover"] is False
    assert stage.locks() == []


def test_a_second_interrupt_kills_at_once_and_says_what_needs_recover(
    stage: Stage, until: Until
) -> None:
    process = stage.start(
        {"a": {"resources": ["x"], "fault": "deaf"}}, {"a": [], "b": ["a"]}, grace=60
    )
    until(ready(stage, "a"))
    process.send_signal(signal.SIGINT)
    time.sleep(1)
    before = time.monotonic()
    process.send_signal(signal.SIGINT)
    code, stacks, err = outcome(process)
    assert time.monotonic() - before < 5
    assert code == 130
    assert stacks["a"]["result"] == "cancelled"
    assert stacks["a"]["needs_recover"] is True
    assert stacks["b"]["needs_recover"] is False
    assert "recover: platform recover a --sandbox" in err
    assert stage.processes() == []


def test_an_engine_that_does_not_listen_yet_is_told_when_it_does(
    stage: Stage, until: Until
) -> None:
    process = stage.start(
        {"a": {"resources": ["x"], "fault": "slow-start", "seconds": 2}}, {"a": []}
    )
    until(lambda: stage.did("a", "begin"))
    process.send_signal(signal.SIGINT)
    code, stacks, _ = outcome(process)
    assert code == 130
    assert stacks["a"]["needs_recover"] is False
    assert stage.did("a", "told", "SIGINT")
    assert stage.locks() == []


def test_an_engine_that_is_only_tidying_up_is_left_to_it(stage: Stage, until: Until) -> None:
    process = stage.start(
        {"a": {"resources": [], "fault": "slow-end", "seconds": 2}}, {"a": [], "b": ["a"]}
    )
    until(
        lambda: any(
            "Summary" in file.read_text() for file in stage.directory.glob("runs/*/a.events.jsonl")
        )
    )
    process.send_signal(signal.SIGINT)
    code, stacks, _ = outcome(process)
    assert code == 130
    assert stacks["a"]["result"] == "unchanged"
    assert stacks["b"]["result"] == "cancelled"
    assert stage.locks() == []


def test_engines_end_gracefully_when_the_parent_is_killed(stage: Stage, until: Until) -> None:
    process = stage.start(HANGING, TWO)
    until(ready(stage, "management", "shared"))
    process.kill()
    process.communicate()
    until(lambda: stage.did("management", "end") and stage.did("shared", "end"))
    until(lambda: stage.processes() == [])
    assert stage.did("management", "told", "SIGTERM")
    assert stage.locks() == []


def test_a_run_after_a_killed_one_finishes_what_is_left(stage: Stage, until: Until) -> None:
    process = stage.start(HANGING, TWO)
    until(ready(stage, "management", "shared"))
    process.kill()
    process.communicate()
    until(lambda: stage.processes() == [])
    done = stage.run({}, TWO)
    assert done.returncode == 0
    assert sorted(file.stem for file in stage.state.glob("*.json")) == sorted(TWO)


def test_two_runs_on_one_target_do_not_interleave(stage: Stage, until: Until) -> None:
    process = stage.start(HANGING, TWO)
    until(ready(stage, "management"))
    second = stage.run({}, TWO)
    assert second.returncode == 8
    assert f"pid {process.pid}" in second.stderr
    process.send_signal(signal.SIGINT)
    assert outcome(process)[0] == 130
