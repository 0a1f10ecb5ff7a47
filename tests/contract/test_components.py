"""The seven rules (`components/__init__.py`), held by every component of every stack.

They are read from the raw registrations: a snapshot of mocks does not see a missing parent.
Layers and stacks are discovered, so a new one is covered without a change here.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from types import NoneType
from typing import get_args

import pytest

import components
from components import stack
from components.base import Component
from components.tags import required_tags
from tests.organization import STACKS, committed_config, needed_stacks, organization, recorded
from tests.recording import Recorded, record

PROVIDER = "pulumi:providers:"
CLUSTER_PROVIDER = "eks-kubernetes"
"""The provider of everything in an account's cluster."""
ANYWHERE = "random:"
"""Types of a provider that acts in no account."""
TOKEN = re.compile(r"^superinc:([a-z]+):([A-Z][A-Za-z0-9]+)$")

for _module in pkgutil.walk_packages(components.__path__, "components."):
    importlib.import_module(_module.name)


def classes(base: type[Component] = Component) -> Iterator[type[Component]]:
    for found in base.__subclasses__():
        if found.__module__.startswith("components."):
            yield found
        yield from classes(found)


def may_be_absent(hint: object) -> bool:
    return any(NoneType in get_args(inner) for inner in get_args(hint))


CLASSES = {found.token(): found for found in classes()}
NAMES = sorted(CLASSES)


def resources(name: str) -> list[Recorded]:
    """What a stack makes, providers aside."""
    return [found for found in recorded(name).resources if not found.type.startswith(PROVIDER)]


def own_components(name: str) -> list[Recorded]:
    return [found for found in recorded(name).components() if found.type.startswith("superinc:")]


@pytest.mark.parametrize("token", NAMES)
def test_a_token_names_the_layers_folder_and_the_class(token: str) -> None:
    match = TOKEN.match(token)
    assert match
    assert CLASSES[token].__module__.split(".")[1] == match.group(1)


@pytest.mark.parametrize("token", NAMES)
def test_a_docstring_says_what_deletion_does(token: str) -> None:
    assert re.search(r"(?i)delet|destroy|remov", CLASSES[token].__doc__ or "")


@pytest.mark.parametrize("token", NAMES)
def test_outputs_are_annotated_on_the_class(token: str) -> None:
    assert CLASSES[token].output_types()


@pytest.mark.parametrize("name", STACKS)
def test_every_resource_belongs_to_a_component_of_ours(name: str) -> None:
    orphans = [
        found.urn
        for found in resources(name)
        if found.parent is None and not found.type.startswith("superinc:")
    ]
    assert orphans == []


@pytest.mark.parametrize("name", STACKS)
def test_a_childs_name_begins_with_its_parents(name: str) -> None:
    recording = recorded(name)
    wrong = [
        found.urn
        for found in resources(name)
        if found.parent is not None
        and not found.name.startswith(f"{recording.by_urn(found.parent).name}-")
    ]
    assert wrong == []


@pytest.mark.parametrize("name", STACKS)
def test_every_component_registers_its_annotated_outputs_once(name: str) -> None:
    for found in own_components(name):
        assert len(found.registrations) == 1, found.urn
        given = found.registrations[0].keys()
        hints = CLASSES[found.type].output_types()
        optional = {output for output, hint in hints.items() if may_be_absent(hint)}
        # An output without a value in this stack is not sent.
        assert hints.keys() - optional <= given <= hints.keys(), found.urn


@pytest.mark.parametrize("name", STACKS)
def test_every_resource_names_its_provider_and_every_provider_its_account(name: str) -> None:
    for found in resources(name):
        if found.custom and not found.type.startswith(ANYWHERE):
            inside = found.type.startswith("kubernetes:")
            assert found.provider in ({CLUSTER_PROVIDER} if inside else STACKS), found.urn
    allowed = {name, *needed_stacks(name)}
    assert recorded(name).names("pulumi:providers:aws") <= allowed


@pytest.mark.parametrize("name", STACKS)
def test_every_provider_sets_the_required_tags(name: str) -> None:
    for provider in recorded(name).of("pulumi:providers:aws"):
        tags = required_tags(organization(), stack=name, account=provider.name)
        assert provider.policy("defaultTags") == {"tags": tags}


@pytest.mark.parametrize("name", STACKS)
def test_every_resource_is_in_a_region_of_the_organisation(name: str) -> None:
    regions = organization().regions
    allowed = {regions.home, regions.replica, "us-east-1"}
    chosen = {found.inputs["region"] for found in resources(name) if "region" in found.inputs}
    assert chosen <= allowed


@pytest.mark.parametrize("name", STACKS)
def test_every_source_line_points_into_a_layer(name: str) -> None:
    for found in resources(name):
        # What layers share stands beside them.
        place = r"components/([a-z]+/[a-z_]+|private_bucket)\.py:\d+$"
        assert re.match(place, found.source), found.urn


@pytest.mark.parametrize("name", STACKS)
def test_nothing_is_created_from_a_value_only_known_later(name: str) -> None:
    """In a first preview no `apply` runs on an unknown: what it would create is missing there."""
    earlier = {needed: recorded(needed).exports for needed in needed_stacks(name)}
    preview = record(
        lambda: stack.build(name),
        stack=name,
        config=committed_config(name),
        earlier=earlier,
        preview=True,
    )
    assert {found.urn for found in preview.resources} == {
        found.urn for found in recorded(name).resources
    }


@pytest.mark.parametrize(
    ("name", "environment"),
    [(n, a.environment) for n, a in organization().accounts.items() if a.environment],
)
def test_logical_names_do_not_carry_the_environment(name: str, environment: str) -> None:
    assert [found.name for found in resources(name) if environment in found.name] == []
