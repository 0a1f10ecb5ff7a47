"""Which resources of a synth meet a demand of the playbook, and what is missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from automation.audit.playbook import Join, Resources
from automation.audit.predicates import Resource


@dataclass(frozen=True, kw_only=True)
class Found:
    """A resource that is evidence.

    Attributes:
        stack: The stack that makes it.
        type: Its type.
        name: Its logical name.
        urn: Its URN.
        source: The `file:line` that makes it.
    """

    stack: str
    type: str
    name: str
    urn: str
    source: str | None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one piece of evidence.

    Attributes:
        found: Resources that show it.
        missing: Why it does not hold, a line each; empty when it holds.
    """

    found: tuple[Found, ...] = ()
    missing: tuple[str, ...] = ()


class Stack:
    """The document of one stack, indexed for the questions a demand asks."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.name: str = document["stack"]
        self._resources: Sequence[Resource] = document["resources"]

    @cached_property
    def _by_urn(self) -> Mapping[str, Resource]:
        return {resource["urn"]: resource for resource in self._resources}

    @cached_property
    def _by_type(self) -> Mapping[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self._resources:
            found.setdefault(resource["type"], []).append(resource)
        return found

    def of_type(self, glob: str) -> Iterator[Resource]:
        """The resources whose type matches."""
        for token, resources in self._by_type.items():
            if fnmatchcase(token, glob):
                yield from resources

    def is_joined(self, resource: Resource, join: Join) -> bool:
        """Whether a property's value comes from a resource like that."""
        urns: Sequence[str] = resource["property_dependencies"].get(join.property, ())
        targets = (self._by_urn[urn] for urn in urns if urn in self._by_urn)
        return any(
            fnmatchcase(target["type"], join.type)
            and all(predicate.holds(target) for predicate in join.where)
            for target in targets
        )


def evaluate(demand: Resources, stacks: Sequence[Stack]) -> Outcome:
    """What stacks have to show for a demand; it must hold in each of them."""
    found: list[Found] = []
    missing: list[str] = []
    for stack in stacks:
        matching = [
            resource
            for resource in stack.of_type(demand.type)
            if all(predicate.holds(resource) for predicate in demand.where)
            and all(stack.is_joined(resource, join) for join in demand.joined)
        ]
        if not demand.count.holds(len(matching)):
            got = f"got {len(matching) or 'no'} {_described(demand)}"
            missing.append(f"{stack.name}: {got}, wanted {demand.count}")
        for resource in matching:
            missing += [
                f"{stack.name} {resource['name']}: got {predicate.path} {predicate.got(resource)}, "
                f"wanted {predicate}"
                for predicate in demand.each
                if not predicate.holds(resource)
            ]
        found += [_found(stack, resource) for resource in matching]
    return Outcome(found=tuple(found), missing=tuple(missing))


def _described(demand: Resources) -> str:
    conditions = [str(predicate) for predicate in demand.where]
    conditions += [f"{join.property} of {join.type}" for join in demand.joined]
    return demand.type + (f" with {', '.join(conditions)}" if conditions else "")


def _found(stack: Stack, resource: Resource) -> Found:
    return Found(
        stack=stack.name,
        type=resource["type"],
        name=resource["name"],
        urn=resource["urn"],
        source=resource["source"],
    )
