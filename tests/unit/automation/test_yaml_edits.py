"""Edits of YAML text: what is meant changes, every other character stays."""

import pytest
import yaml

from automation.yaml_edits import CannotEditError, add_entry, remove_entry, replace_scalar
from tests.recording import ROOT

BLOCK = """\
# The top.
accounts:   # all of them
    staging:
        kind: workload   # the model
        after:
          - shared

    # The next key's own comment.
rest:  {a: 1,   b: 'two'}
"""


def test_an_entry_goes_behind_the_last_one_and_before_the_comment_of_the_next_key() -> None:
    edited = add_entry(BLOCK, ("accounts",), "testing", {"kind": "workload", "after": ["staging"]})
    assert edited == BLOCK.replace(
        "          - shared\n",
        "          - shared\n    testing: {kind: workload, after: [staging]}\n",
    )


def test_an_entry_joins_a_mapping_on_one_line() -> None:
    text = "accounts: {staging: {kind: workload}}  # all\n"
    assert add_entry(text, ("accounts",), "testing", {"kind": "workload"}) == (
        "accounts: {staging: {kind: workload}, testing: {kind: workload}}  # all\n"
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a:\n  x: 1", "a:\n  x: 1\n  new: {kind: k}"),
        ("a:\r\n  x: 1\r\nb: 2\r\n", "a:\r\n  x: 1\r\n  new: {kind: k}\r\nb: 2\r\n"),
        ("a:\n  x: |\n    text\n\nb: 2\n", "a:\n  x: |\n    text\n  new: {kind: k}\n\nb: 2\n"),
        ("a:\n  x: 1 # why\nb: 2\n", "a:\n  x: 1 # why\n  new: {kind: k}\nb: 2\n"),
        ("a:\n  x:\nb: 2\n", "a:\n  x:\n  new: {kind: k}\nb: 2\n"),
    ],
)
def test_the_text_around_an_entry_stays_as_it_is(text: str, wanted: str) -> None:
    assert add_entry(text, ("a",), "new", {"kind": "k"}) == wanted


def test_values_that_yaml_would_take_for_something_else_are_quoted() -> None:
    edited = add_entry("a: {x: 1}\n", ("a",), "no", {"id": "123456789012", "environment": "on"})
    assert yaml.safe_load(edited)["a"]["no"] == {"id": "123456789012", "environment": "on"}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a: {}\n", ("a",)),
        ("a: 1\n", ("a",)),
        ("b: {x: 1}\n", ("a",)),
        ("b: &b {x: 1}\na: *b\n", ("a",)),
        ("a: &a {x: 1}\nb: *a\n", ("a",)),
        ("b: &b {x: 1}\na:\n  y: *b\n", ("a",)),
    ],
)
def test_what_is_not_plain_is_refused_and_not_guessed(text: str, path: tuple[str, ...]) -> None:
    with pytest.raises(CannotEditError):
        add_entry(text, path, "new", {"kind": "k"})


def test_a_scalar_is_replaced_where_it_stands() -> None:
    text = "a:\n  cidr:  '10.0.0.0/16'   # ours\n  b: 10.0.0.0/16\n"
    assert replace_scalar(text, ("a", "cidr"), "10.1.0.0/16") == (
        "a:\n  cidr:  10.1.0.0/16   # ours\n  b: 10.0.0.0/16\n"
    )


def test_of_a_key_given_twice_the_one_that_counts_is_replaced() -> None:
    assert replace_scalar("a: 1\na: 2\n", ("a",), "x") == "a: 1\na: x\n"


@pytest.mark.parametrize("text", ["a: [1]\n", "b: 1\n", "b: &b 1\na: *b\n", "a: &a 1\nb: *a\n"])
def test_a_scalar_that_stands_elsewhere_or_for_others_is_not_replaced(text: str) -> None:
    with pytest.raises(CannotEditError):
        replace_scalar(text, ("a",), "2")


@pytest.mark.parametrize(
    ("text", "path", "wanted"),
    [
        ("a: 1\nb: 2  # two\nc: 3\n", ("b",), "a: 1\nc: 3\n"),
        ("a:\n  x:\n    secure: s\nb: 2\n", ("a", "x"), "b: 2\n"),
        ("a:\n  x:\n    secure: s\n  # why\n  y: 2\n", ("a", "x"), "a:\n  # why\n  y: 2\n"),
        ("a: {x: {secure: s}, y: 2}\n", ("a", "x"), "a: {y: 2}\n"),
        ("a: {y: 2, x: {secure: s}}\n", ("a", "x"), "a: {y: 2}\n"),
    ],
)
def test_an_entry_is_taken_out_with_what_it_leaves_empty(
    text: str, path: tuple[str, ...], wanted: str
) -> None:
    assert remove_entry(text, path) == wanted


def test_what_is_not_there_cannot_be_taken_out() -> None:
    with pytest.raises(CannotEditError, match="got no b, wanted one to remove"):
        remove_entry("a: 1\n", ("b",))


def test_the_committed_project_takes_one_line_more() -> None:
    before = (ROOT / "Pulumi.yaml").read_text()
    path = ("config", "superinc:organization", "value", "accounts")
    after = add_entry(before, path, "testing", {"kind": "workload", "environment": "testing"})
    added = [line for line in after.splitlines() if line not in before.splitlines()]
    assert added == ["        testing: {kind: workload, environment: testing}"]
    assert after.replace(f"{added[0]}\n", "") == before
