"""Who we are: the organisation, its stacks and their layers' Configs, read and checked as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from automation.errors import ConfigError, UsageError
from automation.graph import break_cycles, edges_between
from automation.places import PROJECT_FILE, project_root
from automation.problems import Problem, did_you_mean
from automation.project_files import PROJECT_KEYS, ConfigFile, Findings
from automation.stack_files import Blueprint, Content, StackFiles, file_of, validated
from components.config import ORGANIZATION_KEY, Account, Organization
from components.contracts import AccountKind, LayerConfig, Read


@dataclass(frozen=True)
class Stack:
    """One account and what it runs.

    Attributes:
        name: Its name, and its account's (design.md D1).
        account: Its entry in the organisation.
        file: Its configuration file.
        configs: The Config of each of its layers, in build order.
        reads: What its layers read from earlier accounts, each once.
    """

    name: str
    account: Account
    file: Path
    configs: Mapping[str, LayerConfig]
    reads: tuple[Read, ...] = ()


@dataclass(frozen=True)
class Project:
    """The whole project, every file of it valid.

    Attributes:
        root: The directory of Pulumi.yaml.
        name: The Pulumi project's name, which is also the namespace of its configuration.
        organization: The organisation.
        stacks: Every stack by name, in the order of the organisation.
    """

    root: Path
    name: str
    organization: Organization
    stacks: Mapping[str, Stack]


def load_project(root: Path | None = None, *, blueprint: Blueprint | None = None) -> Project:
    """Read the project at or above a directory (by default the current one).

    Raises:
        UsageError: There is no project here.
        ConfigError: It has problems; all of them, each with its place.
    """
    project, problems = read_project(root, blueprint=blueprint)
    if project is None:
        raise ConfigError([str(problem) for problem in problems], hint="platform validate")
    return project


def read_project(
    root: Path | None = None, *, blueprint: Blueprint | None = None
) -> tuple[Project | None, tuple[Problem, ...]]:
    """The project, or None and every problem in it.

    Raises:
        UsageError: There is no project here.
    """
    start = (root or Path.cwd()).absolute()
    found = project_root(start)
    if found is None:
        raise UsageError(
            f"got no {PROJECT_FILE} in {start} or above it, wanted a project",
            hint=f"cd to the directory of {PROJECT_FILE}",
        )
    if blueprint is None:
        from components import blueprint as playbook  # noqa: PLC0415 - only where none was given

        blueprint = playbook
    return _Reader(found, blueprint).read()


class _Reader:
    """Reads a project once; collects problems instead of stopping at the first."""

    def __init__(self, root: Path, blueprint: Blueprint) -> None:
        self._root = root
        self._findings = Findings(root)
        self._file: ConfigFile = self._findings.read(PROJECT_FILE, PROJECT_KEYS)
        self._name = str(self._file.get(("name",)) or "")
        self._key = f"{self._name}:{ORGANIZATION_KEY}"
        self._stack_files = StackFiles(self._findings, self._name, blueprint)

    @property
    def _accounts_path(self) -> tuple[str, ...]:
        return ("config", self._key, "value", "accounts")

    def read(self) -> tuple[Project | None, tuple[Problem, ...]]:
        organization = self._organization()
        raw = self._file.get(self._accounts_path)
        names = list(cast("dict[str, object]", raw)) if isinstance(raw, dict) else []
        # Kinds as written, so that stacks are checked even while the organisation is wrong.
        kinds = {name: kind for name in names if (kind := self._kind(name))}
        contents = {name: content for name in names if (content := self._content(name, kinds))}
        if names:
            self._stack_files.check_strangers(names)
        self._stack_files.check_between(contents, list(kinds.values()))
        if organization is None:
            self._check_after(names)
        self._check_cycles(organization or self._outline(names), contents if organization else {})
        order = {name: place for place, name in enumerate([PROJECT_FILE, *map(file_of, names)])}
        problems = sorted(
            set(self._findings.problems), key=lambda it: (order.get(it.file, len(order)), it)
        )
        if problems or organization is None:
            return None, tuple(problems)
        return self._project(organization, contents), ()

    def _project(self, organization: Organization, contents: Mapping[str, Content]) -> Project:
        stacks = {
            name: Stack(
                name,
                account,
                self._root / file_of(name),
                contents[name].configs,
                contents[name].reads,
            )
            for name, account in organization.accounts.items()
        }
        return Project(self._root, self._name, organization, stacks)

    def _organization(self) -> Organization | None:
        if self._file.document is None:
            return None
        if not self._name:
            self._file.add(("name",), "got nothing, wanted the project's name")
            return None
        for key in self._file.mapping(("config",)):
            # Other namespaces (aws:, pulumi:) belong to the engine.
            if key != self._key and (":" not in key or key.startswith(f"{self._name}:")):
                text = (
                    f"got an unknown key, wanted {self._key} alone{did_you_mean(key, [self._key])}"
                )
                self._file.add(("config", key), text)
        path = ("config", self._key, "value")
        if self._file.get(path) is None:
            self._file.add(path, "got nothing, wanted the organisation")
            return None
        organization = validated(self._file, path, Organization)
        if organization is not None:
            self._check_ids(organization)
        return organization

    def _kind(self, name: str) -> AccountKind | None:
        kind = self._file.get((*self._accounts_path, name, "kind"))
        return AccountKind(kind) if kind in set(AccountKind) else None

    def _content(self, name: str, kinds: Mapping[str, AccountKind]) -> Content | None:
        if not (self._root / file_of(name)).is_file():
            text = f"got no {file_of(name)}, wanted one for every account"
            self._file.add((*self._accounts_path, name), text)
            return None
        return self._stack_files.read(name, kinds[name]) if name in kinds else None

    def _check_ids(self, organization: Organization) -> None:
        owners: dict[str, str] = {}
        for name, account in organization.accounts.items():
            if account.id and (other := owners.setdefault(account.id, name)) != name:
                text = f"got {account.id!r}, wanted another id than {other}'s"
                self._file.add((*self._accounts_path, name, "id"), text)

    def _check_after(self, names: Sequence[str]) -> None:
        """Note unknown names in `after`, which the model only looks at when all else is right."""
        for name in names:
            for other in self._after(name):
                if other not in names:
                    text = f"got {other!r}, wanted one of {', '.join(names)}"
                    self._file.add((*self._accounts_path, name, "after"), text)

    def _after(self, name: str) -> tuple[str, ...]:
        after = self._file.get((*self._accounts_path, name, "after"))
        return tuple(map(str, cast("list[object]", after))) if isinstance(after, list) else ()

    def _outline(self, names: Sequence[str]) -> Organization:
        """As much of a wrong organisation as its order needs."""
        accounts = {
            name: Account.model_construct(
                kind=AccountKind.WORKLOAD,
                after=tuple(other for other in self._after(name) if other in names),
            )
            for name in names
        }
        return Organization.model_construct(accounts=accounts)

    def _check_cycles(self, organization: Organization, contents: Mapping[str, Content]) -> None:
        reads = {name: content.reads for name, content in contents.items()}
        _, cycles = break_cycles(tuple(organization.accounts), edges_between(organization, reads))
        for cycle in cycles:
            text = f"got a cycle {' → '.join(cycle.stacks)}, wanted an order"
            self._file.add((*self._accounts_path, cycle.culprit, "after"), text)
