"""The playbook held against the repository: for each rule what proves it, and what is missing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from automation.audit.demands import Found, Outcome, Stack, evaluate
from automation.audit.guardrails import BY_ID, Guardrails, hold
from automation.audit.playbook import Playbook, PlaybookRule, Resources
from automation.audit.references import missing_command, missing_page, missing_test
from automation.audit.variants import VARIANTS, Synthesis, load_variants
from automation.errors import PlatformError, UsageError
from automation.organization import Project
from automation.problems import did_you_mean
from automation.selectors import select
from automation.synth import Document


class State(StrEnum):
    """Where a rule of the playbook stands. By people: no machine can tell."""

    MET = "met"
    NOT_MET = "not met"
    BY_PEOPLE = "by people"


class Kind(StrEnum):
    """What sort of evidence it is."""

    RESOURCES = "resources"
    POLICY = "policy"
    TEST = "test"
    PAGE = "page"
    COMMAND = "command"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One piece of evidence.

    Attributes:
        kind: What sort it is.
        says: What it is, in words.
        found: Resources that show it.
        missing: Why it does not hold, a line each.
        variant: The variant it was looked for in; None for what is committed.
    """

    kind: Kind
    says: str
    found: tuple[Found, ...] = ()
    missing: tuple[str, ...] = ()
    variant: str | None = None


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """One rule of the playbook and where it stands.

    Attributes:
        id: Its id.
        family: The name of its family.
        rule: What it says.
        state: Where it stands.
        evidence: What was looked at.
        people: What only people can do about it.
    """

    id: str
    family: str
    rule: str
    state: State
    evidence: tuple[Evidence, ...]
    people: str | None


def chosen(playbook: Playbook, names: Sequence[str]) -> tuple[str, ...]:
    """The ids that are named, by themselves or by their family; all when nothing is named.

    Raises:
        UsageError: A name is neither.
    """
    wanted = [name.upper() for name in names]
    known = [*playbook.rules, *playbook.families]
    for name in wanted:
        if name not in known:
            families = ", ".join(playbook.families)
            text = f"got {name!r}, wanted an id such as {next(iter(playbook.rules))} or a family, "
            close = did_you_mean(name, known)
            raise UsageError(f"{text}one of {families}{close}", hint="platform audit --help")
    return tuple(
        id_
        for id_ in playbook.rules
        if not wanted or id_ in wanted or id_.rpartition("-")[0] in wanted
    )


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """Where evidence is looked for.

    Attributes:
        synthesis: The organisation as it is committed.
        variants: The documents of variants, by name and stack.
        failures: Why there are none, of variants that fail.
    """

    synthesis: Synthesis
    variants: Mapping[str, Mapping[str, Document]]
    failures: Mapping[str, str]

    @classmethod
    def of(cls, project: Project, rules: Iterable[PlaybookRule]) -> "Grounds":
        """Synthesise what rules need.

        Raises:
            ConfigError: A variant's file is wrong.
            ProgramError: A program fails with what is committed.
        """
        synthesis = Synthesis.of(project)
        variants, failures = _synthesised(synthesis, _variants_of(rules))
        return cls(synthesis=synthesis, variants=variants, failures=failures)

    def guardrails(self) -> Guardrails:
        """How the policies fare over all of it."""
        committed = {"": list(self.synthesis.documents.values())}
        variants = {name: list(found.values()) for name, found in self.variants.items()}
        return hold(self.synthesis.project, committed | variants)


def assess(grounds: Grounds, playbook: Playbook, ids: Iterable[str]) -> tuple[Assessed, ...]:
    """Where rules of the playbook stand.

    Raises:
        ConfigError: The waiver file is wrong.
    """
    assessor = _Assessor(grounds, grounds.guardrails())
    return tuple(
        assessor.assess(id_, playbook.families[id_.rpartition("-")[0]], playbook.rules[id_])
        for id_ in ids
    )


def _variants_of(rules: Iterable[PlaybookRule]) -> set[str]:
    return {demand.variant for rule in rules for demand in rule.resources if demand.variant}


def _synthesised(
    synthesis: Synthesis, wanted: Iterable[str]
) -> tuple[dict[str, dict[str, Document]], dict[str, str]]:
    """The documents of the variants that are wanted; why there are none, for those that fail."""
    known = load_variants(synthesis.project.root)
    documents: dict[str, dict[str, Document]] = {}
    failures: dict[str, str] = {}
    for name in sorted(wanted):
        if name not in known:
            failures[name] = f"got no variant {name}, wanted one in {VARIANTS}"
            continue
        try:
            documents[name] = synthesis.variant(name, known[name])
        except PlatformError as error:
            failures[name] = f"variant {name}: {error}"
    return documents, failures


@dataclass
class _Assessor:
    grounds: Grounds
    guardrails: Guardrails
    _stacks: dict[tuple[str | None, str], Stack] = field(
        default_factory=dict[tuple[str | None, str], Stack]
    )

    def assess(self, id_: str, family: str, rule: PlaybookRule) -> Assessed:
        evidence = tuple(self._evidence(rule))
        if rule.empty or any(item.missing for item in evidence):
            state = State.NOT_MET
        else:
            state = State.MET if rule.proven else State.BY_PEOPLE
        return Assessed(
            id=id_,
            family=family,
            rule=rule.rule,
            state=state,
            evidence=evidence,
            people=rule.people,
        )

    def _evidence(self, rule: PlaybookRule) -> Iterator[Evidence]:
        root = self.grounds.synthesis.project.root
        for demand in rule.resources:
            outcome = self._outcome(demand)
            yield Evidence(
                kind=Kind.RESOURCES,
                says=demand.says or f"{demand.count} {demand.type}",
                found=outcome.found,
                missing=outcome.missing,
                variant=demand.variant,
            )
        yield from self._policies(rule)
        for test in rule.tests:
            yield _reference(Kind.TEST, test, missing_test(root, test))
        for page in rule.docs:
            yield _reference(Kind.PAGE, f"docs/{page}", missing_page(root, page))
        if rule.command:
            says = f"platform {rule.command}"
            yield _reference(Kind.COMMAND, says, missing_command(rule.command))

    def _outcome(self, demand: Resources) -> Outcome:
        if failure := self.grounds.failures.get(demand.variant or ""):
            return Outcome(missing=(failure,))
        synthesis = self.grounds.synthesis
        documents = self.grounds.variants[demand.variant] if demand.variant else synthesis.documents
        names = select(demand.stacks, synthesis.graph, synthesis.project)
        outside = [name for name in names if name not in documents]
        if outside:
            text = f"got nothing about {', '.join(outside)} in variant {demand.variant}"
            return Outcome(missing=(f"{text}, wanted the stacks asked for",))
        return evaluate(demand, [self._stack(demand.variant, documents[name]) for name in names])

    def _stack(self, variant: str | None, document: Document) -> Stack:
        key = (variant, str(document["stack"]))
        if key not in self._stacks:
            self._stacks[key] = Stack(document)
        return self._stacks[key]

    def _policies(self, rule: PlaybookRule) -> Iterator[Evidence]:
        evidence = [self._policy(id_) for id_ in rule.policies]
        looked = any(id_ in BY_ID and self.guardrails[id_].subjects for id_ in rule.policies)
        if evidence and not (looked or rule.resources or rule.command):
            # Policies that only forbid hold over nothing; they alone prove nothing.
            missing = ("got nothing that any of them looks at, wanted something",)
            evidence[-1] = replace(evidence[-1], missing=(*evidence[-1].missing, *missing))
        yield from evidence

    def _policy(self, id_: str) -> Evidence:
        if id_ not in BY_ID:
            return _reference(Kind.POLICY, id_, f"got no policy {id_}, wanted one")
        held = self.guardrails[id_]
        looked = f"{held.subjects} looked at" if held.subjects else "nothing to look at"
        waived = f", {held.waived} waived" if held.waived else ""
        return Evidence(
            kind=Kind.POLICY,
            says=f"{id_} {BY_ID[id_].title} ({looked}{waived})",
            missing=tuple(held.broken),
        )


def _reference(kind: Kind, says: str, missing: str | None) -> Evidence:
    return Evidence(kind=kind, says=says, missing=(missing,) if missing else ())
