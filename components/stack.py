"""From a stack's name to its resources: the account, its layers in order, their Outputs."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar

import pulumi
from pulumi.runtime import config as runtime_config
from pydantic import BaseModel, ValidationError

from components import blueprint
from components.accounts.contract import ACCOUNT_IDS
from components.base import PACKAGE, LayerContext
from components.config import ORGANIZATION_KEY, Organization
from components.contracts import AccountKind, LayerConfig, LayerContract, Read, published
from components.providers import AccountProviders

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class BuiltLayer:
    """A layer after its build.

    Attributes:
        contract: What it promised.
        context: What it was given, with the reads it made.
        outputs: What it publishes.
    """

    contract: LayerContract
    context: LayerContext
    outputs: Any

    def exports(self) -> dict[str, Any]:
        """The published outputs by name; those this account has no value for are left out."""
        values = {name: getattr(self.outputs, name) for name in published(self.outputs)}
        return {name: value for name, value in values.items() if value is not None}


class EarlierStacks:
    """The stacks this one reads from: one reference each, made on first use."""

    def __init__(self, organization: Organization) -> None:
        self._organization = organization
        self._references: dict[str, pulumi.StackReference] = {}

    def output(self, read: Read) -> pulumi.Output[Any]:
        """One output of the account of a kind."""
        stack = self._organization.account_of_kind(read.kind)
        if stack not in self._references:
            # "organization" is the literal organisation name of self-managed state backends.
            name = f"organization/{pulumi.get_project()}/{stack}"
            self._references[stack] = pulumi.StackReference(name)

        def field(layer: Mapping[str, Any] | None) -> Any:  # noqa: ANN401 - any output may be read
            if layer is None or read.output not in layer:
                missing = f"{read.layer}.{read.output}"
                raise pulumi.RunError(f"{stack} publishes no {missing}; run: platform up {stack}")
            return layer[read.output]

        return self._references[stack].get_output(read.layer).apply(field)

    def account_id(self, account: str) -> pulumi.Output[str]:
        """The id of an account: pinned in the organisation, else published by management."""
        pinned = self._organization.accounts[account].id
        if pinned is not None:
            return pulumi.Output.from_input(pinned)

        def pick(ids: Mapping[str, str]) -> str:
            if account not in ids:
                management = self._organization.account_of_kind(AccountKind.MANAGEMENT)
                raise pulumi.RunError(
                    f"account {account} is not created yet; run: platform up {management}"
                )
            return ids[account]

        return self.output(ACCOUNT_IDS).apply(pick)


def build(stack: str) -> dict[str, BuiltLayer]:
    """Build every layer of the account a stack stands for, from the stack's configuration.

    Raises:
        pulumi.RunError: The configuration is wrong; the message names every problem.
    """
    config = pulumi.Config(PACKAGE)
    organization = _validated(Organization, config, ORGANIZATION_KEY)
    if stack not in organization.accounts:
        known = ", ".join(organization.accounts)
        raise pulumi.RunError(
            f"got stack {stack!r}, wanted an account of the organisation: {known}"
        )
    kind = organization.accounts[stack].kind
    _refuse_unknown_keys(stack, kind)
    contracts = blueprint.contracts_of(kind)
    configs = {found.name: _validated(found.config, config, found.name) for found in contracts}
    return _build(stack, organization, contracts, configs)


def _build(
    stack: str,
    organization: Organization,
    contracts: tuple[LayerContract, ...],
    configs: Mapping[str, LayerConfig],
) -> dict[str, BuiltLayer]:
    earlier = EarlierStacks(organization)
    providers = AccountProviders(stack, organization, earlier.account_id)
    account = organization.accounts[stack]
    built: dict[str, BuiltLayer] = {}
    for contract in contracts:
        config = configs[contract.name]
        context = LayerContext(
            account_name=stack,
            account=account,
            organization=organization,
            account_id=earlier.account_id(stack),
            account_id_of=earlier.account_id,
            provider=providers.of(stack),
            reads=frozenset(contract.reads(config, account.kind)),
            source=earlier.output,
            account_provider=providers.of,
            built={type(layer.outputs): layer.outputs for layer in built.values()},
        )
        outputs = import_module(f"components.{contract.name}.layer").build(context, config)
        built[contract.name] = BuiltLayer(contract=contract, context=context, outputs=outputs)
    return built


def _validated(model: type[M], config: pulumi.Config, key: str) -> M:
    try:
        return model.model_validate(config.get_object(key) or {})
    except ValidationError as error:
        raise pulumi.RunError("\n".join(_problems(key, error))) from error


def _problems(key: str, error: ValidationError) -> list[str]:
    return [
        f"{PACKAGE}:{'.'.join([key, *map(str, problem['loc'])])}: {problem['msg']}"
        for problem in error.errors()
    ]


def _refuse_unknown_keys(stack: str, kind: AccountKind) -> None:
    known = {ORGANIZATION_KEY, *blueprint.LAYERS[kind]}
    given = {*runtime_config.CONFIG.get(), *runtime_config.get_config_env()}
    unknown = sorted(
        key
        for key in given
        if key.startswith(f"{PACKAGE}:") and key.removeprefix(f"{PACKAGE}:") not in known
    )
    if unknown:
        wanted = ", ".join(f"{PACKAGE}:{name}" for name in sorted(known))
        raise pulumi.RunError(f"{stack}: got {', '.join(unknown)}, wanted only {wanted}")
