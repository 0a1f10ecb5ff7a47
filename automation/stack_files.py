"""The stacks' own files: the Config of each layer, and what stacks owe each other."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

from pydantic import BaseModel, ValidationError

from automation.places import PROJECT_FILE
from automation.problems import Problem, did_you_mean, explain
from automation.project_files import STACK_KEYS, ConfigFile, Findings, opened
from components.config import ORGANIZATION_KEY
from components.contracts import AccountKind, LayerConfig, LayerContract, Read

M = TypeVar("M", bound=BaseModel)

Crosscheck = Callable[[Mapping[str, Any]], Sequence[tuple[str, str, str]]]
"""`organization_problems` of a contract module: Config by stack to (stack, path, problem)."""


class Blueprint(Protocol):
    """Which layers an account runs; :mod:`components.blueprint` is the one of the playbook."""

    def contracts_of(self, kind: AccountKind) -> tuple[LayerContract, ...]:
        """The contracts of the layers of an account kind, in build order."""
        ...


@dataclass(frozen=True)
class Content:
    """What a stack's file says.

    Attributes:
        file: The file.
        configs: The Config of each layer that has a valid one, in build order.
        reads: What those layers read from earlier accounts, each once.
    """

    file: ConfigFile
    configs: Mapping[str, LayerConfig]
    reads: tuple[Read, ...]


def file_of(stack: str) -> str:
    """The name of a stack's file."""
    return f"Pulumi.{stack}.yaml"


def validated(file: ConfigFile, path: tuple[str, ...], model: type[M]) -> M | None:
    """The model of the value at a path; what is wrong with it is noted in the file.

    An absent value is an empty one: its defaults hold, its required fields are missing.
    """
    value: object = file.get(path) if path[-1] in file.mapping(path[:-1]) else {}
    try:
        return model.model_validate(opened(value))
    except ValidationError as error:
        for below, text in explain(error, model):
            file.add((*path, *below), text)
        return None


@dataclass(frozen=True)
class StackFiles:
    """Reads the stacks' files.

    Attributes:
        findings: Where problems are collected.
        namespace: The Pulumi project's name, before the colon of our keys.
        blueprint: Which layers an account of each kind runs.
    """

    findings: Findings
    namespace: str
    blueprint: Blueprint

    def read(self, stack: str, kind: AccountKind) -> Content | None:
        """The content of a stack's file; None when the file itself is broken."""
        file = self.findings.read(file_of(stack), STACK_KEYS)
        if file.document is None:
            return None
        contracts = self.blueprint.contracts_of(kind)
        self._check_keys(file, kind, [contract.name for contract in contracts])
        configs: dict[str, LayerConfig] = {}
        reads: dict[Read, None] = {}
        for contract in contracts:
            path = ("config", f"{self.namespace}:{contract.name}")
            config = validated(file, path, contract.config)
            if config is not None:
                configs[contract.name] = config
                reads |= dict.fromkeys(contract.reads(config, kind))
        return Content(file, configs, tuple(reads))

    def _check_keys(self, file: ConfigFile, kind: AccountKind, layers: Sequence[str]) -> None:
        known = [f"{self.namespace}:{layer}" for layer in layers]
        for key in file.mapping(("config",)):
            if key == f"{self.namespace}:{ORGANIZATION_KEY}":
                text = f"got the organisation in a stack's file, wanted it in {PROJECT_FILE}"
                file.add(("config", key), text)
            elif ":" not in key or (key.startswith(f"{self.namespace}:") and key not in known):
                wanted = f"a layer of kind {kind}, one of {', '.join(known)}"
                close = did_you_mean(key.removeprefix(f"{self.namespace}:"), layers)
                text = f"got an unknown key, wanted {wanted}{close}"
                file.add(("config", key), text)

    def check_strangers(self, accounts: Sequence[str]) -> None:
        """Note the stack files that no account of the organisation claims."""
        for file in sorted(self.findings.root.glob(file_of("*"))):
            name = file.name.removeprefix("Pulumi.").removesuffix(".yaml")
            if name not in accounts:
                text = f"got a stack without an account, wanted one of {', '.join(accounts)}"
                text += did_you_mean(name, accounts)
                self.findings.problems.append(Problem(file.name, 1, "", text))

    def check_between(self, contents: Mapping[str, Content], kinds: Sequence[AccountKind]) -> None:
        """Note what contracts find wrong between stacks, such as overlapping networks."""
        contracts = {
            contract.name: contract
            for kind in dict.fromkeys(kinds)
            for contract in self.blueprint.contracts_of(kind)
        }
        for layer, contract in contracts.items():
            if (check := _crosscheck_of(contract)) is None:
                continue
            configs = {
                stack: content.configs[layer]
                for stack, content in contents.items()
                if layer in content.configs
            }
            for stack, path, text in check(configs):
                where = ("config", f"{self.namespace}:{layer}", *(path.split(".") if path else ()))
                contents[stack].file.add(where, text)


def _crosscheck_of(contract: LayerContract) -> Crosscheck | None:
    """The optional `organization_problems` of the module that defines a layer's Config."""
    module = sys.modules.get(contract.config.__module__)
    return cast("Crosscheck | None", getattr(module, "organization_problems", None))
