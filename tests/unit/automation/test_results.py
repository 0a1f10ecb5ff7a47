from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.errors import ExitCode
from automation.results import Reason, Result, StackResult, exit_code

FAILED = Result.FAILED


def of(*outcomes: Result | Reason) -> list[StackResult]:
    return [
        StackResult(stack="x", result=FAILED, reason=outcome)
        if isinstance(outcome, Reason)
        else StackResult(stack="x", result=outcome)
        for outcome in outcomes
    ]


@pytest.mark.parametrize(
    ("outcomes", "wanted"),
    [
        ([], ExitCode.INTERNAL),
        ([Result.SUCCEEDED, Result.UNCHANGED], ExitCode.OK),
        ([Result.SUCCEEDED, Reason.RESOURCES, Result.BLOCKED], ExitCode.FAILED),
        ([Reason.ENGINE], ExitCode.FAILED),
        ([Result.BLOCKED], ExitCode.FAILED),
        ([Reason.POLICY, Result.BLOCKED, Result.SUCCEEDED], ExitCode.POLICY),
        ([Reason.POLICY, Reason.RESOURCES], ExitCode.FAILED),
        ([Reason.LOCKED, Result.BLOCKED], ExitCode.LOCKED),
        ([Reason.CREDENTIALS], ExitCode.CREDENTIALS),
        ([Reason.CREDENTIALS, Reason.LOCKED], ExitCode.FAILED),
        ([Result.TIMED_OUT, Result.BLOCKED], ExitCode.TIMEOUT),
        ([Result.TIMED_OUT, Reason.POLICY], ExitCode.FAILED),
        ([Result.WAITING, Result.SUCCEEDED], ExitCode.GATE),
        ([Result.WAITING, Result.BLOCKED], ExitCode.FAILED),
        ([Result.WAITING, Reason.POLICY], ExitCode.POLICY),
        ([Result.CANCELLED, Reason.RESOURCES, Result.SUCCEEDED], ExitCode.CANCELLED),
        ([Result.CANCELLED, Result.TIMED_OUT], ExitCode.CANCELLED),
    ],
)
def test_the_exit_code_follows_from_the_results(
    outcomes: Sequence[Result | Reason], wanted: ExitCode
) -> None:
    assert exit_code(of(*outcomes)) is wanted


@settings(deadline=None)
@given(st.lists(st.sampled_from([*Result, *Reason]), min_size=1), st.randoms())
def test_the_exit_code_does_not_depend_on_the_order_and_is_zero_only_for_good_results(
    outcomes: list[Result | Reason], random: object
) -> None:
    results = of(*outcomes)
    code = exit_code(results)
    assert exit_code(list(reversed(results))) is code
    assert (code is ExitCode.OK) == all(result.result.good for result in results)
