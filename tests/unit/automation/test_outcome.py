import pytest

from automation.events import Progress
from automation.outcome import LOCK_WORDS, judge
from automation.results import Failure, Reason, Result, Violation
from automation.supervisor import Ended

URN = "urn:pulumi:staging::superinc::aws:ec2/vpc:Vpc::main"


def end(code: int = 0, tail: str = "", **how: bool) -> Ended:
    flags = {"interrupted": False, "timed_out": False, "killed": code < 0, **how}
    return Ended(code=code, seconds=3.0, tail=tail, **flags)


def test_nothing_but_same_is_unchanged() -> None:
    assert judge("a", end(), Progress(changes={"same": 4})).result is Result.UNCHANGED
    assert judge("a", end(), Progress(changes={"same": 4, "update": 1})).result is Result.SUCCEEDED


def test_a_run_that_ended_well_although_it_was_told_to_stop_is_good() -> None:
    told = end(interrupted=True)
    assert judge("a", told, Progress(changes={"create": 1})).result is Result.SUCCEEDED


@pytest.mark.parametrize(
    ("progress", "tail", "reason"),
    [
        (Progress(failed={URN}), "", Reason.RESOURCES),
        (Progress(errors=[Failure(message="no", urn=URN)]), "", Reason.RESOURCES),
        (
            Progress(violations=[Violation(policy="P", level="mandatory", message="m")]),
            "",
            Reason.POLICY,
        ),
        (
            Progress(
                failed={URN}, violations=[Violation(policy="P", level="mandatory", message="m")]
            ),
            "",
            Reason.RESOURCES,
        ),
        (
            Progress(violations=[Violation(policy="P", level="advisory", message="m")]),
            "",
            Reason.ENGINE,
        ),
        (Progress(), f"error: {LOCK_WORDS} 1 lock(s)", Reason.LOCKED),
        (Progress(errors=[Failure(message="Program failed")]), "", Reason.ENGINE),
    ],
)
def test_the_reason_of_a_failure(progress: Progress, tail: str, reason: Reason) -> None:
    assert judge("a", end(1, tail), progress).reason is reason


def test_a_failure_before_the_first_event_is_told_in_the_engines_words() -> None:
    result = judge("a", end(255, "warning: x\nerror: no stack named 'a' found\n"), Progress())
    assert result.detail == "no stack named 'a' found"


def test_a_failure_without_words_tells_the_code() -> None:
    assert judge("a", end(7), Progress()).detail == "the engine ended with code 7"


def test_a_killed_engine_needs_recover_and_tells_what_was_in_flight() -> None:
    progress = Progress(running={URN: ("aws:ec2/vpc:Vpc", 0.0)})
    result = judge("a", end(-9, interrupted=True), progress)
    assert result.result is Result.CANCELLED
    assert result.needs_recover
    assert result.detail == "killed in the middle of aws:ec2/vpc:Vpc main"


def test_messages_are_masked() -> None:
    progress = Progress(errors=[Failure(message="bad hush", urn=URN)])
    result = judge("a", end(1), progress, lambda text: text.replace("hush", "[secret]"))
    assert result.failures[0].message == "bad [secret]"
