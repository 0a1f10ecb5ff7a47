"""The whole organisation, offline: the same bytes whoever asks, from wherever, for any part."""

import os
import subprocess
import sys
from pathlib import Path

import pulumi
import pytest
import pytest_socket
from pulumi.runtime import resource as runtime_resource

from automation.errors import ConfigError, UsageError
from automation.graph import Graph
from automation.synth import ProgramError, render, source_of, synthesise
from tests.unit.automation.synth.acme import PARTS, PROGRAM, Acme, resource

REPOSITORY = Path(__file__).parents[4]

SCRIPT = """\
import sys
from pathlib import Path
from tests.unit.automation.synth.acme import Acme
from automation.synth import render
acme = Acme.__new__(Acme)
acme.root = Path(sys.argv[1])
sys.stdout.write(render(acme.synth()))
"""


def elsewhere(acme: Acme, cwd: Path, **environment: str) -> str:
    """The documents as another process prints them."""
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(acme.root)],
        cwd=cwd,
        env={"PYTHONPATH": str(REPOSITORY), "PATH": "/nonexistent", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


def test_stacks_come_in_rollout_order(acme: Acme) -> None:
    assert list(acme.synth()) == Graph.of(acme.project).order()


def test_only_the_selected_are_returned_and_their_upstream_is_run(acme: Acme) -> None:
    told: list[str] = []
    project = acme.project
    documents = synthesise(project, Graph.of(project), ["staging"], progress=told.append)
    assert list(documents) == ["staging"]
    assert told[0] == "management"
    assert told[-1] == "staging"
    assert "backup" not in told


def test_a_stack_alone_is_the_same_as_in_the_whole(acme: Acme) -> None:
    whole = acme.synth()
    for stack, document in whole.items():
        assert render(acme.synth(stack)[stack]) == render(document)


def test_two_runs_are_the_same_to_the_byte_whatever_is_around_them(
    acme: Acme, tmp_path: Path
) -> None:
    here = render(acme.synth())
    other = elsewhere(
        acme,
        tmp_path,
        HOME=str(tmp_path),
        PYTHONHASHSEED="4242",
        TZ="Asia/Tokyo",
        AWS_REGION="us-west-2",
        PULUMI_CONFIG='{"acme:organization": "{}"}',
        PULUMI_STACK="other",
    )
    assert here == other


def test_no_network_no_pulumi_and_no_cloud_settings_are_needed(
    acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest_socket.disable_socket(allow_unix_socket=True)  # asyncio wakes itself through one
    for name in [name for name in os.environ if name.startswith(("AWS_", "PULUMI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", "/nonexistent")
    assert len(acme.synth()) == 7


LEAKY = """\
import os
import sys
import pulumi
import parts
seen = getattr(parts, "seen", [])
parts.seen = seen
seen.append(pulumi.get_stack())
pulumi.export("seen", seen)
pulumi.export("config", pulumi.Config("acme").get("net"))
pulumi.export("cwd", os.getcwd() == os.path.dirname(os.path.abspath(__file__)))
pulumi.export("region", os.environ.get("AWS_REGION"))
pulumi.export("loaded", sorted(name for name in sys.modules if name == "left"))
os.environ["AWS_REGION"] = "us-east-1"
os.chdir("/")
sys.modules["left"] = sys
pulumi.runtime.set_config("acme:net", "leaked")
print("for a person")
"""


def test_nothing_of_one_program_is_left_for_the_next(
    acme: Acme, capsys: pytest.CaptureFixture[str]
) -> None:
    acme.write(main=LEAKY, left="")
    before = (Path.cwd(), os.environ.get("AWS_REGION"), list(sys.path), "parts" in sys.modules)
    documents = acme.synth()
    for stack, document in documents.items():
        outputs = document["outputs"]
        assert outputs["seen"] == [stack]
        assert outputs["cwd"] is True
        assert outputs["loaded"] == []
        assert outputs.get("region") is None
        assert outputs.get("config") != "leaked"
    after = (Path.cwd(), os.environ.get("AWS_REGION"), list(sys.path), "parts" in sys.modules)
    assert after == before
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("for a person") == 7


def test_the_sdk_is_left_as_it_was_found(acme: Acme) -> None:
    found = (
        runtime_resource._get_stack_trace,  # pyright: ignore[reportPrivateUsage] - what is replaced
        pulumi.StackReference.__init__,
        pulumi.StackReference.get_output,
        pulumi.StackReference.require_output,
        pulumi.get_stack(),
        pulumi.runtime.get_root_resource(),
    )
    acme.synth("identity")
    with pytest.raises(ProgramError):
        acme.stack("raise ValueError('no')")
    assert found == (
        runtime_resource._get_stack_trace,  # pyright: ignore[reportPrivateUsage] - as above
        pulumi.StackReference.__init__,
        pulumi.StackReference.get_output,
        pulumi.StackReference.require_output,
        pulumi.get_stack(),
        pulumi.runtime.get_root_resource(),
    )


HEAD = "import parts\nimport pulumi\n"
FAILURES = [
    ("raise ValueError('too\\n small')", "special.py:3: ValueError: too; small"),
    ("import nothing_here", "special.py:3: ModuleNotFoundError: No module named 'nothing_here'"),
    ("def f(:", "special.py:3: SyntaxError: invalid syntax"),
    ("raise SystemExit(3)", "special.py:3: the program left with code 3"),
    (
        "raise pulumi.RunError('acme:net.cidr: got 1\\nacme:x: got 2')",
        "acme:net.cidr: got 1; acme:x: got 2",
    ),
    ("pulumi.log.error('broken')", "broken"),
    (
        "pulumi.export('x', pulumi.Output.from_input(1).apply(lambda n: n / 0))",
        "special.py:3: ZeroDivisionError: division by zero",
    ),
    (
        "parts.Thing('a:b:C', 'x', {'y': object()})",
        "special.py:3: ValueError: While processing resource: 'x', type: 'a:b:C'",
    ),
]


@pytest.mark.parametrize(("program", "message"), FAILURES)
def test_a_program_that_fails_is_one_line_with_its_place(
    acme: Acme, program: str, message: str
) -> None:
    with pytest.raises(ProgramError) as caught:
        acme.stack(f"{HEAD}{program}\n")
    text = str(caught.value)
    assert text.startswith(f"identity: {message}")
    assert "\n" not in text
    assert caught.value.hint == "platform synth identity"
    assert caught.value.exit_code == 4


def test_an_asynchronous_program_is_awaited(acme: Acme) -> None:
    program = (
        "import asyncio\nimport pulumi\n"
        "async def main():\n"
        "    await asyncio.sleep(0)\n"
        "    return {'later': 1}\n"
        "pulumi.run(main)\n"
    )
    assert acme.stack(program)["outputs"] == {"later": 1}


def test_an_unknown_stack_is_refused(acme: Acme) -> None:
    with pytest.raises(UsageError, match="got stack 'nope', wanted one of management"):
        acme.synth("nope")


def test_a_project_without_a_program_is_refused(acme: Acme) -> None:
    (acme.root / "__main__.py").unlink()
    with pytest.raises(ConfigError, match="wanted the project's program"):
        acme.synth()


def test_ids_are_the_pinned_the_published_or_invented(acme: Acme) -> None:
    documents = acme.synth()
    assert documents["management"]["account"]["id"] == "111122223333"
    published = documents["management"]["outputs"]["accounts"]["ids"]
    assert documents["staging"]["account"]["id"] == published["staging"]
    acme.write(
        main="import pulumi\npulumi.export('accounts', {'ids': {'staging': '999988887777'}})\n"
    )
    changed = acme.synth()
    assert changed["staging"]["account"]["id"] == "999988887777"
    assert changed["shared"]["account"]["id"] != documents["shared"]["account"]["id"] or (
        len(changed["shared"]["account"]["id"]) == 12
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "pulumi.ResourceOptions(parent=self), bucket",
            "pulumi.ResourceOptions(provider=self._p), bucket",
        ),
        ('f"{name}-bucket"', 'f"{name}-store"'),
        ('bucket=f"{name}-b"', 'bucket=f"{name}-c"'),
        ('self.register_outputs({"bucket": self.bucket})', "pass"),
    ],
)
def test_a_changed_program_changes_the_document(acme: Acme, old: str, new: str) -> None:
    before = acme.synth("staging")
    assert old in PARTS
    changed = PARTS.replace(old, new).replace(
        "super().__init__(name, opts)\n",
        "super().__init__(name, opts)\n        self._p = opts.provider\n",
    )
    acme.write(parts=changed)
    assert acme.synth("staging") != before


def test_the_line_of_a_resource_is_found_by_its_urn() -> None:
    from automation.organization import load_project

    project = load_project(REPOSITORY)
    graph = Graph.of(project)
    urn = "urn:pulumi:management::superinc::pulumi:providers:aws::management"
    found = source_of(project, graph, "management", urn)
    assert found is not None
    assert found.startswith("components/providers.py:")
    assert source_of(project, graph, "nope", urn) is None


def test_the_small_program_is_what_it_says(acme: Acme) -> None:
    assert PROGRAM in (acme.root / "__main__.py").read_text()
    account = resource(acme.synth("management")["management"], "staging")
    assert account["protect"]
    assert account["retain_on_delete"]
