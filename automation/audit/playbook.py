"""`docs/playbook.yaml`: every rule of the playbook with its evidence, as checked models."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from automation.audit.predicates import Predicate
from automation.errors import ConfigError
from automation.project_files import ConfigFile, Findings
from automation.stack_files import validated
from components.config import Organization
from components.contracts import SINGLETON_KINDS

PLAYBOOK = Path("docs/playbook.yaml")

_ID = re.compile(r"[A-Z][A-Z0-9]{1,4}-\d\d")
_TEST = re.compile(r"tests/[\w/]+\.py::test_\w+")
_PAGE = re.compile(r"[\w/-]+\.md(#[\w-]+)?")


def _matching(pattern: re.Pattern[str], wanted: str) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(f"got {value!r}, wanted {wanted}")
        return value

    return AfterValidator(check)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Count(_Model):
    """How many resources there must be in each stack.

    Attributes:
        at_least: No fewer.
        at_most: No more; as many as there are when left out.
    """

    at_least: int = Field(default=0, ge=0)
    at_most: int | None = Field(default=None, ge=0)

    def __str__(self) -> str:
        """The words of an error: `exactly 3`, `at least 1`, `none`."""
        if self.at_most is None:
            return f"at least {self.at_least}"
        if self.at_most == 0:
            return "none"
        if self.at_least == self.at_most:
            return f"exactly {self.at_least}"
        return f"{self.at_least} to {self.at_most}"

    def holds(self, number: int) -> bool:
        """Whether so many will do."""
        return number >= self.at_least and (self.at_most is None or number <= self.at_most)


def _count(value: object) -> object:
    exact = isinstance(value, int) and not isinstance(value, bool)
    return {"at_least": value, "at_most": value} if exact else value


class Join(_Model):
    """Another resource of the stack that a property's value comes from.

    Attributes:
        property: The input that refers to it.
        type: Glob over its type.
        where: What it is like.
    """

    property: str
    type: str
    where: tuple[Predicate, ...] = ()


class Resources(_Model):
    """Resources of the synth that must be there, or must not.

    Attributes:
        says: What they show, in words.
        stacks: Which stacks it is about (the selectors of every command), all when left out; it
            must hold in each.
        variant: A configuration of `docs/variants/` to look at instead of the committed one.
        type: Glob over the type.
        where: Which resources of that type it is about.
        joined: Resources they must come from.
        each: What every one of them must be like.
        count: How many there must be, as a number or as bounds; at least one by default.
    """

    says: str | None = None
    stacks: tuple[str, ...] = ()
    variant: str | None = None
    type: str
    where: tuple[Predicate, ...] = ()
    joined: tuple[Join, ...] = ()
    each: tuple[Predicate, ...] = ()
    count: Annotated[Count, BeforeValidator(_count)] = Count(at_least=1)


class PlaybookRule(_Model):
    """One rule of the playbook.

    Attributes:
        rule: What it says, condensed.
        resources: Resources of the synth that show it.
        policies: Guardrails that refuse what breaks it, by id.
        tests: Tests that would fail, as pytest names them.
        docs: Pages, with the anchor of a heading.
        command: A verb of `platform` that does or checks it.
        people: What only people can do about it.
    """

    rule: str
    resources: tuple[Resources, ...] = ()
    policies: tuple[Annotated[str, _matching(_ID, "a policy's id such as NET-05")], ...] = ()
    tests: tuple[
        Annotated[str, _matching(_TEST, "a test such as tests/unit/a/test_b.py::test_c")], ...
    ] = ()
    docs: tuple[
        Annotated[str, _matching(_PAGE, "a page below docs/ such as layers/dns.md#settings")], ...
    ] = ()
    command: str | None = None
    people: str | None = None

    @model_validator(mode="after")
    def _proves_something(self) -> Self:
        if (self.tests or self.docs) and not (self.proven or self.people):
            raise ValueError("got tests or docs alone, wanted resources, policies or a command too")
        return self

    @property
    def proven(self) -> bool:
        """Whether evidence of its own is named that a machine evaluates."""
        return bool(self.resources or self.policies or self.command)

    @property
    def empty(self) -> bool:
        """Whether no evidence is named at all."""
        return not (self.proven or self.people)


@dataclass(frozen=True, kw_only=True)
class Playbook:
    """The whole playbook.

    Attributes:
        families: Name of each family by its prefix, in order.
        rules: Every rule by its id, in the order of the file.
    """

    families: Mapping[str, str]
    rules: Mapping[str, PlaybookRule]


def names_of(organization: Organization) -> dict[str, str]:
    """What evidence may name without knowing the organisation: `{domain}`, `{home}`, `{shared}`."""
    kinds = {str(kind): organization.account_of_kind(kind) for kind in sorted(SINGLETON_KINDS)}
    regions = organization.regions
    named = {"domain": organization.domain, "home": regions.home, "replica": regions.replica}
    return {f"{{{name}}}": value for name, value in {**kinds, **named}.items()}


def load_playbook(root: Path, names: Mapping[str, str] | None = None) -> Playbook:
    """The playbook of a project.

    Args:
        root: The project's directory.
        names: What stands for what in every text of it (:func:`names_of`).

    Raises:
        ConfigError: It has problems; all of them, each with its line.
    """
    findings = Findings(root)
    file = findings.read(PLAYBOOK.as_posix(), ("families", "rules"))
    if file.document is not None:
        file.document.value = _named(file.document.value, names or {})
    families = {key: str(name) for key, name in file.mapping(("families",)).items()}
    rules: dict[str, PlaybookRule] = {}
    for id_ in file.mapping(("rules",)):
        _check_id(file, id_, families)
        rule = validated(file, ("rules", id_), PlaybookRule)
        if rule is not None:
            rules[id_] = rule
    if findings.problems:
        problems = [str(problem) for problem in sorted(findings.problems)]
        raise ConfigError(problems, hint=f"$EDITOR {PLAYBOOK}")
    return Playbook(families=families, rules=rules)


def _named(value: object, names: Mapping[str, str]) -> object:
    """The value with every name in its texts replaced."""
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value)
        return {key: _named(entry, names) for key, entry in entries.items()}
    if isinstance(value, list):
        return [_named(entry, names) for entry in cast("list[object]", value)]
    if isinstance(value, str):
        for name, meant in names.items():
            value = value.replace(name, meant)
    return value


def _check_id(file: ConfigFile, id_: str, families: Mapping[str, str]) -> None:
    family, _, number = id_.rpartition("-")
    if family not in families or not number.isdigit():
        wanted = f"one of {', '.join(families)} and a number, such as ACC-01"
        file.add(("rules", id_), f"got id {id_!r}, wanted {wanted}")
