"""Identities are right in form, follow the inputs where AWS does, and stay the same."""

import ipaddress
import re
import subprocess
import sys
from typing import cast

import pytest

from sandbox.aws.catalogue import facts
from sandbox.aws.forms import FORMS
from sandbox.foreign import CLUSTER_SCOPED
from sandbox.identifiers import Identity, account_id_for, identify, outputs_of
from sandbox.kubernetes import definitions

ACCOUNT = "444455556666"
HOME = "eu-central-1"
_DOCUMENTATION = [
    ipaddress.ip_network(block) for block in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
]


def urn_of(token: str, name: str = "thing", stack: str = "staging") -> str:
    return f"urn:pulumi:{stack}::superinc::{token}::{name}"


def identity_of(token: str, name: str = "thing", /, **inputs: object) -> Identity:
    return identify(token, urn_of(token, name), inputs, account_id=ACCOUNT, region=HOME)


@pytest.mark.parametrize(
    ("token", "inputs", "pattern"),
    [
        ("aws:ec2/vpc:Vpc", {}, r"vpc-[0-9a-f]{17}"),
        ("aws:ec2/subnet:Subnet", {}, r"subnet-[0-9a-f]{17}"),
        ("aws:ec2/eip:Eip", {}, r"eipalloc-[0-9a-f]{17}"),
        ("aws:route53/zone:Zone", {}, r"Z[0-9A-Z]{20}"),
        ("aws:organizations/account:Account", {}, r"[1-9]\d{11}"),
        ("aws:kms/key:Key", {}, r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-\w{12}"),
        ("aws:kms/key:Key", {"multiRegion": True}, r"mrk-[0-9a-f]{32}"),
        ("aws:iam/role:Role", {"name": "deploy"}, r"deploy"),
        ("aws:iam/role:Role", {}, r"thing-[0-9a-f]{7}"),
        ("aws:iam/policy:Policy", {"name": "x"}, rf"arn:aws:iam::{ACCOUNT}:policy/x"),
        ("aws:iam/rolePolicy:RolePolicy", {"role": "r", "name": "p"}, r"r:p"),
        ("aws:cloudwatch/logGroup:LogGroup", {"name": "/vpc/flow"}, r"/vpc/flow"),
        ("aws:sqs/queue:Queue", {"name": "q"}, rf"https://sqs.{HOME}.amazonaws.com/{ACCOUNT}/q"),
        ("aws:cloudfront/distribution:Distribution", {}, r"E[0-9A-Z]{13}"),
        ("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "logs"}, r"logs"),
        ("aws:quicksight/folder:Folder", {"name": "f"}, r"f"),
        ("kubernetes:apps/v1:Deployment", {"metadata": {"name": "a", "namespace": "b"}}, r"b/a"),
        ("kubernetes:core/v1:Namespace", {"metadata": {"name": "a"}}, r"a"),
        ("kubernetes:external-secrets.io/v1:ClusterSecretStore", {"metadata": {"name": "a"}}, "a"),
        ("random:index/randomString:RandomString", {"length": 60.0}, r"[0-9a-z]{60}"),
    ],
)
def test_an_id_has_the_form_of_its_type(
    token: str, inputs: dict[str, object], pattern: str
) -> None:
    assert re.fullmatch(pattern, identity_of(token, **inputs).id)


def test_no_object_of_a_definition_without_namespaces_is_put_into_one() -> None:
    kinds: dict[str, str] = {}
    for file in definitions.FOLDER.rglob("*.yaml"):
        found = re.findall(r"^    kind: (\S+)$|^  scope: (\S+)$", file.read_text(), re.MULTILINE)
        kind, scope = ("".join(column) for column in zip(*found, strict=True))
        kinds[kind] = scope
    assert {"ClusterSecretStore", "EC2NodeClass"} <= kinds.keys()
    assert {kind for kind, scope in kinds.items() if scope == "Cluster"} == (
        CLUSTER_SCOPED & kinds.keys()
    )


def test_the_same_arguments_give_the_same_identity_in_another_process() -> None:
    program = (
        "from sandbox.identifiers import identify;"
        "print(identify('aws:ec2/vpc:Vpc', 'urn:pulumi:staging::superinc::aws:ec2/vpc:Vpc::thing',"
        f" {{}}, account_id='{ACCOUNT}', region='{HOME}').id)"
    )
    other = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert other.stdout.strip() == identity_of("aws:ec2/vpc:Vpc").id


def test_a_changed_input_keeps_the_id_and_another_stack_gets_another() -> None:
    token = "aws:ec2/vpc:Vpc"
    plain = identity_of(token)
    tagged = identity_of(token, tags={"Name": "x"}, cidrBlock="10.0.0.0/16")
    elsewhere = identify(
        token, urn_of(token, stack="production"), {}, account_id=ACCOUNT, region=HOME
    )
    assert tagged.id == plain.id
    assert elsewhere.id != plain.id


def test_an_arn_names_the_account_and_the_region_of_the_resource() -> None:
    vpc = identity_of("aws:ec2/vpc:Vpc", region="eu-west-1")
    assert vpc.outputs["arn"] == f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc/{vpc.id}"
    distribution = identity_of("aws:cloudfront/distribution:Distribution")
    assert (
        distribution.outputs["arn"]
        == f"arn:aws:cloudfront::{ACCOUNT}:distribution/{distribution.id}"
    )


def test_a_type_without_a_form_gets_its_services_arn() -> None:
    outputs = identity_of("aws:amp/ruleGroupNamespace:RuleGroupNamespace", name="x").outputs
    assert outputs["arn"] == f"arn:aws:aps:{HOME}:{ACCOUNT}:rule-group-namespace/x"


def test_tags_are_repeated_as_all_tags_and_absent_ones_are_not() -> None:
    assert identity_of("aws:ec2/vpc:Vpc", tags={"a": "b"}).outputs["tagsAll"] == {"a": "b"}
    assert "tagsAll" not in identity_of("aws:ec2/vpc:Vpc").outputs


def test_four_name_servers_are_one_of_each_of_amazons_domains() -> None:
    servers = cast("list[str]", identity_of("aws:route53/zone:Zone").outputs["nameServers"])
    endings = [server.split(".", 2)[2] for server in servers]
    assert endings == ["com", "net", "org", "co.uk"]
    assert all(re.match(r"ns-\d+\.awsdns-\d\d\.", server) for server in servers)


def test_public_addresses_are_documentation_ones() -> None:
    for name in ("a", "b", "c", "d"):
        address = ipaddress.ip_address(
            str(identity_of("aws:ec2/eip:Eip", name).outputs["publicIp"])
        )
        assert any(address in network for network in _DOCUMENTATION)


def test_a_replica_has_the_id_of_its_primary_key() -> None:
    primary = identity_of("aws:kms/key:Key", multiRegion=True)
    replica = identity_of(
        "aws:kms/replicaKey:ReplicaKey", primaryKeyArn=primary.outputs["arn"], region="eu-west-1"
    )
    assert replica.id == primary.id
    assert replica.outputs["arn"] == f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/{primary.id}"


def test_a_certificate_gets_one_record_for_a_wildcard_and_its_apex() -> None:
    outputs = identity_of(
        "aws:acm/certificate:Certificate",
        domainName="superinc.com",
        subjectAlternativeNames=["*.superinc.com", "api.superinc.com"],
    ).outputs
    options = cast("list[dict[str, str]]", outputs["domainValidationOptions"])
    assert len(options) == 3
    assert len({option["resourceRecordName"] for option in options}) == 2


def test_a_cluster_adds_its_security_group_to_the_network_it_was_given() -> None:
    outputs = identity_of("aws:eks/cluster:Cluster", vpcConfig={"subnetIds": ["subnet-1"]}).outputs
    network = cast("dict[str, object]", outputs["vpcConfig"])
    assert network["subnetIds"] == ["subnet-1"]
    assert str(network["clusterSecurityGroupId"]).startswith("sg-")


def test_outputs_the_sdk_promises_are_there_even_without_a_form() -> None:
    token = "aws:oam/sinkPolicy:SinkPolicy"
    promised = {"sinkId": "str", "arn": "str", "names": "list", "weight": "int"}
    outputs = identify(
        token, urn_of(token), {}, account_id=ACCOUNT, region=HOME, computed=promised
    ).outputs
    assert outputs["sinkId"]
    assert outputs["names"] == []
    assert "weight" not in outputs


def test_an_unknown_input_never_leaves_an_id_empty() -> None:
    token = "aws:ec2/defaultRouteTable:DefaultRouteTable"
    assert identity_of(token, defaultRouteTableId={"unknown": True}).id == "thing"


def test_the_id_aws_gave_is_the_one_in_the_outputs() -> None:
    token = "aws:ec2/vpc:Vpc"
    outputs = outputs_of(
        token, urn_of(token), {}, known_id="vpc-1", account_id=ACCOUNT, region=HOME
    )
    assert outputs["arn"] == f"arn:aws:ec2:{HOME}:{ACCOUNT}:vpc/vpc-1"


def test_an_account_id_is_twelve_digits_and_each_accounts_own() -> None:
    ids = {account_id_for(name) for name in ("management", "shared", "staging", "production")}
    assert len(ids) == 4
    assert all(re.fullmatch(r"[1-9]\d{11}", one) for one in ids)


@pytest.mark.parametrize("token", sorted(FORMS))
def test_every_form_is_of_a_type_and_of_outputs_that_the_sdk_has(token: str) -> None:
    known = facts(token)
    assert known is not None
    outputs = identity_of(token, vpcConfig={}, domainName="superinc.com").outputs
    mistaken = outputs.keys() - known.outputs.keys() - {"arn"}
    assert not mistaken
