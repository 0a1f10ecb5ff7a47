import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.events import (
    Diagnostic,
    EventTail,
    Progress,
    ResourceEvent,
    Summary,
    parse,
    plain,
    type_of,
)
from automation.results import Violation

VPC = "urn:pulumi:staging::superinc::superinc:network:Vpc$aws:ec2/vpc:Vpc::main"


def line(**event: object) -> bytes:
    return json.dumps({"sequence": 1, "timestamp": 2, **event}, separators=(",", ":")).encode()


def step(key: str, urn: str = VPC, kind: str = "aws:ec2/vpc:Vpc", op: str = "create") -> bytes:
    return line(**{key: {"metadata": {"op": op, "urn": urn, "type": kind, "old": None}}})


def said(severity: str, message: str, **more: str) -> bytes:
    return line(
        diagnosticEvent={**more, "message": message, "color": "never", "severity": severity}
    )


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (step("resourcePreEvent"), ResourceEvent("started", VPC, "aws:ec2/vpc:Vpc", "create")),
        (step("resOutputsEvent"), ResourceEvent("done", VPC, "aws:ec2/vpc:Vpc", "create")),
        # A quote in a name is escaped in JSON: not for the reader of heads.
        (
            step("resOutputsEvent", f'{VPC}"'),
            ResourceEvent("done", f'{VPC}"', "aws:ec2/vpc:Vpc", "create"),
        ),
        (step("resOpFailedEvent"), ResourceEvent("failed", VPC, "aws:ec2/vpc:Vpc", "create")),
        (said("error", "no\n", urn=VPC), Diagnostic("error", "no", VPC)),
        (line(errorEvent={"error": "oops"}), Diagnostic("error", "oops")),
        (
            line(summaryEvent={"resourceChanges": {"create": 2}, "result": "succeeded"}),
            Summary({"create": 2}, "succeeded"),
        ),
        (
            line(
                policyEvent={
                    "resourceUrn": VPC,
                    "message": "no logs",
                    "policyName": "NET-01",
                    "policyPackName": "superinc",
                    "enforcementLevel": "mandatory",
                }
            ),
            Violation(policy="NET-01", level="mandatory", message="no logs", urn=VPC),
        ),
        (said("debug", "secret: hush"), None),
        (said("debug", "secret: hush", streamID="1"), None),
        (line(cancelEvent={}), None),
        (line(somethingNew={"metadata": 1}), None),
        (step("resourcePreEvent")[:-9], None),
        (b"[1, 2]", None),
        (b'"text"', None),
        (b"\xff\xfe", None),
        (line(resourcePreEvent={}), None),
    ],
)
def test_a_line_becomes_the_record_it_stands_for(raw: bytes, wanted: object) -> None:
    assert parse(raw) == wanted


def test_a_debug_word_inside_a_resource_does_not_hide_the_resource() -> None:
    raw = line(
        resOutputsEvent={
            "metadata": {
                "op": "create",
                "urn": VPC,
                "type": "t",
                "new": {"inputs": {"severity": "debug"}},
            }
        }
    )
    assert isinstance(parse(raw), ResourceEvent)


def test_of_a_step_only_the_head_is_read() -> None:
    long = step("resOutputsEvent")[:-3] + b',"new":not even JSON}}}'
    assert parse(long) == ResourceEvent("done", VPC, "aws:ec2/vpc:Vpc", "create")


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a", "ü", "b" * 50]), max_size=6), st.data())
def test_however_the_bytes_arrive_each_record_is_read_once(
    names: list[str], data: st.DataObject
) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "log"
        tail = EventTail(path)
        stream = b"".join(said("error", name) + b"\n" for name in names)
        found: list[object] = []
        with path.open("ab") as log:
            while stream:
                size = data.draw(st.integers(1, len(stream)))
                log.write(stream[:size])
                log.flush()
                stream = stream[size:]
                found.extend(tail.read())
        tail.close()
    assert found == [Diagnostic("error", name) for name in names]


def test_the_log_is_private_and_loses_its_name_once_the_engine_has_it_open(tmp_path: Path) -> None:
    path = tmp_path / "log"
    tail = EventTail(path)
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open("ab") as log:
        assert list(tail.read()) == []
        assert path.exists()
        assert not tail.listening
        log.write(said("info", "one") + b"\n")
        log.flush()
        assert len(list(tail.read())) == 1
        assert tail.listening
        assert not path.exists()
        log.write(said("info", "two") + b"\n")
        log.flush()
        assert len(list(tail.read())) == 1
    tail.close()


def test_progress_counts_resources_without_providers_and_finds_the_slowest() -> None:
    now = [0.0]
    progress = Progress(clock=lambda: now[0])

    def at(time: float, raw: bytes) -> None:
        now[0] = time
        record = parse(raw)
        assert record is not None
        progress.add(record)

    provider = "urn:pulumi:staging::superinc::pulumi:providers:aws::staging"
    stack = "urn:pulumi:staging::superinc::pulumi:pulumi:Stack::superinc-staging"
    at(0, step("resourcePreEvent", stack, "pulumi:pulumi:Stack"))
    at(0, step("resourcePreEvent", provider, "pulumi:providers:aws"))
    at(1, step("resourcePreEvent"))
    assert progress.slowest_running() == ("aws:ec2/vpc:Vpc main", 0.0)
    at(4, step("resOutputsEvent", provider, "pulumi:providers:aws"))
    at(5, step("resOutputsEvent"))
    at(9, step("resOutputsEvent", stack, "pulumi:pulumi:Stack"))
    assert progress.done == {VPC, stack}
    assert progress.slowest == ("aws:ec2/vpc:Vpc main", 4.0)
    assert progress.running == {}
    at(9, line(summaryEvent={"resourceChanges": {"create": 2, "same": 0}, "result": "succeeded"}))
    assert progress.changes == {"create": 2}
    assert progress.resources == 2
    assert progress.finished


def test_closing_words_of_the_engine_are_no_errors() -> None:
    progress = Progress()
    for raw in (said("error", "AccessDenied: no", urn=VPC), said("error", "update failed\n")):
        record = parse(raw)
        assert record is not None
        progress.add(record)
    assert [(error.type, error.name, error.message) for error in progress.errors] == [
        ("aws:ec2/vpc:Vpc", "main", "AccessDenied: no")
    ]


def test_the_type_is_the_last_of_the_chain() -> None:
    assert type_of(VPC) == "aws:ec2/vpc:Vpc"
    assert type_of("") == ""


def test_the_plain_copy_is_json() -> None:
    record = parse(step("resOutputsEvent"))
    assert record is not None
    assert json.loads(json.dumps(plain(record)))["event"] == "ResourceEvent"
