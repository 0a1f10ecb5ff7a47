"""The base of every component, and what a layer may know: the one place both are written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import get_annotations
from typing import Any, ClassVar, TypedDict, TypeVar, Unpack, get_origin

import pulumi
import pulumi_aws as aws

from components.config import Account, Organization
from components.contracts import AccountKind, Read

T = TypeVar("T")

PACKAGE = "superinc"
"""First part of every component's type token. STATE: part of every URN."""


class Options(TypedDict, total=False):
    """The resource options our components use; the rest of Pulumi's are left out on purpose."""

    provider: pulumi.ProviderResource
    providers: Mapping[str, pulumi.ProviderResource]
    depends_on: Sequence[pulumi.Resource]
    protect: bool
    retain_on_delete: bool
    ignore_changes: list[str]
    replace_on_changes: list[str]
    delete_before_replace: bool
    import_: str
    aliases: list[pulumi.Alias | str]
    custom_timeouts: pulumi.CustomTimeouts
    transforms: list[pulumi.ResourceTransform]
    additional_secret_outputs: list[str]


class Component(pulumi.ComponentResource):
    """A building block: one ComponentResource in the layer folder it belongs to.

    A subclass annotates its outputs on the class, creates its children with
    :meth:`child` and ends its constructor with :meth:`finish`. Its type token is
    ``superinc:<layer>:<ClassName>``; token and child names are state, so moving or
    renaming one is a migration with an alias.

    Attributes:
        layer: The layer in the token; by default the folder below ``components``.
    """

    layer: ClassVar[str]

    def __init_subclass__(cls, **kwargs: object) -> None:
        """Take the layer from the folder the class is written in."""
        super().__init_subclass__(**kwargs)
        if "layer" not in cls.__dict__:
            package, _, rest = cls.__module__.partition(".")
            if package == "components" and "." in rest:
                cls.layer = rest.partition(".")[0]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        self._finished = False
        # As its own option a dependency of a component would reach no child: nothing would keep
        # a dependency from being deleted before them.
        self._dependencies: Any = opts.depends_on if opts is not None else None
        super().__init__(self.token(), name, None, opts)

    @classmethod
    def token(cls) -> str:
        """The type token of this component."""
        return f"{PACKAGE}:{cls.layer}:{cls.__name__}"

    @classmethod
    def output_types(cls) -> dict[str, Any]:
        """The public attributes the class annotates, with their types: what it must register."""
        return {
            name: hint
            for base in reversed(cls.__mro__)
            if issubclass(base, Component) and base is not Component
            for name, hint in get_annotations(base, eval_str=True).items()
            if not name.startswith("_") and get_origin(hint) is not ClassVar
        }

    def child(self, **options: Unpack[Options]) -> pulumi.ResourceOptions:
        """Options of a child: this component is its parent and gives provider and dependencies."""
        own = pulumi.ResourceOptions(parent=self, depends_on=self._dependencies)
        return pulumi.ResourceOptions.merge(own, pulumi.ResourceOptions(**options))

    def finish(self, **outputs: object) -> None:
        """Assign and register the outputs; the last statement of every constructor.

        Raises:
            TypeError: The names differ from the annotated attributes, or it ran twice.
        """
        token = self.token()
        if self._finished:
            raise TypeError(f"{token}: finish ran twice")
        if outputs.keys() != self.output_types().keys():
            got, wanted = ", ".join(sorted(outputs)), ", ".join(sorted(self.output_types()))
            raise TypeError(f"{token}: got outputs {got or 'none'}, wanted {wanted or 'none'}")
        for name, value in outputs.items():
            setattr(self, name, value)
        self._finished = True
        self.register_outputs(outputs)


@dataclass(frozen=True, kw_only=True)
class LayerContext:
    """All a layer may know beyond its own Config: this account, and what is built already.

    Attributes:
        account_name: The account's name, which is the stack's name.
        account: Its entry in the organisation.
        organization: The whole organisation.
        account_id: Its 12-digit id; known before anything is built.
        account_id_of: Gives the id of another account that management has created.
        provider: The provider of this account.
        reads: What this layer's contract declares to read.
        source: Fetches one output of an earlier stack.
        account_provider: Gives the provider of any account by name, made on first use.
        built: Outputs of the layers built earlier in this stack, by their class.
        used: The declared reads that were made; written by :meth:`read`, read by tests.
    """

    account_name: str
    account: Account
    organization: Organization
    account_id: pulumi.Output[str]
    account_id_of: Callable[[str], pulumi.Output[str]]
    provider: aws.Provider
    reads: frozenset[Read]
    source: Callable[[Read], pulumi.Output[Any]]
    account_provider: Callable[[str], aws.Provider]
    built: Mapping[type[Any], Any]
    used: set[Read] = field(default_factory=set[Read])

    def options(self, **options: Unpack[Options]) -> pulumi.ResourceOptions:
        """Options of a layer's own component: this account's provider unless said otherwise."""
        options.setdefault("provider", self.provider)
        return pulumi.ResourceOptions(**options)

    def provider_for(self, kind: AccountKind) -> aws.Provider:
        """The explicit provider of an earlier account, for a link this stack owns (design D4).

        Raises:
            LookupError: The layer reads nothing from that kind, so nothing makes it earlier.
        """
        declared = {read.kind for read in self.reads} | {self.account.kind, AccountKind.MANAGEMENT}
        if kind not in declared:
            raise LookupError(
                f"got a provider for {kind} in {self.account_name}, wanted a declared read of it"
            )
        return self.account_provider(self.organization.account_of_kind(kind))

    def read(self, read: Read) -> pulumi.Output[Any]:
        """One output of an earlier account.

        Raises:
            LookupError: The layer's contract does not declare it, so the order is not ensured.
        """
        if read not in self.reads:
            declared = ", ".join(sorted(map(str, self.reads))) or "none"
            raise LookupError(f"got read {read}, wanted one the contract declares: {declared}")
        self.used.add(read)
        return self.source(read)

    def layer(self, outputs: type[T]) -> T:
        """The Outputs of a layer built earlier in this stack.

        Raises:
            LookupError: No such layer comes before this one in the blueprint.
        """
        if outputs not in self.built:
            names = ", ".join(sorted(known.__name__ for known in self.built)) or "none"
            raise LookupError(f"got {outputs.__name__}, wanted one built earlier: {names}")
        found: T = self.built[outputs]
        return found
