"""`platform audit`: the audit to standard output, its summary to standard error, its exit codes."""

import json
from collections.abc import Iterable

import pytest
from typer.testing import CliRunner, Result

from automation import cli
from automation.audit import assessment
from automation.audit.assessment import Assessed, Grounds, State
from automation.audit.playbook import Playbook
from tests.recording import ROOT

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def nothing_is_synthesised(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every chosen rule, met where its number is odd."""

    def assess(_: object, playbook: Playbook, ids: Iterable[str]) -> tuple[Assessed, ...]:
        return tuple(
            Assessed(
                id=id_,
                family=playbook.families[id_.rpartition("-")[0]],
                rule=playbook.rules[id_].rule,
                state=State.MET if int(id_[-1]) % 2 else State.NOT_MET,
                evidence=(),
                people=None,
            )
            for id_ in ids
        )

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(Grounds, "of", lambda *_: None)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType] - takes anything
    monkeypatch.setattr(assessment, "assess", assess)


def audit(*arguments: str) -> Result:
    return RUNNER.invoke(cli.app, ["audit", *arguments], prog_name="platform")


def test_a_rule_that_is_not_met_is_told_and_is_no_error() -> None:
    result = audit("NET-05", "net-06")
    assert result.exit_code == 0
    first, second, third = result.stdout.splitlines()
    assert first == "met        NET-05  An internet gateway, and the public default route to it"
    assert second.startswith("not met    NET-06  NAT by a single gateway, one in each zone, ")
    assert third == "    no evidence yet"
    assert result.stderr == "1 met, 1 not met, 0 by people of 2 rules of the playbook\n"


def test_strict_turns_it_into_the_exit_code_of_a_refusal() -> None:
    result = audit("NET-06", "--strict")
    assert (result.exit_code, result.stdout.partition("  ")[0]) == (3, "not met")
    assert result.stderr.startswith("error: 0 met, 1 not met, 0 by people of 1 rule of the")
    assert audit("NET-05", "--strict").exit_code == 0


@pytest.mark.parametrize("flag", [("--json",), ("--format", "json")])
def test_json_is_data_alone(flag: tuple[str, ...]) -> None:
    result = audit("NET", *flag)
    assert len(json.loads(result.stdout)["rules"]) == 11


def test_markdown_is_one_table_for_each_family() -> None:
    result = audit("NET", "KMS", "--format", "markdown")
    headings = [line for line in result.stdout.splitlines() if line.startswith("## ")]
    assert headings == ["## Keys", "## Network"]


def test_a_wrong_word_is_a_usage_error_before_anything_is_synthesised() -> None:
    assert audit("NET-99").exit_code == 2
    result = audit("--format", "html")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--format: got 'html', wanted one of text, json, markdown" in result.stderr
