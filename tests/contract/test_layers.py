"""What every layer of the blueprint promises and keeps."""

import dataclasses
import importlib
import inspect
import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import cast

import pytest
from pydantic import BaseModel

import components
from components import blueprint
from components.contracts import SINGLETON_KINDS, LayerConfig
from components.stack import BuiltLayer
from tests.organization import STACKS, layer_config, organization, recorded
from tests.recording import ROOT

LAYERS = blueprint.layer_names()


def modules(layer: str) -> Iterator[ModuleType]:
    package = importlib.import_module(f"components.{layer}")
    yield package
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def classes_of(layer: str) -> Iterator[type]:
    for module in modules(layer):
        for _, found in inspect.getmembers(module, inspect.isclass):
            if found.__module__ == module.__name__:
                yield found


def built(name: str) -> dict[str, BuiltLayer]:
    return cast("dict[str, BuiltLayer]", recorded(name).result)


def test_every_folder_is_in_the_blueprint_and_every_layer_has_its_folder() -> None:
    folders = {found.name for found in pkgutil.iter_modules(components.__path__) if found.ispkg}
    assert folders == set(LAYERS)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_shows_the_same_face(layer: str) -> None:
    names = {module.__name__.rpartition(".")[2] for module in modules(layer)}
    assert {"contract", "layer"} <= names
    assert importlib.import_module(f"components.{layer}").__doc__
    assert blueprint.contract(layer).name == layer
    parameters = inspect.signature(importlib.import_module(f"components.{layer}.layer").build)
    assert list(parameters.parameters) == ["context", "config"]


@pytest.mark.parametrize("layer", LAYERS)
def test_config_is_frozen_and_refuses_unknown_keys(layer: str) -> None:
    assert issubclass(blueprint.contract(layer).config, LayerConfig)
    for found in classes_of(layer):
        if issubclass(found, BaseModel):
            assert found.model_config.get("frozen") is True, found
            assert found.model_config.get("extra") == "forbid", found


@pytest.mark.parametrize("layer", LAYERS)
def test_args_and_outputs_are_frozen_keyword_only_dataclasses(layer: str) -> None:
    for found in classes_of(layer):
        if found.__name__.endswith(("Args", "Outputs")):
            assert dataclasses.is_dataclass(found), found
            assert vars(found)["__dataclass_params__"].frozen, found
            assert all(field.kw_only for field in dataclasses.fields(found)), found
    assert blueprint.contract(layer).outputs in set(classes_of(layer))


def test_contracts_and_the_blueprint_load_without_an_sdk() -> None:
    """The CLI imports them to compute the graph; an SDK would cost it a second at each start."""
    program = (
        "import json, sys\n"
        "from components import blueprint\n"
        "[blueprint.contract(name) for name in blueprint.layer_names()]\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    loaded = set(json.loads(done.stdout))
    assert "pydantic" in loaded
    assert not {name for name in loaded if name.startswith(("pulumi", "boto", "grpc"))}


@pytest.mark.parametrize("name", STACKS)
def test_the_declared_reads_are_made_and_no_others(name: str) -> None:
    for layer, found in built(name).items():
        assert found.context.used == found.context.reads, layer


@pytest.mark.parametrize("name", STACKS)
def test_reads_name_outputs_that_exist_in_accounts_that_run_the_layer(name: str) -> None:
    kind = organization().accounts[name].kind
    for contract in blueprint.contracts_of(kind):
        for read in contract.reads(layer_config(name, contract.name), kind):
            assert read.kind in SINGLETON_KINDS
            assert read.kind != kind
            assert read.layer in blueprint.LAYERS[read.kind]
            assert read.output in blueprint.contract(read.layer).output_names()


@pytest.mark.parametrize("name", STACKS)
def test_a_stack_exports_what_its_layers_promise(name: str) -> None:
    exports = recorded(name).exports
    assert exports.keys() == built(name).keys()
    for layer, found in built(name).items():
        assert isinstance(found.outputs, found.contract.outputs)
        assert exports[layer].keys() <= found.contract.output_names()


@pytest.mark.parametrize("name", STACKS)
def test_the_stack_is_built_in_the_order_of_the_blueprint(name: str) -> None:
    assert tuple(built(name)) == blueprint.LAYERS[organization().accounts[name].kind]
