"""Positions of keys, and what is refused as YAML."""

import datetime as dt

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from automation.yaml_lines import BrokenYamlError, parse

SCALARS = st.none() | st.booleans() | st.integers(-9, 10**12) | st.text(max_size=8)
KEYS = st.text(alphabet="abcdefgh:-_", min_size=1, max_size=6)
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
)


@given(st.dictionaries(KEYS, DOCUMENTS, max_size=4))
def test_values_are_those_of_the_safe_loader(value: dict[str, object]) -> None:
    text = yaml.safe_dump(value, allow_unicode=True)
    assert parse(text).value == yaml.safe_load(text)


@given(st.dictionaries(KEYS, st.integers(0, 9), min_size=1, max_size=9))
def test_every_key_of_a_block_mapping_has_the_line_it_stands_on(value: dict[str, int]) -> None:
    text = "# a comment\n" + yaml.safe_dump(value)
    lines = text.splitlines()
    document = parse(text)
    for key, number in value.items():
        line = lines[document.line((key,)) - 1]
        assert yaml.safe_load(line) == {key: number}


def test_the_line_of_an_absent_path_is_that_of_its_nearest_ancestor() -> None:
    document = parse("a: 1\nb:\n  c:\n    - x\n    - d: 2\n")
    assert document.line(("b", "c", 1, "d")) == 5
    assert document.line(("b", "c", 1, "nothing")) == 5
    assert document.line(("b", "nothing", "below")) == 2
    assert document.line(("nothing",)) == 1


def test_an_empty_document_has_no_value() -> None:
    assert parse("# nothing\n").value is None


def test_a_date_stays_the_string_that_pulumi_hands_over() -> None:
    assert parse("until: 2030-01-31").value == {"until": "2030-01-31"}
    assert yaml.safe_load("until: 2030-01-31") == {"until": dt.date(2030, 1, 31)}


def test_a_key_given_twice_is_noted_at_its_second_line_and_the_last_one_wins() -> None:
    document = parse("a:\n  b: 1\n  c: 2\n  b: 3\n")
    assert document.duplicates == [(("a", "b"), 4)]
    assert document.value == {"a": {"b": 3, "c": 2}}


def test_a_merged_key_that_is_overridden_is_no_duplicate() -> None:
    document = parse("base: &base {x: 1, y: 2}\nown:\n  <<: *base\n  y: 3\n")
    assert document.duplicates == []
    assert document.value == {"base": {"x": 1, "y": 2}, "own": {"x": 1, "y": 3}}


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: 1\nb: c: d\n", 2, 5),
        ("a: 1\n\tb: 2\n", 2, 1),
        ("a: &x\n  b: *x\n", 1, 4),
        ("a: !unknown 1\n", 1, 4),
        ("a: 1\n---\nb: 2\n", 2, 1),
        ("a: 1\nb: \x07\n", 2, 4),
        ("a: *nothing\n", 1, 4),
    ],
    ids=["colon", "tab", "self-anchor", "tag", "two documents", "control character", "alias"],
)
def test_broken_yaml_is_refused_at_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(BrokenYamlError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (line, column)
