"""The project is read whole, and every problem in it is reported at once with its place."""

import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automation.errors import ConfigError, UsageError
from automation.organization import load_project, read_project
from components.contracts import AccountKind
from tests.projects import IDS, PROJECT, STACKS, ZONE, SmallBlueprint, line_of, write_project

ROOT = Path(__file__).parents[3]
SMALL = SmallBlueprint()
ORG = "acme:organization.accounts"
ACCOUNTS = "management, identity, shared, backup, monitoring, staging, production"


def problems_of(root: Path, files: dict[str, str | None] | None = None) -> list[str]:
    """Every problem of a small project with some files replaced."""
    write_project(root, files)
    _, problems = read_project(root, blueprint=SMALL)
    return [str(problem) for problem in problems]


def edited(old: str, new: str) -> str:
    """The project file with one piece replaced."""
    assert PROJECT.count(old) == 1
    return PROJECT.replace(old, new)


def staging(*lines: str) -> str:
    """A stack file of these lines below `config:`."""
    return "\n".join(["config:", *(f"  {line}" for line in lines), ""])


def test_a_valid_project_is_read_whole(tmp_path: Path) -> None:
    project = load_project(write_project(tmp_path), blueprint=SMALL)
    assert (project.root, project.name) == (tmp_path, "acme")
    assert list(project.stacks) == list(STACKS)
    production = project.stacks["production"]
    assert production.file == tmp_path / "Pulumi.production.yaml"
    assert production.account.kind is AccountKind.WORKLOAD
    assert list(production.configs) == ["base", "net"]
    assert production.configs["net"].model_dump()["cidr"] == "10.2.0.0/16"
    assert production.reads == (IDS, ZONE)
    assert project.stacks["management"].reads == ()


def test_the_project_is_found_from_a_folder_below_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_project(tmp_path)
    below = tmp_path / "components" / "network"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert load_project(blueprint=SMALL).root == tmp_path


def test_a_directory_without_a_project_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_project(tmp_path, blueprint=SMALL)
    assert str(caught.value) == (f"got no Pulumi.yaml in {tmp_path} or above it, wanted a project")
    assert caught.value.hint == "cd to the directory of Pulumi.yaml"


def test_the_committed_organisation_is_valid() -> None:
    project = load_project(ROOT)
    assert len(project.stacks) == 7


def test_load_project_raises_what_read_project_reports(tmp_path: Path) -> None:
    write_project(tmp_path, {"Pulumi.staging.yaml": None, "Pulumi.shared.yaml": ""})
    project, problems = read_project(tmp_path, blueprint=SMALL)
    with pytest.raises(ConfigError) as caught:
        load_project(tmp_path, blueprint=SMALL)
    assert project is None
    assert caught.value.problems == [str(problem) for problem in problems]
    assert len(problems) == 2


CASES: dict[str, tuple[dict[str, str | None], str]] = {
    "unknown key of a layer": (
        {"Pulumi.staging.yaml": staging("acme:net:", "  cdir: 10.1.0.0/16", "  cidr: 10.1.0.0/16")},
        (
            "Pulumi.staging.yaml:3: acme:net.cdir: got an unknown key, wanted one of "
            "cidr, zones, nat, size, peers, labels, zone_reader (did you mean cidr?)"
        ),
    ),
    "unknown key in a list of models": (
        {
            "Pulumi.staging.yaml": staging(
                "acme:net:", "  cidr: x", "  peers:", "    - name: a", "      prot: 1"
            )
        },
        (
            "Pulumi.staging.yaml:6: acme:net.peers[0].prot: got an unknown key, wanted one of "
            "name, port (did you mean port?)"
        ),
    ),
    "unknown key in a mapping of models": (
        {
            "Pulumi.staging.yaml": staging(
                "acme:net:", "  cidr: x", "  labels: {a: {name: b, q: 1}}"
            )
        },
        "Pulumi.staging.yaml:4: acme:net.labels.a.q: got an unknown key, wanted one of name, port",
    ),
    "wrong type": (
        {"Pulumi.staging.yaml": staging("acme:net:", "  cidr: x", "  zones: a")},
        "Pulumi.staging.yaml:4: acme:net.zones: got 'a', wanted a list",
    ),
    "number where a string is wanted": (
        {"Pulumi.staging.yaml": staging("acme:net:", "  cidr: 10")},
        "Pulumi.staging.yaml:3: acme:net.cidr: got 10, wanted a string in quotes",
    ),
    "word where true or false is wanted": (
        {"Pulumi.staging.yaml": staging("acme:net:", "  cidr: x", "  nat: perhaps")},
        "Pulumi.staging.yaml:4: acme:net.nat: got 'perhaps', wanted true or false",
    ),
    "number out of range": (
        {"Pulumi.staging.yaml": staging("acme:net:", "  cidr: x", "  size: 12")},
        "Pulumi.staging.yaml:4: acme:net.size: got 12, wanted 9 or less",
    ),
    "mapping where a string is wanted": (
        {"Pulumi.staging.yaml": staging("acme:net:", "  cidr: {a: b}")},
        "Pulumi.staging.yaml:3: acme:net.cidr: got a mapping, wanted a string",
    ),
    "layer that is not a mapping": (
        {"Pulumi.staging.yaml": staging("acme:net: [a]")},
        "Pulumi.staging.yaml:2: acme:net: got a list, wanted a mapping",
    ),
    "required field missing": (
        {"Pulumi.staging.yaml": staging("acme:base:", "  owner: me", "acme:net:", "  nat: true")},
        "Pulumi.staging.yaml:4: acme:net.cidr: got nothing, wanted a value",
    ),
    "layer with a required field missing": (
        {"Pulumi.staging.yaml": ""},
        "Pulumi.staging.yaml:1: acme:net.cidr: got nothing, wanted a value",
    ),
    "layer of another kind of account": (
        {"Pulumi.backup.yaml": staging("acme:net:", "  cidr: x")},
        (
            "Pulumi.backup.yaml:2: acme:net: got an unknown key, wanted a layer of kind backup, "
            "one of acme:base"
        ),
    ),
    "mistyped layer": (
        {"Pulumi.backup.yaml": staging("acme:bse: {}")},
        (
            "Pulumi.backup.yaml:2: acme:bse: got an unknown key, wanted a layer of kind backup, "
            "one of acme:base (did you mean base?)"
        ),
    ),
    "layer without its namespace": (
        {"Pulumi.backup.yaml": staging("base: {}")},
        (
            "Pulumi.backup.yaml:2: base: got an unknown key, wanted a layer of kind backup, "
            "one of acme:base (did you mean base?)"
        ),
    ),
    "organisation in a stack's file": (
        {"Pulumi.backup.yaml": staging("acme:organization: {}")},
        (
            "Pulumi.backup.yaml:2: acme:organization: got the organisation in a stack's file, "
            "wanted it in Pulumi.yaml"
        ),
    ),
    "key given twice": (
        {"Pulumi.backup.yaml": staging("acme:base:", "  owner: a", "  owner: b")},
        "Pulumi.backup.yaml:4: acme:base.owner: got the key twice, wanted it once",
    ),
    "unknown key at the top of a stack's file": (
        {"Pulumi.backup.yaml": "conifg: {}\n"},
        (
            "Pulumi.backup.yaml:1: conifg: got an unknown key, wanted one of config, "
            "encryptionsalt, encryptedkey, secretsprovider, environment (did you mean config?)"
        ),
    ),
    "configuration that is no mapping": (
        {"Pulumi.backup.yaml": "config: 3\n"},
        "Pulumi.backup.yaml:1: config: got 3, wanted a mapping",
    ),
    "broken YAML": (
        {"Pulumi.backup.yaml": staging("acme:base:", "  owner: a: b")},
        (
            "Pulumi.backup.yaml:3:13: got broken YAML (mapping values are not allowed in this "
            "context), wanted valid YAML"
        ),
    ),
    "stack file missing": (
        {"Pulumi.backup.yaml": None},
        (
            f"Pulumi.yaml:{line_of(PROJECT, '        backup:')}: {ORG}.backup: "
            "got no Pulumi.backup.yaml, wanted one for every account"
        ),
    ),
    "stack file of no account": (
        {"Pulumi.stagin.yaml": ""},
        (
            f"Pulumi.stagin.yaml:1: got a stack without an account, wanted one of {ACCOUNTS} "
            "(did you mean staging?)"
        ),
    ),
    "networks that overlap": (
        {"Pulumi.staging.yaml": STACKS["shared"]},
        "Pulumi.staging.yaml:3: acme:net.cidr: got 10.0.0.0/16, wanted another than shared's",
    ),
    "unknown key of an account": (
        {"Pulumi.yaml": edited("kind: backup", "kind: backup\n          gat: true")},
        (
            f"Pulumi.yaml:{line_of(PROJECT, 'kind: backup') + 1}: {ORG}.backup.gat: "
            "got an unknown key, wanted one of kind, environment, after, gate, id "
            "(did you mean gate?)"
        ),
    ),
    "account id that is a number": (
        {"Pulumi.yaml": edited('"111122223333"', "111122223333")},
        (
            f"Pulumi.yaml:{line_of(PROJECT, 'id: ')}: {ORG}.management.id: "
            "got 111122223333, wanted a string in quotes"
        ),
    ),
    "id of another account": (
        {"Pulumi.yaml": edited("kind: shared", 'kind: shared\n          id: "111122223333"')},
        (
            f"Pulumi.yaml:{line_of(PROJECT, 'kind: shared') + 1}: {ORG}.shared.id: "
            "got '111122223333', wanted another id than management's"
        ),
    ),
    "unknown account in after": (
        {"Pulumi.yaml": edited("- staging", "- stagin")},
        (
            f"Pulumi.yaml:{line_of(PROJECT, 'after:')}: {ORG}.production.after: "
            f"got 'stagin', wanted one of {ACCOUNTS}"
        ),
    ),
    "cycle by after": (
        {"Pulumi.yaml": edited("kind: shared", "kind: shared\n          after: [production]")},
        (
            f"Pulumi.yaml:{line_of(PROJECT, 'kind: shared') + 1}: {ORG}.shared.after: "
            "got a cycle shared → staging → production → shared, wanted an order"
        ),
    ),
    "account after itself": (
        {"Pulumi.yaml": edited("kind: shared", "kind: shared\n          after: [shared]")},
        (
            f"Pulumi.yaml:{line_of(PROJECT, 'kind: shared') + 1}: {ORG}.shared.after: "
            "got a cycle shared → shared, wanted an order"
        ),
    ),
    "no organisation": (
        {"Pulumi.yaml": "name: acme\nruntime: python\nconfig:\n  aws:region: eu-central-1\n"},
        "Pulumi.yaml:3: acme:organization: got nothing, wanted the organisation",
    ),
    "organisation without value": (
        {"Pulumi.yaml": "name: acme\nconfig:\n  acme:organization:\n    domain: acme.example\n"},
        "Pulumi.yaml:3: acme:organization: got nothing, wanted the organisation",
    ),
    "layer in the project's file": (
        {"Pulumi.yaml": edited("  pulumi:disable", "  acme:net: {value: {}}\n  pulumi:disable")},
        "Pulumi.yaml:4: acme:net: got an unknown key, wanted acme:organization alone",
    ),
    "no name": (
        {"Pulumi.yaml": edited("name: acme\n", "")},
        "Pulumi.yaml:1: name: got nothing, wanted the project's name",
    ),
}


@pytest.mark.parametrize(("files", "wanted"), CASES.values(), ids=CASES)
def test_a_problem_is_told_with_its_place_what_was_got_and_what_was_wanted(
    tmp_path: Path, files: dict[str, str | None], wanted: str
) -> None:
    found = problems_of(tmp_path, files)
    assert wanted in found
    assert len(found) == 1 or "organisation" in wanted or "name" in wanted


def test_problems_of_all_files_are_reported_together_in_the_order_of_the_files(
    tmp_path: Path,
) -> None:
    found = problems_of(
        tmp_path,
        {
            "Pulumi.yaml": edited("home: eu-central-1", "home: europe").replace(
                "- staging", "- st"
            ),
            "Pulumi.identity.yaml": staging("acme:x: 1"),
            "Pulumi.shared.yaml": staging("acme:net:", "  size: 0"),
            "Pulumi.production.yaml": staging("acme:net:", "  cidr: {"),
        },
    )
    assert [line.split(": ")[0] for line in found] == [
        f"Pulumi.yaml:{line_of(PROJECT, 'home')}",
        f"Pulumi.yaml:{line_of(PROJECT, 'after')}",
        "Pulumi.identity.yaml:2",
        "Pulumi.shared.yaml:2",
        "Pulumi.shared.yaml:3",
        "Pulumi.production.yaml:4:1",
    ]


def test_what_belongs_to_pulumi_is_left_to_pulumi(tmp_path: Path) -> None:
    text = (
        "secretsprovider: awskms://alias/x\nencryptedkey: abc\nencryptionsalt: v1:abc\n"
        "environment: [shared]\nconfig:\n  aws:region: eu-central-1\n  kubernetes:context: x\n"
    )
    assert problems_of(tmp_path, {"Pulumi.backup.yaml": text}) == []


def test_an_encrypted_value_passes_for_the_string_it_hides(tmp_path: Path) -> None:
    secret = staging("acme:base:", "  token: {secure: 'v1:abc'}", "acme:net:", "  cidr: x")
    write_project(tmp_path, {"Pulumi.staging.yaml": secret})
    project = load_project(tmp_path, blueprint=SMALL)
    assert project.stacks["staging"].configs["base"].model_dump()["token"] == "[secure]"


def test_a_file_that_is_not_text_is_a_problem_and_not_a_crash(tmp_path: Path) -> None:
    write_project(tmp_path)
    (tmp_path / "Pulumi.backup.yaml").write_bytes(b"config: \xff\n")
    _, problems = read_project(tmp_path, blueprint=SMALL)
    assert [str(problem) for problem in problems] == [
        "Pulumi.backup.yaml:1: got a byte that is not UTF-8 at position 8, wanted text"
    ]


@pytest.mark.parametrize("name", ["network", "keys", "accounts"])
def test_a_mistyped_layer_of_the_playbook_is_recognised(tmp_path: Path, name: str) -> None:
    for file in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(file, tmp_path)
    text = (tmp_path / "Pulumi.staging.yaml").read_text()
    (tmp_path / "Pulumi.staging.yaml").write_text(f"{text.rstrip()}\n  superinc:{name}s: {{}}\n")
    _, problems = read_project(tmp_path)
    assert [problem.path for problem in problems] == [f"superinc:{name}s"]
    assert f"(did you mean {name}?)" in problems[0].text


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=6,
    )
)
def test_no_configuration_makes_the_reader_crash(tmp_path: Path, value: object) -> None:
    text = yaml.safe_dump({"config": {"acme:net": value, "acme:base": {"owner": value}}})
    found = problems_of(tmp_path, {"Pulumi.staging.yaml": text})
    assert all(line.startswith("Pulumi.staging.yaml:") for line in found)
    assert problems_of(tmp_path, {"Pulumi.staging.yaml": yaml.safe_dump(value)}) is not None
    broken = yaml.safe_dump({"name": "acme", "config": {"acme:organization": {"value": value}}})
    assert problems_of(tmp_path, {"Pulumi.yaml": broken})
