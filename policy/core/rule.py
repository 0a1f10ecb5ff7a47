"""What a rule is: an id, what it costs to break it, and a check over one resource or one stack."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

from policy.core.context import Context
from policy.core.graph import Graph, Resource
from policy.core.results import Enforcement, Problem, Severity, Verdict

ResourceCheck = Callable[[Resource, Context], Iterable[Problem]]
StackCheck = Callable[[Graph, Context], Iterable[Problem]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A guardrail; exactly one of the two checks is set.

    Attributes:
        id: Stable id, the one waivers and reports use (``ORG-01``).
        title: What holds when the rule passes.
        severity: What breaking it costs.
        remedy: What to change when it fails.
        enforcement: Whether a finding stops the rollout.
        production_only: Mandatory in production, advisory elsewhere.
        types: Type globs a resource check applies to; for a stack check, the types it reads, for
            the report to say what no rule looks at.
        resource: Check of one resource.
        stack: Check of the whole graph.
        controls: Ids in public catalogues that it satisfies.
    """

    id: str
    title: str
    severity: Severity
    remedy: str
    enforcement: Enforcement = Enforcement.MANDATORY
    production_only: bool = False
    types: tuple[str, ...] = ()
    resource: ResourceCheck | None = None
    stack: StackCheck | None = None
    controls: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a rule without, or with two, checks."""
        if (self.resource is None) == (self.stack is None):
            raise ValueError(f"{self.id}: wanted exactly one of resource and stack")

    @property
    def slug(self) -> str:
        """The name CrossGuard knows it by: ``org-01``."""
        return self.id.lower()

    def applies_to(self, token: str) -> bool:
        """Whether the check looks at this type."""
        return token in self.types or any(fnmatchcase(token, glob) for glob in self._globs)

    @cached_property
    def _globs(self) -> tuple[str, ...]:
        return tuple(glob for glob in self.types if "*" in glob)

    def enforced(self, problem: Problem, context: Context) -> Enforcement:
        """The enforcement of one of its problems in this account."""
        if problem.advisory or (self.production_only and not context.production):
            return Enforcement.ADVISORY
        return self.enforcement


def failed(resource: Resource, path: str, message: str) -> Problem:
    """A failure of this resource."""
    return Problem(urn=resource.urn, path=path, message=message)


def advised(resource: Resource, path: str, message: str) -> Problem:
    """A failure of this resource that stops no rollout, whatever the rule is."""
    return Problem(urn=resource.urn, path=path, message=message, advisory=True)


def undecided(resource: Resource, path: str) -> Problem:
    """No verdict: the property has no value before the engine has run."""
    return Problem(
        urn=resource.urn,
        path=path,
        message=f"{path} is not known yet",
        verdict=Verdict.UNKNOWN,
    )
