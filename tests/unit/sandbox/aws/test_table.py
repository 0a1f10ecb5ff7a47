"""Every row of the table says what AWS's models, the SDK and the emulator know."""

import importlib
import inspect

import botocore.session
import pytest
from botocore import xform_name
from botocore.model import ServiceModel, StructureShape

from sandbox.aws import catalogue, shapes
from sandbox.aws.table import (
    TABLE,
    Entry,
    ec2_settings,
    ecr,
    edge,
    eks,
    iam,
    keys_dns,
    logs,
    organizations,
    sso,
    watch,
)
from sandbox.corrections import CORRECTED
from tests.unit.sandbox.aws.cases.every import CASES

_SESSION = botocore.session.get_session()
_FREE_FORM = {"s3", "s3control"}
"""Services whose operations moto tells apart by the request, not by a method's name."""

_MODULES = {"lambda": "awslambda", "sso-admin": "ssoadmin"}
_CORRECTED = {"elbv2": "elb"}

SPINE = {
    f"aws:{token}"
    for token in (
        "organizations/organization:Organization",
        "organizations/account:Account",
        "organizations/policyAttachment:PolicyAttachment",
        "iam/role:Role",
        "kms/alias:Alias",
        "kms/replicaKey:ReplicaKey",
        "route53/zone:Zone",
        "route53/record:Record",
        "ec2/vpc:Vpc",
        "ec2/subnet:Subnet",
        "ec2/internetGateway:InternetGateway",
        "ec2/routeTable:RouteTable",
        "ec2/route:Route",
        "ec2/routeTableAssociation:RouteTableAssociation",
        "ec2/eip:Eip",
        "ec2/natGateway:NatGateway",
        "ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "ec2/flowLog:FlowLog",
        *CASES,
    )
}
"""What the foundation layers are made of."""

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
    """The methods of the response classes that moto has for a service, and of those we add."""
    if service not in _KNOWN:
        name = _MODULES.get(service, service)
        modules = [f"moto.{name}.responses"]
        corrected = _CORRECTED.get(name, name)
        if corrected in CORRECTED:
            modules.append(f"sandbox.corrections.{corrected}")
        classes = [
            one
            for module in modules
            for _, one in inspect.getmembers(importlib.import_module(module), inspect.isclass)
        ]
        _KNOWN[service] = {method for one in classes for method in dir(one)}
    return _KNOWN[service]


def test_the_types_of_a_rollout_are_made_by_the_api() -> None:
    assert TABLE.keys() >= SPINE


def test_every_row_of_people_logs_settings_and_the_edge_has_a_case() -> None:
    tables = (
        ec2_settings.SETTINGS,
        ecr.REGISTRY,
        edge.BALANCING,
        edge.CDN,
        edge.FIREWALL,
        eks.EKS,
        iam.PEOPLE,
        keys_dns.CERTIFICATES,
        logs.LOGS,
        organizations.ACCOUNT,
        sso.DIRECTORY,
        sso.SSO,
        watch.EVENTS,
    )
    assert {token for table in tables for token in table} <= CASES.keys()
