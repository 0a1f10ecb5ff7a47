"""What holds for the repository as a whole."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tracked() -> list[Path]:
    """Every text file of the repository that is or would be committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    return [path for name in listed if (path := ROOT / name).is_file() and path.suffix != ".png"]


def test_the_engine_is_pinned_to_one_version_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (sdk,) = [d.partition("==")[2] for d in project["dependencies"] if d.startswith("pulumi==")]
    (cli,) = re.findall(r"pulumi/pkg/v3 v(\S+)", (ROOT / "tools" / "go.mod").read_text())
    (locked,) = re.findall(
        r"^pulumi==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE
    )
    assert sdk == cli == locked


def test_every_dependency_is_locked_with_its_hashes() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["sandbox"],
        *project["dependency-groups"]["dev"],
    ]
    names = {re.split(r"[\[<>=~]", entry)[0] for entry in wanted}
    locked = set(re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE))
    assert names <= locked
    assert lock.count("==") <= lock.count("--hash=sha256:")


@pytest.mark.parametrize(
    "pattern",
    [
        r"files\.pythonhosted",
        r"\bpypi\.org",
        r"registry\.npmjs",
        r"proxy\.golang",
        r"/work/(main|shared)",
        r"/root/",
        r"\b(TODO|FIXME|XXX)\b",
    ],
)
def test_no_file_names(pattern: str) -> None:
    here = Path(__file__)
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path != here
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        if re.search(pattern, line)
    ]
    assert not found


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert re.search(r"^make test\b", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert re.search(r"^make test$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)


def test_nothing_at_the_root_shadows_the_standard_library() -> None:
    assert not [path for path in ROOT.glob("platform*") if path.suffix in {"", ".py"}]


def test_every_link_in_the_documentation_leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert not broken
