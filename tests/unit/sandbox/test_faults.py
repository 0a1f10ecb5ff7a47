"""Scripted faults: which operation meets which fault, how often, and what happens then."""

import asyncio
import json
import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from sandbox.faults import (
    CRASH_STATUS,
    FaultInjectedError,
    Faults,
    FaultScriptError,
    Operation,
    parse,
)

VPC = Operation(kind="create", type="aws:ec2/vpc:Vpc", name="main", stack="staging")


def script(directory: Path, *entries: object) -> Path:
    file = directory / "faults.json"
    file.write_text(json.dumps(entries), encoding="utf-8")
    return file


def claim_in_a_process(file: Path, attempts: int) -> int:
    faults = Faults(file)
    return sum(faults.claim(VPC) is not None for _ in range(attempts))


def apply(file: Path, operation: Operation = VPC) -> None:
    asyncio.run(Faults(file).apply(operation))


def test_the_operation_is_read_from_a_urn_with_parents() -> None:
    urn = "urn:pulumi:staging::superinc::superinc:network:Network$aws:ec2/vpc:Vpc::main::odd"
    assert Operation.of("create", urn) == Operation(
        kind="create", type="aws:ec2/vpc:Vpc", name="main::odd", stack="staging"
    )


@pytest.mark.parametrize(
    ("match", "wanted"),
    [
        ({}, 1),
        ({"type": "aws:ec2/*"}, 1),
        ({"type": "aws:ec2/*", "name": "main", "operation": "create", "stack": "stag*"}, 1),
        ({"type": "aws:s3/*"}, 0),
        ({"name": "other"}, 0),
        ({"operation": "delete"}, 0),
        ({"stack": "production"}, 0),
    ],
)
def test_every_glob_given_must_match(tmp_path: Path, match: dict[str, str], wanted: int) -> None:
    file = script(tmp_path, {"match": match, "fault": "error"})
    assert claim_in_a_process(file, 1) == wanted


def test_an_error_once_fails_once_with_its_message(tmp_path: Path) -> None:
    file = script(tmp_path, {"match": {}, "fault": "error", "times": 1, "message": "no capacity"})
    with pytest.raises(FaultInjectedError, match=r"^no capacity$"):
        apply(file)
    apply(file)


def test_throttling_speaks_as_aws_does(tmp_path: Path) -> None:
    with pytest.raises(FaultInjectedError, match="ThrottlingException: Rate exceeded"):
        apply(script(tmp_path, {"fault": "throttle"}))


def test_the_first_entry_with_times_left_applies(tmp_path: Path) -> None:
    file = script(
        tmp_path,
        {"fault": "error", "times": 1, "message": "first"},
        {"fault": "error", "times": 1, "message": "second"},
    )
    said: list[str | None] = []
    for _ in range(3):
        fault = Faults(file).claim(VPC)
        said.append(fault.message if fault else None)
    assert said == ["first", "second", None]


def test_times_are_counted_across_processes(tmp_path: Path) -> None:
    file = script(tmp_path, {"fault": "error", "times": 7})
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(claim_in_a_process, file, 10) for _ in range(3)]
        assert sum(future.result() for future in futures) == 7


def test_a_changed_script_counts_anew(tmp_path: Path) -> None:
    assert claim_in_a_process(script(tmp_path, {"fault": "error", "times": 1}), 2) == 1
    changed = script(tmp_path, {"fault": "error", "times": 1, "message": "another"})
    assert claim_in_a_process(changed, 2) == 1


def test_slow_takes_its_time_and_succeeds(tmp_path: Path) -> None:
    began = time.monotonic()
    apply(script(tmp_path, {"fault": "slow", "seconds": 0.1}))
    assert time.monotonic() - began >= 0.1


async def hang_and_cancel(file: Path) -> None:
    faults = Faults(file)
    task = asyncio.ensure_future(faults.apply(VPC))
    await asyncio.sleep(0.05)
    assert not task.done()
    faults.cancel()
    await asyncio.wait_for(task, 0.2)


def test_a_hanging_operation_ends_when_the_engine_cancels(tmp_path: Path) -> None:
    with pytest.raises(FaultInjectedError, match="create of main was cancelled"):
        asyncio.run(hang_and_cancel(script(tmp_path, {"fault": "hang"})))


def test_a_stubborn_one_does_not(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError):
        asyncio.run(hang_and_cancel(script(tmp_path, {"fault": "hang", "stubborn": True})))


def test_a_hang_with_seconds_succeeds_after_them(tmp_path: Path) -> None:
    apply(script(tmp_path, {"fault": "hang", "seconds": 0.05}))


def test_a_crash_takes_the_process_with_it(tmp_path: Path) -> None:
    file = script(tmp_path, {"fault": "crash"})
    child = get_context("spawn").Process(target=apply, args=(file,))
    child.start()
    child.join(30)
    assert child.exitcode == CRASH_STATUS


def test_without_a_script_nothing_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(Faults.from_environment().apply(VPC))
    monkeypatch.setitem(os.environ, "SANDBOX_FAULTS", str(tmp_path / "absent.json"))
    asyncio.run(Faults.from_environment().apply(VPC))


def test_the_script_is_the_one_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = script(tmp_path, {"fault": "error"})
    monkeypatch.setitem(os.environ, "SANDBOX_FAULTS", str(file))
    with pytest.raises(FaultInjectedError):
        asyncio.run(Faults.from_environment().apply(VPC))


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"fault": "error"}, "wanted a list"),
        (["error"], r"SANDBOX_FAULTS\[0\]: wanted an object"),
        ([{"fault": "explode"}], r"\[0\].fault: got 'explode', wanted one of error"),
        ([{"fault": "error", "time": 1}], r"\[0\]: got time, wanted only"),
        ([{"fault": "error", "match": {"urn": "*"}}], r"match: got urn, wanted only"),
        ([{"fault": "error", "match": {"operation": "up"}}], r"operation: got 'up'"),
        ([{"fault": "error", "match": "*"}], r"match: wanted an object"),
    ],
)
def test_a_bad_script_is_refused_with_its_place(entries: Sequence[object], said: str) -> None:
    with pytest.raises(FaultScriptError, match=said):
        parse(json.dumps(entries))


def test_text_that_is_not_json_is_refused() -> None:
    with pytest.raises(FaultScriptError, match="not JSON"):
        parse("- fault: error")
