"""The resources of one stack as rules see them, whoever recorded them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from policy.core.values import MISSING, UNKNOWN, decoded, one_or_many, read, recorded

# One AWS resource under several type tokens (old states, provider v6): rules know the first alone.
_SYNONYMS = {
    "aws:alb/loadBalancer:LoadBalancer": "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/listener:Listener": "aws:lb/listener:Listener",
    "aws:s3/bucketV2:BucketV2": "aws:s3/bucket:Bucket",
}


_CARRIERS = {
    "aws:acm/certificateValidation:CertificateValidation": "certificateArn",
    "aws:iam/rolePolicy:RolePolicy": "role",
    "aws:s3/bucketPolicy:BucketPolicy": "bucket",
    "aws:sns/topicPolicy:TopicPolicy": "arn",
}
"""Resources whose outputs are another's, for those who must wait until both are there."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource: its identity, its properties as plain values, what it hangs on.

    Attributes:
        urn: Its Pulumi URN.
        type: Its type token, synonyms normalised.
        name: Its logical name.
        props: Inputs, and outputs where the front-end has them.
        inputs: What the program wrote: AWS adds to some lists what other resources put there.
        protect: Whether the engine refuses to delete it.
        provider: The properties of its provider, JSON texts decoded; None without one.
        account: The account that provider acts in: a provider is named after it (ORG-06).
        joins: Per property, the URNs its value came from.
        source: ``file:line`` where known.
        retain_on_delete: None where the front-end cannot see it (CrossGuard).
    """

    urn: str
    type: str
    name: str
    props: Mapping[str, object]
    inputs: Mapping[str, object] = field(default_factory=dict[str, object])
    protect: bool = False
    provider: Mapping[str, object] | None = None
    account: str | None = None
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

    def tag(self, key: str) -> object:
        """A tag: its own, else one of its provider's default tags."""
        own = self.get("tags", key)
        return own if own is not MISSING else read(self.provider or {}, "defaultTags", "tags", key)


@dataclass(frozen=True, kw_only=True)
class Referrers:
    """What refers to a resource.

    Attributes:
        found: The resources that do.
        certain: Whether nothing else may, once unknown values are known.
    """

    found: tuple[Resource, ...]
    certain: bool


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

    @property
    def types(self) -> tuple[str, ...]:
        """The types in it, each once."""
        return tuple(self._by_type)

    def of_type(self, *tokens: str) -> tuple[Resource, ...]:
        """The resources of these types."""
        return tuple(item for token in tokens for item in self._by_type.get(token, ()))

    @property
    def urn(self) -> str:
        """The URN of the stack itself, for findings about no single resource."""
        stacks = self._by_type.get("pulumi:pulumi:Stack", ())
        return stacks[0].urn if stacks else f"urn:pulumi:{self.stack}::stack"

    def joined(self, resource: Resource, prop: str, *tokens: str) -> tuple[Resource, ...] | None:
        """The resources of these types that a property refers to; None when it cannot be told.

        Dependencies first, because ids are unknown at preview; then equality of ids, for states
        that hold no dependencies.
        """
        joined = tuple(item for item in self._targets(resource, prop) if item.type in tokens)
        if joined:
            return joined
        value = resource.get(prop)
        if value is UNKNOWN:
            return None
        values = [found for found in one_or_many(value) if isinstance(found, str)]
        return tuple(
            item
            for item in self.of_type(*tokens)
            if item.get("id") in values or item.get("arn") in values
        )

    def _targets(self, resource: Resource, prop: str) -> Iterator[Resource]:
        """What a property depends on, and what stands behind that."""
        for urn in resource.joins.get(prop, ()):
            target = self.by_urn.get(urn)
            if target is not None:
                yield target
                if target.type in _CARRIERS:
                    yield from self._targets(target, _CARRIERS[target.type])

    def referring(self, target: Resource, token: str, prop: str) -> "Referrers":
        """The resources of a type whose property refers to a resource."""
        found: list[Resource] = []
        certain = True
        for item in self.of_type(token):
            targets = self.joined(item, prop, target.type)
            if targets is None:
                certain = False
            elif any(other.urn == target.urn for other in targets):
                found.append(item)
        return Referrers(found=tuple(found), certain=certain)

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
        inputs=inputs,
        protect=bool(item.get("protect")),
        provider=providers.get(item["provider"]) if item.get("provider") else None,
        account=item.get("account"),
        joins={prop: tuple(urns) for prop, urns in joins.items()},
        source=item.get("source"),
        retain_on_delete=item.get("retain_on_delete"),
    )
