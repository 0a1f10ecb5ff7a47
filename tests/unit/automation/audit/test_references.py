"""References of the playbook: tests, pages and commands that exist, and those that do not."""

from pathlib import Path

import pytest

from automation.audit.references import anchor_of, missing_command, missing_page, missing_test


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "docs" / "layers").mkdir(parents=True)
    (tmp_path / "docs" / "layers" / "a.md").write_text(
        "# The a layer\n\n## What it makes\n\n```sh\n# Not a heading\n```\n"
    )
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_a.py").write_text(
        "def test_one() -> None:\n    def test_inner() -> None: ...\n"
    )
    return tmp_path


def test_a_test_that_exists(root: Path) -> None:
    assert missing_test(root, "tests/test_a.py::test_one") is None


@pytest.mark.parametrize(
    ("test", "missing"),
    [
        ("tests/test_a.py::test_two", "got no test_two in tests/test_a.py, wanted that test"),
        ("tests/test_a.py::test_inner", "got no test_inner in tests/test_a.py, wanted that test"),
        ("tests/test_b.py::test_one", "got no tests/test_b.py, wanted a file with test_one"),
    ],
)
def test_a_test_that_does_not_exist(root: Path, test: str, missing: str) -> None:
    assert missing_test(root, test) == missing


@pytest.mark.parametrize("page", ["layers/a.md", "layers/a.md#what-it-makes"])
def test_a_page_that_exists(root: Path, page: str) -> None:
    assert missing_page(root, page) is None


@pytest.mark.parametrize(
    ("page", "missing"),
    [
        ("layers/b.md", "got no docs/layers/b.md, wanted that page"),
        ("layers/a.md#gone", "got no heading #gone in docs/layers/a.md, wanted one"),
        ("layers/a.md#not-a-heading", "got no heading #not-a-heading in docs/layers/a.md"),
    ],
)
def test_a_page_or_heading_that_does_not_exist(root: Path, page: str, missing: str) -> None:
    assert (missing_page(root, page) or "").startswith(missing)


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("What it makes", "what-it-makes"),
        ("Why the TTLs are short", "why-the-ttls-are-short"),
        ("`superinc:dns`", "superincdns"),
        ("What is like the engine, and what is not", "what-is-like-the-engine-and-what-is-not"),
        ("A/B — two_words", "ab--two_words"),
    ],
)
def test_anchors_are_those_of_the_forge(heading: str, anchor: str) -> None:
    assert anchor_of(heading) == anchor


def test_commands() -> None:
    assert missing_command("account add") is None
    assert missing_command("audit") is None
    assert missing_command("account remove") == "got no command platform account remove, wanted one"
    assert missing_command("audit all") == "got no command platform audit all, wanted one"
