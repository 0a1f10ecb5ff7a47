"""The whole organisation on the real engine: rolled out, unchanged, changed, refused, resumed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import BUCKET, Checkout, Done
from tests.engine.destruction import deletions, unordered, violations

pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(900),
    # One rollout serves every test of this file: they share a worker.
    pytest.mark.xdist_group("organisation"),
]

STACKS = {"management", "identity", "shared", "backup", "monitoring", "staging", "production"}
NETWORKED = {"shared", "monitoring", "staging", "production"}


@pytest.fixture
def project(organisation: Checkout) -> Iterator[Checkout]:
    """The organisation; files a test edits are put back and rolled out again afterwards."""
    watched = [
        *organisation.root.glob("Pulumi*.yaml"),
        *organisation.root.rglob("components/**/*.py"),
    ]
    files = {path: path.read_text() for path in watched}
    yield organisation
    changed = [path for path, text in files.items() if path.read_text() != text]
    stacks: set[str] = set()
    for path in changed:
        path.write_text(files[path])
        # A change of the program was rolled out to these at the most.
        own = path.name.startswith("Pulumi.")
        stacks |= {path.name.split(".")[1]} if own else {"identity", "shared"}
    if stacks:
        done = organisation.platform("up", *sorted(stacks), "--sandbox", "--yes")
        assert done.code == 0, done.err


def only(done: Done) -> dict[str, Any]:
    """The one stack of a run's answer."""
    (stack,) = done.json["stacks"]
    return stack


def checkpoint(organisation: Checkout, stack: str) -> dict[str, Any]:
    """A stack's state as it lies in the bucket."""
    key = f".pulumi/stacks/superinc/{stack}.json"
    body = organisation.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"]
    return json.loads(body.read())["checkpoint"]["latest"]


def test_a_second_rollout_changes_nothing(organisation: Checkout) -> None:
    done = organisation.platform("up", "--sandbox", "--yes", "--json")
    assert done.code == 0, done.err
    assert done.results() == dict.fromkeys(STACKS, "unchanged")


def test_the_state_lies_in_the_bucket_with_its_secrets_under_the_key(
    organisation: Checkout,
) -> None:
    for stack in sorted(STACKS):
        manager = checkpoint(organisation, stack)["secrets_providers"]
        assert manager["type"] == "cloud"
        assert manager["state"]["url"].startswith(f"awskms://alias/{BUCKET}")
    s3 = organisation.client("s3")
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    locks = s3.list_objects_v2(Bucket=BUCKET, Prefix=".pulumi/locks/")
    assert locks.get("Contents", []) == []


def test_no_committed_file_was_written_to(organisation: Checkout) -> None:
    root = Path(__file__).resolve().parents[2]
    for path in root.glob("Pulumi*.yaml"):
        assert (organisation.root / path.name).read_text() == path.read_text()


def test_what_was_made_is_found_in_each_account(organisation: Checkout) -> None:
    ids = organisation.accounts()
    assert set(ids) == STACKS
    for name in sorted(NETWORKED):
        vpcs = organisation.client("ec2", ids[name]).describe_vpcs()["Vpcs"]
        assert [vpc["OwnerId"] for vpc in vpcs if not vpc["IsDefault"]] == [ids[name]]
        zones = organisation.client("route53", ids[name]).list_hosted_zones()["HostedZones"]
        wanted = "superinc.com." if name == "shared" else f"{name}.superinc.com."
        assert [zone["Name"] for zone in zones] == [wanted]
    for name in sorted(STACKS - {"management"}):
        aliases = organisation.client("kms", ids[name]).list_aliases()["Aliases"]
        assert any(item["AliasName"].startswith(f"alias/{name}/") for item in aliases)
        roles = organisation.client("iam", ids[name]).list_roles()["Roles"]
        assert "superinc-deploy" in {role["RoleName"] for role in roles}


def events(organisation: Checkout, done: Done, stack: str) -> Path:
    """What the engine said of a stack in a run."""
    return organisation.home / "sandbox" / "runs" / done.json["run"] / f"{stack}.events.jsonl"


def delegations(organisation: Checkout) -> set[str]:
    """The names the root zone delegates."""
    route53 = organisation.client("route53", organisation.accounts()["shared"])
    zone = route53.list_hosted_zones()["HostedZones"][0]["Id"]
    records = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return {record["Name"] for record in records if record["Type"] == "NS"} - {"superinc.com."}


def test_the_root_zone_delegates_to_every_account(organisation: Checkout) -> None:
    assert delegations(organisation) == {f"{n}.superinc.com." for n in NETWORKED - {"shared"}}


def test_most_resources_were_created_by_api_calls(organisation: Checkout) -> None:
    status = organisation.sandbox()
    assert sum(status["live"].values()) > 1000
    assert status["api_share"] >= 0.95


def test_a_change_touches_only_what_it_must(project: Checkout) -> None:
    project.edit("Pulumi.staging.yaml", "ttl_seconds: 300", "ttl_seconds: 120")
    preview = project.platform("preview", "staging", "--sandbox", "--json")
    assert preview.code == 0, preview.err
    done = project.platform("up", "staging", "--sandbox", "--yes", "--json")
    assert done.code == 0, done.err
    changes = {kind: count for kind, count in only(done)["changes"].items() if kind != "same"}
    # The delegation and the CAA record carry the TTL.
    assert (
        changes
        == {"update": 2}
        == {kind: count for kind, count in only(preview)["changes"].items() if kind != "same"}
    )


def test_what_aws_cannot_change_is_replaced(project: Checkout) -> None:
    name = 'DEPLOY_ROLE = "superinc-deploy'
    project.edit("components/naming.py", f'{name}"', f'{name}er"')
    done = project.platform("up", "identity", "--sandbox", "--yes", "--json")
    assert done.code == 0, done.err
    assert only(done)["changes"].get("replace"), only(done)["changes"]
    iam = project.client("iam", project.accounts()["identity"])
    roles = {role["RoleName"] for role in iam.list_roles()["Roles"]}
    assert "superinc-deployer" in roles
    assert "superinc-deploy" not in roles


def test_a_failure_blocks_its_dependents_and_the_next_run_finishes_the_rest(
    project: Checkout,
) -> None:
    ids = project.accounts()
    project.edit("components/network/vpc.py", "cidr_block=args.cidr", 'cidr_block="10.0.0.0/8"')
    project.edit("Pulumi.staging.yaml", "ttl_seconds: 300", "ttl_seconds: 120")
    done = project.platform("up", "shared", "identity", "staging", "--sandbox", "--yes", "--json")
    assert done.code == 4, done.err
    assert done.results() == {"shared": "failed", "identity": "unchanged", "staging": "blocked"}
    (failed,) = [item for item in done.json["stacks"] if item["stack"] == "shared"]
    (failure,) = [item for item in failed["failures"] if item["type"] == "aws:ec2/vpc:Vpc"]
    assert "InvalidVpc.Range" in failure["message"]
    assert failure["source"].startswith("components/network/vpc.py:")
    shown = project.platform("status", "--sandbox")
    assert failure["source"] in shown.out
    assert "platform up shared --sandbox" in shown.out
    vpcs = project.client("ec2", ids["shared"]).describe_vpcs()["Vpcs"]
    assert all(vpc["CidrBlock"] != "10.0.0.0/8" for vpc in vpcs)
    project.edit("components/network/vpc.py", 'cidr_block="10.0.0.0/8"', "cidr_block=args.cidr")
    again = project.platform("up", "failed(last)", "--sandbox", "--yes", "--json")
    assert again.code == 0, again.err
    assert set(again.results()) == {"shared", "staging"}


def test_the_policies_refuse_in_the_engine(project: Checkout) -> None:
    project.edit("components/keys/key.py", "enable_key_rotation=True", "enable_key_rotation=False")
    done = project.platform("preview", "identity", "--sandbox", "--json")
    assert done.code == 3, done.err
    assert "kms-01" in {item["policy"] for item in only(done)["violations"]}
    refused = project.platform("up", "identity", "--sandbox", "--yes", "--json")
    assert refused.code == 3, refused.err
    kms = project.client("kms", project.accounts()["identity"])
    (key, *_) = [
        item["TargetKeyId"]
        for item in kms.list_aliases()["Aliases"]
        if item["AliasName"] == "alias/identity/logs"
    ]
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]


def test_what_is_protected_is_not_destroyed(organisation: Checkout) -> None:
    before = checkpoint(organisation, "production")["resources"]
    done = organisation.platform("destroy", "production", "--sandbox", "--yes")
    assert done.code == 2
    assert "aws:route53/zone:Zone dns-zone" in done.err
    assert "pulumi state unprotect" in done.err
    assert checkpoint(organisation, "production")["resources"] == before


def test_what_is_destroyed_leaves_nothing_behind_in_any_account(organisation: Checkout) -> None:
    ids, quick = organisation.accounts(), organisation.saved_once()
    # By hand, as docs/layers/eks.md says: the policies let no rollout do it in production.
    eks = organisation.client("eks", ids["production"])
    eks.update_cluster_config(name="production", deletionProtection=False)
    unprotect = ("pulumi", "state", "unprotect", "--all", "--yes", "-s", "production")
    done = organisation.platform("sandbox", "shell", "--", *unprotect)
    assert done.code == 0, done.err
    held = unordered(checkpoint(organisation, "production")["resources"])
    done = quick.platform("destroy", "production", "--sandbox", "--yes", "--json")
    assert done.code == 0, done.err
    assert held == violations(deletions(events(organisation, done, "production"))) == []
    assert "resources" not in checkpoint(organisation, "production")
    vpcs = organisation.client("ec2", ids["production"]).describe_vpcs()["Vpcs"]
    assert [vpc for vpc in vpcs if not vpc["IsDefault"]] == []
    assert "production.superinc.com." not in delegations(organisation)
    again = quick.platform("up", "production", "--sandbox", "--yes", "--json")
    assert again.results() == {"production": "succeeded"}, again.err
    assert "production.superinc.com." in delegations(organisation)


def test_what_others_stand_on_is_not_destroyed(organisation: Checkout) -> None:
    done = organisation.platform("destroy", "shared", "--sandbox", "--yes")
    assert done.code == 2
    assert "platform destroy shared..." in done.err


def test_plain_pulumi_works_in_the_shell(project: Checkout) -> None:
    preview = project.platform(
        "sandbox", "shell", "--", "pulumi", "preview", "-s", "staging", "--non-interactive"
    )
    assert preview.code == 0, preview.out + preview.err
    assert "unchanged" in preview.out
    project.edit("Pulumi.staging.yaml", "ttl_seconds: 300", "ttl_seconds: 60")
    up = project.platform(
        "sandbox", "shell", "--", "pulumi", "up", "-s", "staging", "--yes", "--non-interactive"
    )
    assert up.code == 0, up.out + up.err
    assert "2 updated" in up.out
    assert "secretsprovider" not in (project.root / "Pulumi.staging.yaml").read_text()


def test_credentials_of_another_account_are_refused_before_anything_is_touched(
    organisation: Checkout,
) -> None:
    account = organisation.accounts()["staging"]
    sts = organisation.client("sts")
    role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
    keys = sts.assume_role(RoleArn=role, RoleSessionName="wrong")["Credentials"]
    wrong = Checkout(
        organisation.root,
        organisation.home / "elsewhere",
        {
            **organisation.shell_variables("AWS_ENDPOINT_URL", "PULUMI_BACKEND_URL"),
            "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys["SessionToken"],
        },
    )
    done = wrong.platform("up", "staging", "--yes")
    assert done.code == 9, done.err
    assert account in done.err
    assert "111122223333" in done.err
    assert not list(wrong.home.rglob("journal.jsonl"))
