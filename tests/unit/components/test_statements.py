"""Policy documents as text."""

import json

from components.statements import allow, deny, deny_all_but, document


def test_a_document_is_compact_and_in_the_order_given() -> None:
    text = document([allow("A", ["s3:GetObject"], ["*"]), deny("B", ["*"])])
    assert " " not in text
    assert text.startswith('{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow"')
    assert [statement["Sid"] for statement in json.loads(text)["Statement"]] == ["A", "B"]


def test_absent_parts_are_left_out() -> None:
    trust = allow("T", ["sts:AssumeRole"], principal={"AWS": "x"})
    assert trust.keys() == {"Sid", "Effect", "Principal", "Action"}


def test_a_denial_of_all_but_some_names_what_it_spares() -> None:
    statement = deny_all_but("R", ["iam:*"], condition={"Bool": {"k": "true"}})
    assert statement["NotAction"] == ["iam:*"]
    assert (statement["Effect"], statement["Resource"]) == ("Deny", ["*"])
    assert "Action" not in statement
