"""Every row of the table says what AWS's models, the SDK and the emulator know."""

import importlib
import inspect

import botocore.session
import pytest
from botocore import xform_name
from botocore.model import ServiceModel, StructureShape

from sandbox.aws import catalogue, shapes
from sandbox.aws.table import TABLE, Entry

_SESSION = botocore.session.get_session()
_FREE_FORM = {"s3", "s3control"}
"""Services whose operations moto tells apart by the request, not by a method's name."""

_MODULES = {"lambda": "awslambda", "kafka": "kafka"}

ROWS = [pytest.param(token, entry, id=token) for token, entry in sorted(TABLE.items())]


def model_of(service: str) -> ServiceModel:
    return _SESSION.get_service_model(service)


@pytest.mark.parametrize(("token", "entry"), ROWS)
def test_a_row_is_of_a_type_and_of_outputs_the_sdk_has(token: str, entry: Entry) -> None:
    facts = catalogue.facts(token)
    assert facts is not None
    looked_up = {name for lookup in entry.lookups for name in lookup.outputs}
    named = set(entry.computed) | looked_up
    assert not named - facts.outputs.keys()
    changed = (
        set(entry.replace_on) | set(entry.in_place) | set(entry.unmapped) | set(entry.defaults)
    )
    changed |= {name for step in entry.steps for name in step.properties}
    assert not changed - facts.inputs.keys()


@pytest.mark.parametrize(("token", "entry"), ROWS)
def test_every_call_and_parameter_is_in_awss_model(token: str, entry: Entry) -> None:
    assert entry.create or entry.make
    for call in entry.calls():
        model = model_of(call.service or entry.service)
        assert call.operation in model.operation_names
        shape = model.operation_model(call.operation).input_shape
        members = shape.members if isinstance(shape, StructureShape) else {}
        assert not call.params.keys() - members.keys(), call.operation


@pytest.mark.parametrize(("token", "entry"), ROWS)
def test_every_path_leads_somewhere_in_the_answers_shape(token: str, entry: Entry) -> None:
    model = model_of(entry.service)
    if entry.create is not None and entry.make is None:
        answer = model.operation_model(entry.create.operation).output_shape
        for path in filter(None, (entry.id, entry.made)):
            assert shapes.shape_at(answer, path) is not None, path
    if entry.read is not None and entry.found:
        answer = model.operation_model(entry.read.operation).output_shape
        assert shapes.shape_at(answer, entry.found) is not None, entry.found
    for lookup in entry.lookups:
        answer = model.operation_model(lookup.call.operation).output_shape
        for path in lookup.outputs.values():
            assert shapes.shape_at(answer, path) is not None, path


def test_the_emulator_has_every_operation_of_the_table() -> None:
    missing: list[str] = []
    for token, entry in sorted(TABLE.items()):
        for call in entry.calls():
            service = call.service or entry.service
            if service not in _FREE_FORM and xform_name(call.operation) not in _methods(service):
                missing.append(f"{token}: {service} {call.operation}")
    assert missing == []


_KNOWN: dict[str, set[str]] = {}


def _methods(service: str) -> set[str]:
    """The methods of the response classes that moto has for a service."""
    if service not in _KNOWN:
        module = importlib.import_module(f"moto.{_MODULES.get(service, service)}.responses")
        classes = [one for _, one in inspect.getmembers(module, inspect.isclass)]
        _KNOWN[service] = {
            method for one in classes if one.__module__.startswith("moto.") for method in dir(one)
        }
    return _KNOWN[service]


def test_the_types_of_a_rollout_are_made_by_the_api() -> None:
    spine = {
        "aws:organizations/organization:Organization",
        "aws:organizations/account:Account",
        "aws:organizations/policy:Policy",
        "aws:organizations/policyAttachment:PolicyAttachment",
        "aws:iam/role:Role",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:kms/key:Key",
        "aws:kms/alias:Alias",
        "aws:kms/replicaKey:ReplicaKey",
        "aws:route53/zone:Zone",
        "aws:route53/record:Record",
        "aws:ec2/vpc:Vpc",
        "aws:ec2/subnet:Subnet",
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/routeTable:RouteTable",
        "aws:ec2/route:Route",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:ec2/eip:Eip",
        "aws:ec2/natGateway:NatGateway",
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:ec2/flowLog:FlowLog",
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:s3/bucket:Bucket",
    }
    assert spine <= TABLE.keys()
