"""The project's YAML files as Pulumi defines them, before what is in them means anything to us."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import cast

from automation.places import PROJECT_FILE
from automation.problems import Problem, dotted, unknown_key
from automation.yaml_lines import BrokenYamlError, Document, Path, parse

PROJECT_KEYS = (
    *("name", "runtime", "description", "main", "config", "backend", "options", "plugins"),
    *("packages", "requiredPulumiVersion", "stackConfigDir", "template", "author", "website"),
    *("license", "refresh"),
)
"""What Pulumi reads at the top of Pulumi.yaml (pulumi.com/docs/reference/pulumi-yaml)."""

STACK_KEYS = ("config", "encryptionsalt", "encryptedkey", "secretsprovider", "environment")
"""What Pulumi reads at the top of a stack's file (pulumi.com/docs/concepts/config)."""

SECURE = "secure"
"""The only key of a value that Pulumi has encrypted."""


class SecureValue(str):
    """Stands for an encrypted value, which cannot be read offline."""

    __slots__ = ()


@dataclass
class Findings:
    """The files that were read, and every problem found so far.

    Attributes:
        root: The project's directory.
        problems: In the order found; sort before showing.
    """

    root: FilePath
    problems: list[Problem] = field(default_factory=list[Problem])

    def read(self, name: str, known: Sequence[str]) -> "ConfigFile":
        """Read a file of the project; what is wrong with its form is a problem, not an error."""
        file = ConfigFile(name, Document(), self)
        try:
            text = (self.root / name).read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            file.add((), f"got a byte that is not UTF-8 at position {error.start}, wanted text")
            return ConfigFile(name, None, self)
        except OSError as error:
            file.add((), f"got {(error.strerror or str(error)).lower()}, wanted a file to read")
            return ConfigFile(name, None, self)
        try:
            document = parse(text)
        except BrokenYamlError as error:
            text = f"got broken YAML ({error}), wanted valid YAML"
            self.problems.append(Problem(name, error.line, "", text, error.column))
            return ConfigFile(name, None, self)
        file = ConfigFile(name, document, self)
        file.check_form(known)
        return file


@dataclass(frozen=True)
class ConfigFile:
    """One file and its positions.

    Attributes:
        name: Its name, relative to the project.
        document: What is in it; None when it cannot be read.
        findings: Where its problems are collected.
    """

    name: str
    document: Document | None
    findings: Findings

    def add(self, path: Path, text: str) -> None:
        """Note a problem of the value at a path."""
        line = self.document.line(path) if self.document else 1
        self.findings.problems.append(Problem(self.name, line, self._shown(path), text))

    def add_at(self, line: int, path: Path, text: str) -> None:
        """Note a problem of a path on a line that the path alone does not tell."""
        self.findings.problems.append(Problem(self.name, line, self._shown(path), text))

    def mapping(self, path: Path) -> Mapping[str, object]:
        """The mapping at a path; empty when absent, and a problem when it is something else."""
        value = self.get(path)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.add(path, f"got {value!r}, wanted a mapping")
            return {}
        return cast("dict[str, object]", value)

    def get(self, path: Path) -> object:
        """The value at a path, or None."""
        value: object = self.document.value if self.document else None
        for part in path:
            value = (
                cast("dict[str | int, object]", value).get(part)
                if isinstance(value, dict)
                else None
            )
        return value

    def check_form(self, known: Sequence[str]) -> None:
        """Note keys given twice and keys at the top that Pulumi does not know."""
        for path, line in self.document.duplicates if self.document else ():
            self.add_at(line, path, "got the key twice, wanted it once")
        for key in self.mapping(()):
            if key not in known:
                self.add((key,), unknown_key(key, known))

    def _shown(self, path: Path) -> str:
        parts = path[1:] if len(path) > 1 and path[0] == "config" else path
        if self.name == PROJECT_FILE and len(parts) > 1 and parts[1] == "value":
            parts = (parts[0], *parts[2:])
        return dotted(parts)


def opened(value: object) -> object:
    """The value with every encrypted part replaced by a :class:`SecureValue`."""
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value)
        if set(entries) == {SECURE} and isinstance(entries[SECURE], str):
            return SecureValue("[secure]")
        return {key: opened(entry) for key, entry in entries.items()}
    if isinstance(value, list):
        return [opened(entry) for entry in cast("list[object]", value)]
    return value
