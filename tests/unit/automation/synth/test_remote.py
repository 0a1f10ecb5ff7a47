"""A remote component is taken apart: its children are recorded as the engine would see them."""

import subprocess
import sys

import pytest

from automation.synth import ProgramError
from tests.recording import ROOT
from tests.unit.automation.synth.acme import Acme, resource

PROGRAM = """\
import parts
import pulumi
from pulumi import ResourceOptions

provider = parts.provider('identity', '111122223333')


class Cluster(pulumi.ComponentResource):
    def __init__(self, name, opts, /, **given):
        props = {
            'authenticationMode': 'API',
            'version': '1.36',
            'skipDefaultNodeGroup': True,
            'skipDefaultSecurityGroups': True,
            'useDefaultVpcCni': True,
            'kubeProxyAddonOptions': {'enabled': False},
            'subnetIds': ['a', 'b'],
            'kubeconfigJson': None,
            'eksCluster': None,
            **given,
        }
        super().__init__('eks:index:Cluster', name, props, opts, remote=True)


def options(**more):
    return ResourceOptions(providers={'aws': provider}, **more)
"""
TYPE = "aws:eks/cluster:Cluster"


def test_its_children_are_below_it_and_its_outputs_known(acme: Acme) -> None:
    program = f"{PROGRAM}made = Cluster('c', options(), name='blue', createOidcProvider=True)\n"
    document = acme.stack(program)
    whole, inner = resource(document, "c"), resource(document, "c-eksCluster")
    assert whole["remote"]
    assert not whole["custom"]
    assert whole["inputs"]["name"] == "blue"
    assert (inner["type"], inner["parent"]) == (TYPE, whole["urn"])
    assert inner["provider"] == resource(document, "identity")["urn"]
    assert inner["inputs"]["name"] == "blue"
    assert resource(document, "c-oidcProvider")["parent"] == whole["urn"]
    assert whole["outputs"]["eksCluster"] == inner["outputs"]["id"]
    assert inner["outputs"]["endpoint"] in whole["outputs"]["kubeconfigJson"]


def test_its_children_come_from_the_line_that_makes_it(acme: Acme) -> None:
    document = acme.stack(f"{PROGRAM}Cluster('c', options())\n")
    line = f"special.py:{len(PROGRAM.splitlines()) + 1}"
    sources = {one["source"] for one in document["resources"] if one["name"].startswith("c")}
    assert sources == {line}


def test_what_an_input_depends_on_its_child_depends_on(acme: Acme) -> None:
    program = (
        f"{PROGRAM}bucket = parts.bucket('b', ResourceOptions(provider=provider))\n"
        "Cluster('c', options(), subnetIds=[bucket.arn])\n"
    )
    document = acme.stack(program)
    bucket = resource(document, "b")
    inner = resource(document, "c-eksCluster")
    assert bucket["urn"] in inner["depends_on"]
    assert inner["inputs"]["vpcConfig"]["subnetIds"] == [bucket["outputs"]["arn"]]


def test_what_is_made_of_its_outputs_depends_on_its_children(acme: Acme) -> None:
    program = (
        f"{PROGRAM}made = Cluster('c', options())\n"
        "parts.bucket('b', ResourceOptions(provider=provider),"
        " tags={'is': made.kubeconfigJson})\n"
    )
    document = acme.stack(program)
    assert resource(document, "c-eksCluster")["urn"] in resource(document, "b")["depends_on"]


def test_its_transforms_reach_its_children(acme: Acme) -> None:
    program = (
        f"{PROGRAM}def told(args):\n"
        f"    if args.type_ == '{TYPE}':\n"
        "        props = {**args.props, 'zonalShiftConfig': {'enabled': True}}\n"
        "        return pulumi.ResourceTransformResult(props, args.opts)\n"
        "Cluster('c', options(transforms=[told]))\n"
    )
    inner = resource(acme.stack(program), "c-eksCluster")
    assert inner["inputs"]["zonalShiftConfig"] == {"enabled": True}


def test_a_resource_may_be_an_input(acme: Acme) -> None:
    program = (
        f"{PROGRAM}role = parts.Thing('aws:iam/role:Role', 'r', {{}},"
        " ResourceOptions(provider=provider))\n"
        "Cluster('c', options(), serviceRole=role)\n"
    )
    document = acme.stack(program)
    role = resource(document, "r")
    assert resource(document, "c-eksCluster")["inputs"]["roleArn"] == role["outputs"]["arn"]
    assert resource(document, "c")["inputs"]["serviceRole"] == role["outputs"]["id"]


def test_what_the_stand_in_refuses_is_told_with_its_line(acme: Acme) -> None:
    program = f"{PROGRAM}Cluster('c', options(), skipDefaultNodeGroup=False)\n"
    with pytest.raises(ProgramError) as caught:
        acme.stack(program)
    assert "special.py:" in str(caught.value)
    assert "got a default node group" in str(caught.value)


def test_two_of_a_name_are_refused(acme: Acme) -> None:
    program = f"{PROGRAM}Cluster('c', options())\nCluster('c', options())\n"
    with pytest.raises(ProgramError, match="got two resources 'c' of type eks:index:Cluster"):
        acme.stack(program)


def test_no_stand_in_is_loaded_for_programs_without_such_components() -> None:
    """They are many, and its packages may not be installed."""
    program = (
        "import sys\nimport automation.synth\n"
        "print(sorted(name for name in sys.modules if name.startswith(('sandbox.eks',"
        " 'sandbox.kubernetes', 'kubernetes_validate'))))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout == "[]\n"
