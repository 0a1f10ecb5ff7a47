"""The playbook's file: read into models, every problem with its line."""

from pathlib import Path

import pytest

from automation.audit.playbook import load_playbook
from automation.errors import ConfigError

GOOD = """\
families: {NET: Network, ACC: Accounts}
rules:
  NET-01:
    rule: One VPC
    resources:
      - stacks: [staging]
        type: aws:ec2/vpc:Vpc
        count: 1
        each: [{path: "tags.tier", equals: x}]
    policies: [NET-05]
    tests: [tests/unit/a/test_b.py::test_c]
    docs: [layers/network.md#settings]
  NET-02:
    rule: Nothing yet
  ACC-01:
    rule: People do it
    people: somebody does
    docs: [start/new-account.md]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    return tmp_path


def write(root: Path, text: str) -> Path:
    (root / "docs" / "playbook.yaml").write_text(text)
    return root


def problems(root: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load_playbook(write(root, text))
    return raised.value.problems


def test_rules_keep_their_order_and_families_their_names(root: Path) -> None:
    playbook = load_playbook(write(root, GOOD))
    assert list(playbook.rules) == ["NET-01", "NET-02", "ACC-01"]
    assert playbook.families == {"NET": "Network", "ACC": "Accounts"}
    rule = playbook.rules["NET-01"]
    assert str(rule.resources[0].count) == "exactly 1"
    assert (rule.proven, rule.empty) == (True, False)
    assert (playbook.rules["NET-02"].proven, playbook.rules["NET-02"].empty) == (False, True)
    assert (playbook.rules["ACC-01"].proven, playbook.rules["ACC-01"].empty) == (False, False)


def test_every_problem_is_reported_at_once_with_its_line(root: Path) -> None:
    text = GOOD.replace("count: 1", "count: -1").replace("rule: Nothing yet", "rul: Nothing yet")
    text = text.replace("equals: x", "equal: x").replace("ACC-01:", "XYZ-1:")
    found = problems(root, text)
    assert [line.partition(": ")[0] for line in found] == [
        f"docs/playbook.yaml:{line}" for line in (8, 8, 9, 13, 14, 15)
    ]
    assert any("got an unknown key" in line for line in found)
    assert any("did you mean rule?" in line for line in found)
    assert any("got id 'XYZ-1', wanted one of NET, ACC and a number" in line for line in found)


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("NET-05", "net-5", "got 'net-5', wanted a policy's id"),
        ("tests/unit/a/test_b.py::test_c", "test_c", "got 'test_c', wanted a test such as"),
        ("layers/network.md#settings", "network", "got 'network', wanted a page below docs/"),
        ("count: 1", "count: many", "got 'many', wanted a mapping"),
        ("    people: somebody does\n", "", "got tests or docs alone, wanted resources"),
        ("families:", "family:", "got an unknown key, wanted one of families, rules"),
    ],
)
def test_what_cannot_be_evidence_is_refused(root: Path, old: str, new: str, text: str) -> None:
    assert old in GOOD
    assert any(text in line for line in problems(root, GOOD.replace(old, new)))


def test_an_id_given_twice_is_a_problem(root: Path) -> None:
    twice = GOOD.replace("NET-02:", "NET-01:")
    assert any("got the key twice" in line for line in problems(root, twice))


def test_a_missing_file_is_a_problem_and_not_a_crash(root: Path) -> None:
    with pytest.raises(ConfigError, match=r"docs/playbook\.yaml:1: got no such file"):
        load_playbook(root)
