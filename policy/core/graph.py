"""The resources of one stack as rules see them, whoever recorded them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from policy.core.values import MISSING, UNKNOWN, decoded, items, read, recorded

# One AWS resource under several type tokens (old states, provider v6): rules know the first alone.
_SYNONYMS = {
    "aws:alb/loadBalancer:LoadBalancer": "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/listener:Listener": "aws:lb/listener:Listener",
    "aws:s3/bucketV2:BucketV2": "aws:s3/bucket:Bucket",
}


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource: its identity, its properties as plain values, what it hangs on.

    Attributes:
        urn: Its Pulumi URN.
        type: Its type token, synonyms normalised.
        name: Its logical name.
        props: Inputs, and outputs where the front-end has them.
        protect: Whether the engine refuses to delete it.
        provider: The properties of its provider, JSON texts decoded; None without one.
        joins: Per property, the URNs its value came from.
        source: ``file:line`` where known.
        retain_on_delete: None where the front-end cannot see it (CrossGuard).
    """

    urn: str
    type: str
    name: str
    props: Mapping[str, object]
    protect: bool = False
    provider: Mapping[str, object] | None = None
    joins: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    source: str | None = None
    retain_on_delete: bool | None = None

    def get(self, *path: str) -> object:
        """The property at a path: a value, MISSING or UNKNOWN."""
        return read(self.props, *path)

    @property
    def region(self) -> object:
        """The Region it lives in: its own ``region``, else its provider's."""
        own = self.get("region")
        return own if own is not MISSING else read(self.provider or {}, "region")


@dataclass(frozen=True)
class Graph:
    """The resources of one stack, indexed for the questions rules ask.

    Attributes:
        stack: The stack's name.
        resources: Every resource in registration order.
    """

    stack: str
    resources: tuple[Resource, ...]

    @cached_property
    def by_urn(self) -> Mapping[str, Resource]:
        """Every resource by its URN."""
        return {resource.urn: resource for resource in self.resources}

    @cached_property
    def _by_type(self) -> Mapping[str, tuple[Resource, ...]]:
        found: defaultdict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            found[resource.type].append(resource)
        return {token: tuple(group) for token, group in found.items()}

    def of_type(self, *tokens: str) -> tuple[Resource, ...]:
        """The resources of these types."""
        return tuple(item for token in tokens for item in self._by_type.get(token, ()))

    @property
    def urn(self) -> str:
        """The URN of the stack itself, for findings about no single resource."""
        stacks = self._by_type.get("pulumi:pulumi:Stack", ())
        return stacks[0].urn if stacks else f"urn:pulumi:{self.stack}::stack"

    def joined(self, resource: Resource, prop: str, token: str) -> tuple[Resource, ...] | None:
        """The resources of a type that a property refers to; None when it cannot be told.

        Dependencies first, because ids are unknown at preview; then equality of ids, for states
        that hold no dependencies.
        """
        targets = [self.by_urn.get(urn) for urn in resource.joins.get(prop, ())]
        joined = tuple(item for item in targets if item is not None and item.type == token)
        if joined:
            return joined
        value = resource.get(prop)
        if value is UNKNOWN:
            return None
        candidates = self.of_type(token)
        return tuple(item for item in candidates if value in (item.get("id"), item.get("arn")))

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> "Graph":
        """The graph of a synth document (design.md §3)."""
        raw = cast("list[dict[str, Any]]", document["resources"])
        providers = {
            item["urn"]: _provider(cast("Mapping[str, object]", recorded(item["inputs"])))
            for item in raw
            if str(item["type"]).startswith("pulumi:providers:")
        }
        return cls(str(document["stack"]), tuple(_of_record(item, providers) for item in raw))


def normalised(token: str) -> str:
    """The one type token that rules know a type by."""
    return _SYNONYMS.get(token, token)


def _provider(props: Mapping[str, object]) -> Mapping[str, object]:
    return {key: decoded(value) for key, value in props.items()}


def provider_properties(props: Mapping[str, object]) -> Mapping[str, object]:
    """A provider's properties as values: the engine sends everything but strings as JSON text."""
    return _provider(props)


def _of_record(item: Mapping[str, Any], providers: Mapping[str, Mapping[str, object]]) -> Resource:
    inputs = cast("dict[str, object]", recorded(item["inputs"]))
    outputs = cast("dict[str, object]", recorded(item.get("outputs") or {}))
    is_provider = str(item["type"]).startswith("pulumi:providers:")
    joins = cast("Mapping[str, Iterable[str]]", item.get("property_dependencies") or {})
    return Resource(
        urn=str(item["urn"]),
        type=normalised(str(item["type"])),
        name=str(item["name"]),
        props=providers[item["urn"]] if is_provider else {**outputs, **inputs},
        protect=bool(item.get("protect")),
        provider=providers.get(item["provider"]) if item.get("provider") else None,
        joins={prop: tuple(urns) for prop, urns in joins.items()},
        source=item.get("source"),
        retain_on_delete=item.get("retain_on_delete"),
    )


def strings(value: object) -> tuple[str, ...]:
    """The string elements of a list."""
    return tuple(item for item in items(value) if isinstance(item, str))
