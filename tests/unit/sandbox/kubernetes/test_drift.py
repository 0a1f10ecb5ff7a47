"""What a refresh takes for a change made outside the program."""

from typing import Any

import pytest

from sandbox.kubernetes.live import changed_inputs, drifted, tidy


@pytest.mark.parametrize(
    ("inputs", "before", "now", "wanted"),
    [
        # The server writes quantities its own way.
        ({"memory": "1024Mi"}, {"memory": "1Gi"}, {"memory": "1Gi"}, {"memory": "1024Mi"}),
        ({"memory": "1024Mi"}, {"memory": "1Gi"}, {"memory": "2Gi"}, {"memory": "2Gi"}),
        # What the server fills in is no input.
        ({"a": 1}, {"a": 1, "b": 2}, {"a": 1, "b": 3}, {"a": 1}),
        # What somebody removed is gone; what was never returned stays.
        ({"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": 1}, {"a": 1}),
        ({"stringData": {"a": "b"}}, {"data": 1}, {"data": 2}, {"stringData": {"a": "b"}}),
        ([{"cpu": "0.1"}, 1], [{"cpu": "100m"}, 1], [{"cpu": "100m"}, 2], [{"cpu": "0.1"}, 2]),
        ([1], [1], [1, 2], [1, 2]),
    ],
)
def test_only_what_the_cluster_returns_otherwise_than_before_has_changed(
    inputs: object, before: object, now: object, wanted: object
) -> None:
    assert drifted(inputs, before, now) == wanted


def test_a_secret_given_as_text_is_compared_as_text() -> None:
    given: dict[str, object] = {"kind": "Secret", "stringData": {"password": "old"}}
    before = {**given, "data": {"password": "b2xk"}}
    assert changed_inputs(given, before, {"kind": "Secret", "data": {"password": "b2xk"}}) == {}
    now: dict[str, object] = {"kind": "Secret", "data": {"password": "bmV3"}}
    assert changed_inputs(given, before, now) == {"stringData": {"password": "new"}}


def test_what_only_the_server_reads_is_left_out() -> None:
    found: dict[str, Any] = {
        "kind": "A",
        "metadata": {"name": "a", "managedFields": [{}], "uid": "1"},
    }
    assert tidy(found) == {"kind": "A", "metadata": {"name": "a", "uid": "1"}}
