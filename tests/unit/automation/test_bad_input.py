"""Bad input through the real console script: exact words, exit code 2, nothing changed."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from components import blueprint
from tests.projects import line_of

ROOT = Path(__file__).parents[3]
PLATFORM = Path(sys.executable).with_name("platform")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the committed organisation, in the current directory."""
    root = tmp_path / "project"
    root.mkdir()
    for file in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(file, root)
    monkeypatch.chdir(root)
    return root


def edit(root: Path, name: str, old: str, new: str) -> int:
    """Replace the first occurrence of a text in a file; the line it was on."""
    text = (root / name).read_text()
    (root / name).write_text(text.replace(old, new, 1))
    return line_of(text, old)


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the real console script."""
    return subprocess.run(
        [PLATFORM, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


Mutation = Callable[[Path], tuple[list[str], str]]


def unknown_key(root: Path) -> tuple[list[str], str]:
    line = edit(root, "Pulumi.staging.yaml", "    cidr:", "    cdir:")
    fields = ", ".join(blueprint.contract("network").config.model_fields)
    above = line_of((root / "Pulumi.staging.yaml").read_text(), "  superinc:network:")
    return ["validate"], (
        "error: got 2 problems in the configuration, wanted none\n"
        f"Pulumi.staging.yaml:{above}: superinc:network.cidr: got nothing, wanted a value\n"
        f"Pulumi.staging.yaml:{line}: superinc:network.cdir: got an unknown key, "
        f"wanted one of {fields} (did you mean cidr?)\n"
    )


def wrong_type(root: Path) -> tuple[list[str], str]:
    line = edit(root, "Pulumi.yaml", "gate: true", "gate: [perhaps]")
    return ["validate"], (
        f"error: Pulumi.yaml:{line}: superinc:organization.accounts.production.gate: "
        "got a list, wanted true or false\n"
    )


def overlapping_networks(root: Path) -> tuple[list[str], str]:
    production = (root / "Pulumi.production.yaml").read_text()
    cidr = next(line for line in production.splitlines() if line.startswith("    cidr:"))
    line = edit(root, "Pulumi.staging.yaml", "    cidr:", f"{cidr} #")
    value = cidr.split()[1]
    return ["validate"], (
        f"error: Pulumi.staging.yaml:{line}: superinc:network.cidr: "
        f"got {value}, wanted a range apart from production's {value}\n"
    )


def cycle(root: Path) -> tuple[list[str], str]:
    line = edit(root, "Pulumi.yaml", "{kind: shared}", "{kind: shared, after: [production]}")
    return ["validate"], (
        f"error: Pulumi.yaml:{line}: superinc:organization.accounts.shared.after: "
        "got a cycle shared → staging → production → shared, wanted an order\n"
    )


def missing_account(root: Path) -> tuple[list[str], str]:
    (root / "Pulumi.backup.yaml").unlink()
    line = line_of((root / "Pulumi.yaml").read_text(), "        backup:")
    return ["validate"], (
        f"error: Pulumi.yaml:{line}: superinc:organization.accounts.backup: "
        "got no Pulumi.backup.yaml, wanted one for every account\n"
    )


def broken_yaml(root: Path) -> tuple[list[str], str]:
    line = edit(root, "Pulumi.shared.yaml", "config:\n", "config:\n\tx: 1\n")
    return ["validate"], (
        f"error: Pulumi.shared.yaml:{line + 1}:1: got broken YAML (found character that cannot "
        "start any token), wanted valid YAML\n"
    )


def unknown_stack(root: Path) -> tuple[list[str], str]:
    known = "management, identity, shared, backup, monitoring, staging, production"
    assert root.is_dir()
    return ["graph", "stagin"], (
        f"error: got unknown stack 'stagin', wanted one of {known} (did you mean staging?)\n"
    )


def empty_selection(root: Path) -> tuple[list[str], str]:
    assert root.is_dir()
    return ["graph", "staging", "!kind:workload"], (
        "error: got no stack from staging !kind:workload, wanted at least one\n"
    )


@pytest.mark.parametrize(
    "mutation",
    [
        *(unknown_key, wrong_type, overlapping_networks, cycle, missing_account),
        *(broken_yaml, unknown_stack, empty_selection),
    ],
    ids=lambda mutation: mutation.__name__,
)
def test_bad_input_is_an_error_a_hint_and_exit_code_2(project: Path, mutation: Mutation) -> None:
    arguments, error = mutation(project)
    before = {path: path.read_bytes() for path in project.iterdir()}
    done = run(*arguments, cwd=project)
    hint = (
        "hint: correct what is listed, then run: platform validate\n"
        if arguments == ["validate"]
        else "hint: platform graph\n"
    )
    assert done.stderr == error + hint
    assert (done.returncode, done.stdout) == (2, "")
    assert {path: path.read_bytes() for path in project.iterdir()} == before


def test_validate_gives_problems_as_data_too(project: Path) -> None:
    line = edit(project, "Pulumi.yaml", "home: eu-central-1", "home: europe")
    done = run("validate", "--json", cwd=project)
    assert done.returncode == 2
    assert json.loads(done.stdout) == {
        "valid": False,
        "stacks": [],
        "edges": 0,
        "problems": [
            {
                "file": "Pulumi.yaml",
                "line": line,
                "path": "superinc:organization.regions.home",
                "text": "got 'europe', wanted an AWS Region such as eu-central-1",
                "column": None,
            }
        ],
    }
