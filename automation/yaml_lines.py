"""YAML with the line of every key, so that an error about a value can name its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Path = tuple[str | int, ...]
"""The keys and indexes from the top of a document to a value."""

_TIMESTAMP = "tag:yaml.org,2002:timestamp"

# libyaml where PyYAML was built with it: ten times faster on the same grammar; untyped either way.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):
    """The safe loader without dates: Pulumi hands `2030-01-31` to a program as a string."""

    yaml_implicit_resolvers: Mapping[str, list[tuple[str, Any]]] = {
        first: [entry for entry in entries if entry[0] != _TIMESTAMP]
        for first, entries in _Base.yaml_implicit_resolvers.items()
    }


class BrokenYamlError(Exception):
    """The text is not YAML.

    Attributes:
        line: Line of the fault, from 1.
        column: Column of the fault, from 1.
    """

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


@dataclass
class Document:
    """A parsed document.

    Attributes:
        value: Plain dicts, lists and scalars.
        lines: Line of each path: a key's own line, an item's first line.
        duplicates: Path and line of each key given a second time; the last one wins in `value`.
    """

    value: object = None
    lines: dict[Path, int] = field(default_factory=dict[Path, int])
    duplicates: list[tuple[Path, int]] = field(default_factory=list[tuple[Path, int]])

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing above it that exists."""
        for length in range(len(path), 0, -1):
            if (found := self.lines.get(path[:length])) is not None:
                return found
        return 1


def plain(text: str) -> object:
    """One YAML document as Pulumi's own tools read it, without lines.

    Raises:
        yaml.YAMLError: It is not YAML.
    """
    loader = _Base(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def parse(text: str) -> Document:
    """Parse one YAML document.

    Raises:
        BrokenYamlError: It is not YAML, or uses what configuration has no use for (tags, cycles).
    """
    if (forbidden := yaml.reader.Reader.NON_PRINTABLE.search(text)) is not None:
        line = text.count("\n", 0, forbidden.start()) + 1
        column = forbidden.start() - text.rfind("\n", 0, forbidden.start())
        raise BrokenYamlError(f"control character {forbidden[0]!r}", line, column)
    loader = _Loader(text)
    try:
        document = Document()
        if (node := loader.get_single_node()) is not None:
            document.value = _Builder(loader, document).build(node, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise BrokenYamlError(error.problem or str(error), line, column) from error
    finally:
        loader.dispose()
    return document


class _Builder:
    """Turns nodes into plain values and writes down where each was."""

    def __init__(self, loader: Any, document: Document) -> None:  # noqa: ANN401 - see _Base
        self._loader = loader
        self._document = document
        self._open: set[int] = set()

    def build(self, node: Node, path: Path) -> object:
        """The plain value of a node.

        Raises:
            BrokenYamlError: An anchor contains itself.
        """
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        mark = node.start_mark
        if id(node) in self._open:
            raise BrokenYamlError("an anchor that contains itself", mark.line + 1, mark.column + 1)
        self._open.add(id(node))
        try:
            if isinstance(node, MappingNode):
                return dict(self._entries(node, path))
            if isinstance(node, SequenceNode):
                return list(self._items(node, path))
        finally:
            self._open.discard(id(node))
        raise BrokenYamlError(f"an unknown node {node.tag}", mark.line + 1, mark.column + 1)

    def _scalar(self, node: ScalarNode) -> object:
        try:
            return self._loader.construct_object(node)
        except ValueError as error:  # such as the integer 0_
            mark = node.start_mark
            raise BrokenYamlError(f"a broken value {node.value!r}", mark.line + 1, 1) from error

    def _entries(self, node: MappingNode, path: Path) -> Iterator[tuple[str, object]]:
        own = {id(key) for key, _ in node.value}
        self._loader.flatten_mapping(node)  # `<<`: merged entries come first, own ones override
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = (
                key_node.value
                if isinstance(key_node, ScalarNode)
                else str(self.build(key_node, path))
            )
            line = key_node.start_mark.line + 1
            if id(key_node) in own:
                if key in seen:
                    self._document.duplicates.append(((*path, key), line))
                seen.add(key)
            self._document.lines[*path, key] = line
            yield key, self.build(value_node, (*path, key))

    def _items(self, node: SequenceNode, path: Path) -> Iterator[object]:
        for index, item in enumerate(node.value):
            self._document.lines[*path, index] = item.start_mark.line + 1
            yield self.build(item, (*path, index))
