import pytest

from automation.reports.record import RunRecord
from automation.reports.text import changes, duration, report
from automation.results import Failure, Operation, Reason, Result, StackResult, Violation


def record(*results: StackResult, sandbox: bool = True) -> RunRecord:
    return RunRecord(
        run="20261123-120000000-ab12",
        operation=Operation.UP,
        sandbox=sandbox,
        stacks=tuple(result.stack for result in results),
        at="2026-11-23T12:00:00.000Z",
        started={result.stack: "" for result in results if result.seconds},
        results={result.stack: result for result in results},
        finished_at="2026-11-23T12:01:12.000Z",
        seconds=72.0,
        exit_code=0,
    )


def test_a_good_run_is_a_table_and_one_line() -> None:
    good = StackResult(
        stack="management",
        result=Result.SUCCEEDED,
        seconds=12.3,
        resources=42,
        changes={"create": 40, "update": 2},
    )
    assert report(
        record(good, StackResult(stack="staging", result=Result.UNCHANGED, seconds=4.0))
    ) == (
        "stack       result     resources  changes  time    note\n"
        "management  succeeded  42         +40 ~2   12.3 s\n"
        "staging     unchanged                      4.0 s\n"
        "\n"
        "run 20261123-120000000-ab12: 1 succeeded, 1 unchanged in 1 m 12 s"
    )


def test_a_bad_run_says_what_where_why_and_how_to_go_on() -> None:
    failure = Failure(
        message="InvalidVpc.Range: no",
        urn="u",
        type="aws:ec2/vpc:Vpc",
        name="main",
        source="vpc.py:42",
    )
    failed = StackResult(
        stack="staging",
        result=Result.FAILED,
        reason=Reason.RESOURCES,
        seconds=3.0,
        failures=(failure,),
        needs_recover=True,
    )
    blocked = StackResult(
        stack="production", result=Result.BLOCKED, detail="staging failed", cause="staging"
    )
    assert report(record(failed, blocked)) == (
        "stack       result   resources  changes  time   note\n"
        "staging     failed                       3.0 s  InvalidVpc.Range: no\n"
        "production  blocked                             staging failed\n"
        "\n"
        "staging: failed\n"
        "  aws:ec2/vpc:Vpc main (vpc.py:42)\n"
        "    InvalidVpc.Range: no\n"
        "  recover: platform recover staging --sandbox\n"
        "  retry: platform up staging --sandbox\n"
        "\n"
        "run 20261123-120000000-ab12: 1 failed, 1 blocked in 1 m 12 s\n"
        "retry: platform up 'failed(last)' --sandbox"
    )


def test_a_refusal_names_the_policy_and_the_resource() -> None:
    violations = (
        Violation(policy="NET-01", level="mandatory", message="no flow logs", urn="a::b::vpc"),
        Violation(policy="TAG-02", level="advisory", message="untidy"),
    )
    refused = StackResult(
        stack="a", result=Result.FAILED, reason=Reason.POLICY, violations=violations
    )
    text = report(record(refused))
    assert "  policy NET-01 on vpc\n    no flow logs\n" in text
    assert "untidy" not in text


def test_a_protected_resource_tells_the_way_out() -> None:
    failure = Failure(message='resource "x" cannot be deleted because it is protected', urn="u")
    failed = StackResult(stack="a", result=Result.FAILED, failures=(failure,))
    wanted = "unprotect: platform shell a, then pulumi state unprotect"
    assert wanted in report(record(failed, sandbox=False))


def test_a_gate_tells_how_to_open_it() -> None:
    waiting = StackResult(stack="production", result=Result.WAITING, detail="waits for approval")
    text = report(record(waiting, sandbox=False))
    assert "approve: platform up production --approve production" in text


@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [(0.04, "0.0 s"), (59.9, "59.9 s"), (72, "1 m 12 s"), (7500, "2 h 05 m")],
)
def test_durations_are_read_at_a_glance(seconds: float, wanted: str) -> None:
    assert duration(seconds) == wanted


def test_changes_are_signs_and_what_stays_is_silent() -> None:
    assert (
        changes({"same": 9, "delete": 1, "create": 2, "replace": 3, "odd": 4}) == "+2 ±3 -1 odd 4"
    )
