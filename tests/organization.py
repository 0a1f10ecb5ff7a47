"""The organisation of this repository, recorded stack by stack, as the engine would run it."""

from functools import cache
from typing import Any

import pulumi
import yaml

from components import blueprint, stack
from components.base import PACKAGE
from components.config import ORGANIZATION_KEY, Organization
from components.contracts import LayerConfig
from tests.recording import ROOT, Recording, record


def committed_config(name: str) -> dict[str, Any]:
    """The configuration a stack sees: Pulumi.yaml, then Pulumi.<stack>.yaml."""
    project: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    own: dict[str, Any] = yaml.safe_load((ROOT / f"Pulumi.{name}.yaml").read_text())["config"]
    return {**{key: entry["value"] for key, entry in project.items()}, **own}


def organization() -> Organization:
    """The committed organisation."""
    config = committed_config("management")
    return Organization.model_validate(config[f"{PACKAGE}:{ORGANIZATION_KEY}"])


STACKS = tuple(organization().accounts)
"""Every stack of the repository."""


def layer_config(name: str, layer: str) -> LayerConfig:
    """The Config of one layer of a stack."""
    given = committed_config(name).get(f"{PACKAGE}:{layer}", {})
    return blueprint.contract(layer).config.model_validate(given)


def needed_stacks(name: str) -> frozenset[str]:
    """The stacks this one reads from, by its contracts."""
    described = organization()
    kind = described.accounts[name].kind
    return frozenset(
        described.account_of_kind(read.kind)
        for contract in blueprint.contracts_of(kind)
        for read in contract.reads(layer_config(name, contract.name), kind)
    )


@cache
def recorded(name: str) -> Recording:
    """A stack of the repository, recorded on the recordings of those it reads from.

    The result of the program is what `components.stack.build` returned.
    """

    def program() -> dict[str, stack.BuiltLayer]:
        built = stack.build(name)
        for layer, found in built.items():
            pulumi.export(layer, found.exports())
        return built

    earlier = {needed: recorded(needed).exports for needed in sorted(needed_stacks(name))}
    return record(program, stack=name, config=committed_config(name), earlier=earlier)
