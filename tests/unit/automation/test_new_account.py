"""A new account: what is written, what is refused, and that the project works with it."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from automation import cli
from automation.errors import ConfigError, UsageError
from automation.graph import Graph
from automation.new_account import Addition, Request, plan
from automation.organization import load_project
from automation.policy_gate import evaluate_documents
from automation.synth import synthesise
from tests.recording import ROOT

RUNNER = CliRunner()
ASKED = Request(name="testing", like="staging")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the committed configuration with the program beside it, as the current one."""
    root = tmp_path / "project"
    root.mkdir()
    for file in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(file, root)
    shutil.copy(ROOT / "__main__.py", root)
    shutil.copytree(ROOT / "components", root / "components")
    shutil.copytree(ROOT / "policy", root / "policy")
    monkeypatch.chdir(root)
    return root


def planned(root: Path, **asked: object) -> Addition:
    return plan(load_project(root), replace(ASKED, **asked))


def edit(root: Path, name: str, old: str, new: str) -> None:
    text = (root / name).read_text()
    assert old in text
    (root / name).write_text(text.replace(old, new, 1))


def add(*arguments: str) -> Result:
    return RUNNER.invoke(cli.app, ["account", "add", *arguments], prog_name="platform")


def files(root: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in root.glob("*.yaml")}


def test_the_account_is_one_line_in_the_project_and_a_file_of_its_own(project: Path) -> None:
    before = files(project)
    result = add("testing", "--like", "staging")
    assert result.exit_code == 0, result.stderr
    after = files(project)
    assert after.keys() - before.keys() == {"Pulumi.testing.yaml"}
    assert [name for name in before if after[name] != before[name]] == ["Pulumi.yaml"]
    line = b"        testing: {kind: workload, environment: testing}\n"
    assert after["Pulumi.yaml"].replace(line, b"") == before["Pulumi.yaml"]
    own = after["Pulumi.testing.yaml"].decode()
    model = before["Pulumi.staging.yaml"].decode()
    cidr = yaml.safe_load(own)["config"]["superinc:network"]["cidr"]
    assert own.replace(cidr, "10.48.0.0/16").replace("The testing", "The staging") == model


def test_the_organisation_with_it_synthesises_and_passes_the_policies(project: Path) -> None:
    assert add("testing", "--like", "staging").exit_code == 0
    found = load_project(project)
    graph = Graph.of(found)
    documents = synthesise(found, graph, graph.order())
    assert documents["testing"]["account"]["environment"] == "testing"
    types = {
        stack: sorted(item["type"] for item in documents[stack]["resources"])
        for stack in ("staging", "testing")
    }
    assert types["testing"] == types["staging"]
    ids = {document["account"]["id"] for document in documents.values()}
    assert len(ids) == len(documents) == 8
    gate = evaluate_documents(found, list(documents.values()))
    blocking = [finding for report in gate.reports for finding in report.blocking]
    assert blocking == []


def test_its_network_is_as_large_as_the_models_and_apart_from_every_other(project: Path) -> None:
    edit(project, "Pulumi.staging.yaml", "cidr: 10.48.0.0/16", "cidr: 10.48.0.0/18")
    edit(project, "Pulumi.staging.yaml", "nat: single", "nat: single\n    private_prefix: 21")
    first, second = planned(project), planned(project, name="preprod")
    assert first.cidr == second.cidr == "10.128.0.0/18"
    assert add("testing", "--like", "staging").exit_code == 0
    assert planned(project, name="preprod").cidr == "10.192.0.0/18"


def test_what_only_one_account_may_have_is_off_or_its_own(project: Path) -> None:
    dns, vpn = "    certificates: true\n    apex: true # here\n", "    access: client-vpn\n"
    vpn += "    client_vpn:\n      client_cidr: 10.255.0.0/20\n      groups: [operators]\n"
    vpn += f"      saml_metadata: {'x' * 1000}\n"
    for name, cidr in (("staging", "10.48.0.0/16"), ("production", "10.64.0.0/16")):
        file = project / f"Pulumi.{name}.yaml"
        content = yaml.safe_load(file.read_text())
        content["config"] = {"superinc:keys": content["config"]["superinc:keys"]}
        text = yaml.safe_dump(content) + f"  superinc:network:\n    cidr: {cidr}\n"
        file.write_text(text)
    edit(
        project,
        "Pulumi.staging.yaml",
        "  superinc:network:\n    cidr: 10.48.0.0/16\n",
        f"  superinc:dns:\n{dns}  superinc:network:\n    cidr: 10.48.0.0/16\n{vpn}",
    )
    own = planned(project).after["Pulumi.testing.yaml"]
    assert "    certificates: true\n    apex: false # here\n" in own
    config = yaml.safe_load(own)["config"]["superinc:network"]
    assert config["cidr"] == "10.128.0.0/16"
    assert config["client_vpn"]["client_cidr"] == "10.96.0.0/20"


def test_a_network_that_is_asked_for_is_taken_and_checked(project: Path) -> None:
    assert planned(project, cidr="10.80.0.0/16").cidr == "10.80.0.0/16"
    with pytest.raises(ConfigError, match=r"10\.64\.0\.0/17, wanted a range apart from"):
        planned(project, cidr="10.64.0.0/17")


def test_order_and_gate_are_the_models_unless_said(project: Path) -> None:
    def entry(**asked: object) -> dict[str, object]:
        text = planned(project, **asked).after["Pulumi.yaml"]
        accounts = yaml.safe_load(text)["config"]["superinc:organization"]["value"]["accounts"]
        found: dict[str, object] = accounts["testing"]
        return found

    as_production = {"kind": "workload", "environment": "testing", "after": ["staging"]}
    assert entry(like="production") == {**as_production, "gate": True}
    assert entry(like="production", gate=False) == as_production
    assert entry(after=("identity",), environment="qa", id="999988887777") == {
        "kind": "workload",
        "environment": "qa",
        "after": ["identity"],
        "id": "999988887777",
    }


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"name": "staging"}, "got name 'staging', wanted one that no account has"),
        ({"name": "Testing"}, "got name 'Testing', wanted lower-case letters"),
        ({"name": "-x"}, "got name '-x', wanted lower-case letters"),
        ({"name": "../x"}, "got name '../x', wanted lower-case letters"),
        ({"name": "x" * 33}, "of 33 characters, wanted 32 or fewer"),
        ({"like": "shared"}, "got shared of kind shared, wanted an account of kind workload"),
        ({"like": "stagin"}, r"got 'stagin', wanted .*\(did you mean staging\?\)"),
    ],
)
def test_what_cannot_be_added_is_refused(
    project: Path, asked: dict[str, str], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        planned(project, **asked)


def test_a_name_that_makes_an_address_or_a_domain_too_long_is_refused(project: Path) -> None:
    edit(project, "Pulumi.yaml", "aws+{account}@", f"{'a' * 40}+{{account}}@")
    with pytest.raises(UsageError, match=r"e-mail address .* of 72 characters, wanted 64 or fewer"):
        planned(project, name="t" * 18)
    edit(project, "Pulumi.yaml", "domain: superinc.com", f"domain: {'d' * 50}.com")
    with pytest.raises(UsageError, match=r"domain name .* of 65 characters, wanted 64 or fewer"):
        planned(project, name="t" * 10)


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"after": ("nobody",)}, "accounts.testing.after: got 'nobody', wanted one of"),
        ({"after": ("testing",)}, "got a cycle testing → testing"),
        ({"environment": "Q A"}, "got 'Q A', wanted lower-case letters"),
        ({"cidr": "10.0.0.0/8"}, "Pulumi.testing.yaml:.*got 10.0.0.0/8, wanted a /16 or smaller"),
        ({"cidr": "net"}, "got 'net', wanted an IPv4 CIDR"),
        ({"id": "1"}, "got '1', wanted 12 digits"),
        ({"id": "111122223333"}, "got '111122223333', wanted another id than management's"),
    ],
)
def test_a_result_that_would_not_validate_is_refused_before_anything_is_written(
    project: Path, asked: dict[str, object], problem: str
) -> None:
    before = files(project)
    with pytest.raises(ConfigError, match=problem):
        planned(project, **asked)
    assert files(project) == before


def test_a_file_of_that_name_is_not_overwritten(project: Path) -> None:
    for_nobody = project / "Pulumi.testing.yaml"
    known = load_project(project)
    for_nobody.write_text("config: {}\n")
    with pytest.raises(UsageError, match=r"got Pulumi\.testing\.yaml already, wanted no such file"):
        plan(known, ASKED)


def test_what_a_killed_write_left_behind_is_taken_up_again(project: Path) -> None:
    known = load_project(project)
    own = plan(known, ASKED).after["Pulumi.testing.yaml"]
    (project / "Pulumi.testing.yaml").write_text(own)
    assert plan(known, ASKED).after["Pulumi.testing.yaml"] == own


def test_a_dry_run_shows_the_change_and_writes_nothing(project: Path) -> None:
    before = files(project)
    result = add("testing", "--like", "staging", "--dry-run")
    assert result.exit_code == 0
    assert files(project) == before
    assert "\n+        testing: {kind: workload, environment: testing}\n" in result.stdout
    assert "\n--- /dev/null\n+++ b/Pulumi.testing.yaml\n" in result.stdout
    assert "nothing was written" in result.stderr


def test_the_printed_change_is_a_patch_that_git_applies(project: Path) -> None:
    shown = add("testing", "--like", "staging", "--dry-run").stdout
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    subprocess.run(["git", "apply", "-"], cwd=project, input=shown, text=True, check=True)
    by_patch = files(project)
    subprocess.run(["git", "apply", "-R", "-"], cwd=project, input=shown, text=True, check=True)
    assert add("testing", "--like", "staging").exit_code == 0
    assert files(project) == by_patch


def test_secrets_of_the_model_are_left_out_and_named(project: Path) -> None:
    head = "secretsprovider: awskms:///alias/state\nencryptedkey: QUFB\n"
    secret = "  superinc:accounts:\n    deploy:\n      state_bucket:\n        secure: djE6\n"
    edit(project, "Pulumi.staging.yaml", "config:\n", f"{head}config:\n{secret}")
    result = add("testing", "--like", "staging")
    assert result.exit_code == 0, result.stderr
    own = (project / "Pulumi.testing.yaml").read_text()
    assert "superinc:accounts" not in own
    assert "encryptedkey" not in own
    assert own.startswith("# The testing environment.\nsecretsprovider: awskms:///alias/state\n")
    assert "warning: superinc:accounts.deploy.state_bucket is left out" in result.stderr
    assert "--path 'superinc:accounts.deploy.state_bucket'" in result.stderr


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("consumers: [backup]", "consumers: [backup]\n        users: [{secure: djE6}]"),
        ("description: Backup vaults", "description: {secure: djE6}"),
    ],
)
def test_a_secret_that_the_account_cannot_do_without_is_refused(
    project: Path, old: str, new: str
) -> None:
    edit(project, "Pulumi.staging.yaml", old, new)
    before = files(project)
    result = add("testing", "--like", "staging")
    assert result.exit_code == 2
    assert files(project) == before


def test_places_that_name_the_model_are_told_and_left_to_a_person(project: Path) -> None:
    result = add("testing", "--like", "staging", "--json")
    told = json.loads(result.stdout)
    assert (told["account"], told["written"], told["cidr"]) == ("testing", True, "10.128.0.0/16")
    assert any(place.startswith("Pulumi.backup.yaml:") for place in told["mentions"])
    assert any(
        place.endswith("superinc:organization.accounts.production.after[0]")
        for place in told["mentions"]
    )
    assert not any("accounts.staging" in place for place in told["mentions"])
    assert "platform up '...testing'" in told["next"]


def test_planning_needs_no_sdk() -> None:
    program = (
        "import sys\n"
        "from automation import new_account, file_sets\n"
        "print(sorted({'pulumi', 'boto3', 'grpc'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout == "[]\n"
