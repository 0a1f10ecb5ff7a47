import io

from rich.console import Console

from automation.events import Progress
from automation.lines import Lines, line
from automation.live import LiveView
from automation.results import Failure, Result, StackResult


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def console(width: int = 110) -> Console:
    return Console(
        file=io.StringIO(),
        force_terminal=True,
        width=width,
        color_system=None,
        _environ={"TERM": "xterm"},
    )


def picture(view: LiveView) -> list[str]:
    shown = Console(file=io.StringIO(), width=110, color_system=None)
    shown.print(view.picture())
    assert isinstance(shown.file, io.StringIO)
    return [row.rstrip() for row in shown.file.getvalue().splitlines()]


def test_a_row_per_stack_with_state_count_time_and_the_slowest_resource() -> None:
    clock = Clock()
    view = LiveView(console(), ["management", "staging"], expected={"management": 42}, clock=clock)
    view.started("management")
    clock.now = 75.0
    progress = Progress(
        clock=clock,
        done={f"urn{number}" for number in range(12)},
        running={"u::aws:ec2/vpc:Vpc::main": ("aws:ec2/vpc:Vpc", 70.0)},
    )
    view.tick({"management": progress})
    rows = picture(view)
    assert rows[1].split()[:3] == ["management", "running", "12/42"]
    assert "aws:ec2/vpc:Vpc main 5.0 s" in rows[1]
    assert "1 m 15 s" in rows[1]
    assert rows[2].split() == ["staging", "pending"]
    assert rows[3] == "0 ok, 0 not, 2 to go; 1 m 15 s"


def test_a_stack_that_left_shows_its_result_and_why() -> None:
    view = LiveView(console(), ["a", "b"], clock=Clock())
    view.finished(StackResult(stack="a", result=Result.SUCCEEDED, changes={"create": 3}, seconds=2))
    view.finished(StackResult(stack="b", result=Result.BLOCKED, detail="a failed"))
    rows = picture(view)
    assert rows[1].split() == ["a", "succeeded", "2.0", "s", "+3"]
    assert rows[2].split() == ["b", "blocked", "a", "failed"]
    assert rows[3].startswith("1 ok, 1 not, 0 to go")


def test_markup_in_names_and_messages_is_shown_as_it_is() -> None:
    view = LiveView(console(), ["a"], clock=Clock())
    failure = Failure(message="[bold]no[/bold] [x", urn="u", type="t", name="n[0]")
    view.finished(StackResult(stack="a", result=Result.FAILED, failures=(failure,)))
    assert "t n[0]: [bold]no[/bold] [x" in picture(view)[1]


def test_drawing_to_a_terminal_that_is_gone_does_not_end_the_rollout() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(5, "Input/output error")

    view = LiveView(Console(file=Gone(), force_terminal=True, width=80), ["a"])
    view.opened()
    view.started("a")
    view.say("hello")
    view.closed()
    Lines(["a"], Gone()).started("a")


def test_the_terminal_is_free_while_a_question_is_asked() -> None:
    shown = console()
    view = LiveView(shown, ["a"])
    view.opened()
    view.pause()
    assert isinstance(shown.file, io.StringIO)
    before = shown.file.getvalue()
    view.tick({})
    assert shown.file.getvalue() == before
    view.resume()
    view.tick({})
    assert len(shown.file.getvalue()) > len(before)
    view.closed()


def test_plain_lines_have_one_shape() -> None:
    stream = io.StringIO()
    lines = Lines(["staging", "backup"], stream)
    lines.opened()
    lines.started("backup")
    lines.tick({})
    changes = {"create": 42, "same": 1}
    good = StackResult(
        stack="backup", result=Result.SUCCEEDED, resources=43, changes=changes, seconds=12.34
    )
    lines.finished(good)
    lines.closed()
    assert stream.getvalue() == "backup   started\nbackup   ok  43 resources  +42  12.3 s\n"


def test_a_line_says_why_a_stack_is_not_good() -> None:
    failure = Failure(message="AccessDenied: no\nmore", urn="u", type="t", name="n")
    failed = StackResult(stack="a", result=Result.FAILED, failures=(failure,), seconds=1)
    assert line(failed) == "a  failed  1.0 s  t n: AccessDenied: no"
    assert (
        line(StackResult(stack="a", result=Result.UNCHANGED, seconds=1))
        == "a  ok  no changes  1.0 s"
    )
