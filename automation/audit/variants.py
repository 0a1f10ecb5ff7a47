"""The other choice of every "A or B": configurations that differ from the committed one.

`docs/variants/<name>.yaml` says what differs, by stack; the audit and the golden tests synthesise
the same documents from it, offline and in this process.
"""

import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import yaml
from google.protobuf.struct_pb2 import Struct
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from automation import yaml_lines
from automation.errors import ConfigError
from automation.graph import Graph
from automation.organization import Project, load_project
from automation.places import PROJECT_FILE
from automation.problems import explain
from automation.project_files import Findings
from automation.selectors import select
from automation.synth import Document, synthesise

VARIANTS = Path("docs/variants")


class Variant(BaseModel):
    """One variant.

    Attributes:
        says: Which choice it makes.
        stacks: What differs, by selector of stacks, then by the keys of `config:`. A mapping is
            merged with the committed one, `null` takes a key out, anything else takes its place.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: str
    stacks: dict[str, dict[str, JsonValue]] = Field(min_length=1)


def load_variants(root: Path) -> dict[str, Variant]:
    """The variants of a project by name.

    Raises:
        ConfigError: Some have problems; all of them, each with its line.
    """
    findings = Findings(root)
    variants: dict[str, Variant] = {}
    for path in sorted((root / VARIANTS).glob("*.yaml")):
        file = findings.read((VARIANTS / path.name).as_posix(), tuple(Variant.model_fields))
        if file.document is not None:
            try:
                variants[path.stem] = Variant.model_validate(file.document.value)
            except ValidationError as error:
                for below, text in explain(error, Variant):
                    file.add(below, text)
    if findings.problems:
        problems = [str(problem) for problem in sorted(findings.problems)]
        raise ConfigError(problems, hint=f"$EDITOR {VARIANTS}")
    return variants


@dataclass
class Synthesis:
    """The documents of the committed configuration and, when asked for, of variants.

    Attributes:
        project: The project as committed.
        graph: Its graph.
        documents: The document of every stack.
    """

    project: Project
    graph: Graph
    documents: Mapping[str, Document]
    _published: dict[str, Struct] = field(default_factory=dict[str, Struct])

    @classmethod
    def of(cls, project: Project) -> "Synthesis":
        """Synthesise the whole organisation."""
        graph, published = Graph.of(project), dict[str, Struct]()
        documents = synthesise(project, graph, graph.order(), published=published)
        return cls(project, graph, documents, published)

    def variant(self, name: str, variant: Variant) -> dict[str, Document]:
        """The documents of the stacks that a variant says something about.

        Other stacks are as committed: one that publishes something else because of the variant
        must be named in it.

        Raises:
            ConfigError: It is not a valid configuration.
            ProgramError: A program fails with it.
        """
        with _configured(self.project, name, variant) as project:
            graph = Graph.of(project)
            selection = {
                stack for key in variant.stacks for stack in select((key,), graph, project)
            }
            return synthesise(project, graph, selection, published=dict(self._published))


@contextmanager
def _configured(project: Project, name: str, variant: Variant) -> Generator[Project]:
    """The project with a variant's configuration and the committed program."""
    graph = Graph.of(project)
    with tempfile.TemporaryDirectory(prefix="variant-") as directory:
        copy = Path(directory)
        (copy / PROJECT_FILE).write_bytes((project.root / PROJECT_FILE).read_bytes())
        texts = {
            stack.file.name: stack.file.read_text("utf-8") for stack in project.stacks.values()
        }
        for selector, changes in variant.stacks.items():
            for stack in select((selector,), graph, project):
                file = project.stacks[stack].file.name
                texts[file] = _changed(texts[file], changes)
        for file, text in texts.items():
            (copy / file).write_text(text, encoding="utf-8")
        try:
            configured = load_project(copy)
        except ConfigError as error:
            problems = [f"{VARIANTS / name}.yaml: {problem}" for problem in error.problems]
            raise ConfigError(problems, hint=f"$EDITOR {VARIANTS / name}.yaml") from error
        yield replace(configured, root=project.root)


def _changed(text: str, changes: Mapping[str, JsonValue]) -> str:
    document = cast("dict[str, Any]", yaml_lines.parse(text).value or {})
    document["config"] = _merged(document.get("config") or {}, changes)
    return yaml.safe_dump(document, sort_keys=False)


def _merged(base: object, changes: object) -> object:
    if not isinstance(base, dict) or not isinstance(changes, dict):
        return changes
    merged = dict(cast("dict[str, object]", base))
    for key, value in cast("dict[str, object]", changes).items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merged(merged.get(key), value)
    return merged
