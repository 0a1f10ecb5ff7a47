"""What a program registers is recorded as the engine would see it."""

from typing import Any

import pytest

from automation.synth import ProgramError
from tests.unit.automation.synth.acme import Acme, resource

HEAD = """\
import parts
import pulumi
from pulumi import ResourceOptions
provider = parts.provider('identity', '111122223333')
options = ResourceOptions(provider=provider)
"""


def test_a_child_has_its_parent_and_the_urn_the_engine_gives_it(acme: Acme) -> None:
    document = acme.synth("staging")["staging"]
    shelf, bucket = resource(document, "shelf"), resource(document, "shelf-bucket")
    stack = document["resources"][0]
    assert stack["urn"] == "urn:pulumi:staging::acme::pulumi:pulumi:Stack::acme-staging"
    assert stack["parent"] is None
    assert shelf["parent"] == stack["urn"]
    assert shelf["urn"] == "urn:pulumi:staging::acme::acme:parts:Shelf::shelf"
    assert bucket["parent"] == shelf["urn"]
    prefix = "urn:pulumi:staging::acme::acme:parts:Shelf$"
    assert bucket["urn"] == f"{prefix}aws:s3/bucket:Bucket::shelf-bucket"
    assert not shelf["custom"]
    assert bucket["custom"]
    assert shelf["outputs"] == {"bucket": "arn:aws:s3:::shelf-b"}


def test_the_source_is_where_a_component_is_made_not_its_constructors(acme: Acme) -> None:
    document = acme.synth("staging")["staging"]
    lines = (acme.root / "__main__.py").read_text().splitlines()
    file, _, line = resource(document, "shelf")["source"].partition(":")
    assert file == "__main__.py"
    assert "parts.Shelf(" in lines[int(line) - 1]


def test_options_are_recorded(acme: Acme) -> None:
    program = HEAD + (
        "a = parts.bucket('a', options)\n"
        "parts.bucket('b', ResourceOptions(provider=provider, protect=True,"
        " retain_on_delete=True, depends_on=[a]), tags={'of': a.arn})\n"
    )
    document = acme.stack(program)
    a, b = resource(document, "a"), resource(document, "b")
    assert (a["protect"], a["retain_on_delete"]) == (False, False)
    assert (b["protect"], b["retain_on_delete"]) == (True, True)
    assert b["depends_on"] == [a["urn"]]
    assert b["property_dependencies"] == {"tags": [a["urn"]]}
    assert b["provider"] == resource(document, "identity")["urn"]
    assert b["inputs"] == {"tags": {"of": a["outputs"]["arn"]}}


def test_two_dependencies_are_in_one_order_whatever_the_hash_seed(acme: Acme) -> None:
    program = HEAD + (
        "made = [parts.bucket(name, options) for name in 'zyxwv']\n"
        "parts.bucket('b', options, tags={'all': pulumi.Output.all(*[m.arn for m in made])})\n"
    )
    found = resource(acme.stack(program), "b")
    names = [urn.rpartition("::")[2] for urn in found["depends_on"]]
    assert names == sorted(names)
    assert found["property_dependencies"]["tags"] == found["depends_on"]


def test_a_secret_input_stays_secret_in_outputs_and_in_what_uses_it(acme: Acme) -> None:
    program = HEAD + (
        "a = parts.bucket('a', options, bucket=pulumi.Output.secret('hunter2'))\n"
        "parts.bucket('b', options, bucket=pulumi.Output.concat('of ', a.bucket))\n"
    )
    document = acme.stack(program)
    for name in ("a", "b"):
        assert resource(document, name)["inputs"]["bucket"] == {"secret": None}
        assert resource(document, name)["outputs"]["bucket"] == {"secret": None}
    assert "hunter2" not in str(document)


def test_outputs_declared_secret_are_secret(acme: Acme) -> None:
    program = HEAD + (
        "r = parts.Thing('random:index/randomPassword:RandomPassword', 'r',"
        " {'length': 20, 'result': None}, ResourceOptions(additional_secret_outputs=['result']))\n"
        "parts.bucket('b', options, bucket=r.result)\n"
    )
    document = acme.stack(program)
    assert resource(document, "r")["outputs"]["result"] == {"secret": None}
    assert resource(document, "b")["inputs"]["bucket"] == {"secret": None}


def test_what_only_the_cloud_knows_is_unknown(acme: Acme) -> None:
    program = HEAD + (
        "a = parts.Thing('aws:s3/bucket:Bucket', 'a', {'nobodyKnows': None}, options)\n"
        "pulumi.export('x', a.nobodyKnows)\n"
    )
    assert acme.stack(program)["outputs"] == {"x": {"unknown": True}}


def test_a_transform_reaches_the_resource_and_its_descendants(acme: Acme) -> None:
    program = HEAD + (
        "def tag(args):\n"
        "    if args.type_ == 'aws:s3/bucket:Bucket':\n"
        "        opts = ResourceOptions.merge(args.opts, ResourceOptions(protect=True))\n"
        "        props = {**args.props, 'tags': {'by': 'transform'}}\n"
        "        return pulumi.ResourceTransformResult(props, opts)\n"
        "parts.Shelf('with', ResourceOptions(provider=provider, transforms=[tag]))\n"
        "parts.Shelf('without', options)\n"
    )
    document = acme.stack(program)
    found = resource(document, "with-bucket")
    assert found["inputs"] == {"bucket": "with-b", "tags": {"by": "transform"}}
    assert found["protect"]
    assert found["provider"] == resource(document, "identity")["urn"]
    other = resource(document, "without-bucket")
    assert other["inputs"] == {"bucket": "without-b"}
    assert not other["protect"]


def test_a_transform_of_the_stack_reaches_every_later_resource(acme: Acme) -> None:
    program = HEAD + (
        "parts.bucket('before', options)\n"
        "def tag(args):\n"
        "    props = {**args.props, 'tags': {'by': 'stack'}}\n"
        "    return pulumi.ResourceTransformResult(props, args.opts)\n"
        "pulumi.runtime.register_resource_transform(tag)\n"
        "parts.bucket('after', options)\n"
    )
    document = acme.stack(program)
    assert "tags" not in resource(document, "before")["inputs"]
    assert resource(document, "after")["inputs"] == {"tags": {"by": "stack"}}


def test_a_transformation_reaches_a_child(acme: Acme) -> None:
    program = HEAD + (
        "def tag(args):\n"
        "    if args.type_ == 'aws:s3/bucket:Bucket':\n"
        "        props = {**args.props, 'tags': {'a': 'b'}}\n"
        "        return pulumi.ResourceTransformationResult(props, args.opts)\n"
        "parts.Shelf('s', ResourceOptions(provider=provider, transformations=[tag]))\n"
    )
    assert resource(acme.stack(program), "s-bucket")["inputs"]["tags"] == {"a": "b"}


def test_a_remote_component_without_a_stand_in_is_recorded_itself(acme: Acme) -> None:
    program = HEAD + (
        "class Cluster(pulumi.ComponentResource):\n"
        "    def __init__(self, name, opts):\n"
        "        props = {'version': '1.33'}\n"
        "        super().__init__('acme:index:Cluster', name, props, opts, remote=True)\n"
        "Cluster('c', ResourceOptions(providers={'aws': provider}))\n"
    )
    found = resource(acme.stack(program), "c")
    assert found["remote"]
    assert not found["custom"]
    assert found["inputs"] == {"version": "1.33"}
    assert found["source"] == "special.py:10"


REFUSED = [
    (
        "pulumi.runtime.invoke('aws:ec2/getAmi:getAmi', {})\n",
        "special.py:6: got a call of aws:ec2/getAmi:getAmi, wanted no look-up in a program",
    ),
    (
        "pulumi.export('x', pulumi.runtime.invoke_output('aws:ec2/getAmi:getAmi', {}))\n",
        "got a call of aws:ec2/getAmi:getAmi, wanted no look-up in a program",
    ),
    (
        "parts.bucket('b', ResourceOptions(id='existing', provider=provider))\n",
        "parts.py:22: got a read of aws:s3/bucket:Bucket 'existing', wanted no look-up",
    ),
    (
        "parts.bucket('b', options)\nparts.bucket('b', options)\n",
        "parts.py:22: got two resources 'b' of type aws:s3/bucket:Bucket, wanted one per name",
    ),
    (
        "parts.bucket('b')\n",
        "parts.py:22: got no provider for 'b' (aws:s3/bucket:Bucket), wanted an explicit one: ",
    ),
]


@pytest.mark.parametrize(("program", "message"), REFUSED)
def test_what_a_rollout_should_not_do_is_refused_in_one_line(
    acme: Acme, program: str, message: str
) -> None:
    with pytest.raises(ProgramError) as caught:
        acme.stack(HEAD + program)
    text = str(caught.value)
    assert text.startswith(f"identity: {message}")
    assert "\n" not in text


def placed(document: dict[str, Any], name: str) -> tuple[str, str]:
    found = resource(document, name)
    return found["account"], found["region"]


def test_a_resource_lives_where_its_provider_acts(acme: Acme) -> None:
    ids = acme.synth("management")["management"]["outputs"]["accounts"]["ids"]
    program = f"""\
import parts, pulumi
from pulumi import ResourceOptions
shared = parts.provider('any', {ids["shared"]!r}, region='eu-west-1')
named = parts.Provider('staging', {{}})
parts.bucket('a', ResourceOptions(provider=shared))
parts.bucket('b', ResourceOptions(provider=shared), region='us-east-1')
parts.bucket('c', ResourceOptions(provider=named))
parts.Thing('kubernetes:core/v1:Namespace', 'd')
parts.Shelf('e', ResourceOptions(provider=shared))
"""
    document = acme.stack(program)
    assert placed(document, "any") == ("shared", "eu-west-1")
    assert placed(document, "a") == ("shared", "eu-west-1")
    assert placed(document, "b") == ("shared", "us-east-1")
    assert placed(document, "c") == ("staging", "eu-central-1")
    assert placed(document, "d") == ("identity", "eu-central-1")
    assert placed(document, "e") == ("shared", "eu-west-1")


def test_identifiers_are_of_the_account_and_region_of_the_provider(acme: Acme) -> None:
    ids = acme.synth("management")["management"]["outputs"]["accounts"]["ids"]
    program = HEAD + (
        f"shared = parts.provider('shared', {ids['shared']!r}, region='eu-west-1')\n"
        "parts.Thing('aws:kms/key:Key', 'k', {}, ResourceOptions(provider=shared))\n"
    )
    arn = resource(acme.stack(program), "k")["outputs"]["arn"]
    assert arn.startswith(f"arn:aws:kms:eu-west-1:{ids['shared']}:key/")
