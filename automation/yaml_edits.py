"""Edits of YAML text that leave every other character as it is: comments, quotes, alignment.

A library that writes a parsed document back (ruamel.yaml 0.19 was tried) indents anew and moves a
new entry behind a comment that belongs to the next key. Here the parser only says where things
stand; each edit is checked by parsing its result.
"""

from collections.abc import Mapping
from typing import Any, cast

import yaml
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode

from automation.problems import dotted
from automation.yaml_lines import BrokenYamlError, Path, parse

Scalars = Mapping[str, str | bool | list[str]]
"""A value that is written on one line, as people write accounts: `{kind: workload}`."""


class CannotEditError(Exception):
    """The text is written in a way that an edit could not be sure of."""


def add_entry(text: str, path: Path, key: str, value: Scalars) -> str:
    """The text with a new last entry in the mapping at a path.

    Raises:
        CannotEditError: There is no such mapping, or the result would not be what was meant.
    """
    mapping = _mapping(text, path)
    if not mapping.value:
        raise CannotEditError(f"got nothing in {dotted(path)}, wanted an entry")
    end = _end_of(text, mapping.value[-1][1])
    written = _flow({key: dict(value)}).removeprefix("{").removesuffix("}")
    if mapping.flow_style:
        edited = f"{text[:end]}, {written}{text[end:]}"
    else:
        indent = " " * mapping.value[0][0].start_mark.column
        newline = "\r\n" if "\r\n" in text else "\n"
        end = _line_end(text, end)
        edited = f"{text[:end]}{newline}{indent}{written}{text[end:]}"
    return _checked(text, edited, path, {**_mapping_at(text, path), key: dict(value)})


def replace_scalar(text: str, path: Path, value: str) -> str:
    """The text with another value, as YAML writes it, at a path.

    Raises:
        CannotEditError: There is no scalar at the path, or other places would change with it.
    """
    node = _node(text, path)
    if not isinstance(node, ScalarNode):
        raise CannotEditError(f"got no plain value at {dotted(path)}, wanted one")
    edited = f"{text[: node.start_mark.index]}{value}{text[node.end_mark.index :]}"
    *above, name = path
    wanted = {**_mapping_at(text, tuple(above)), name: parse(value).value}
    return _checked(text, edited, tuple(above), wanted)


def remove_entry(text: str, path: Path) -> str:
    """The text without an entry of a mapping; a mapping left empty goes with it.

    Raises:
        CannotEditError: There is no such entry, or the result would not be what was meant.
    """
    *above, name = path
    mapping = _mapping(text, tuple(above))
    place = next((at for at, (key, _) in enumerate(mapping.value) if key.value == name), None)
    if place is None:
        raise CannotEditError(f"got no {dotted(path)}, wanted one to remove")
    if len(mapping.value) == 1 and above:
        return remove_entry(text, tuple(above))
    start, end = _span(text, mapping, place)
    left = {key: value for key, value in _mapping_at(text, tuple(above)).items() if key != name}
    return _checked(text, text[:start] + text[end:], tuple(above), left)


def _span(text: str, mapping: MappingNode, place: int) -> tuple[int, int]:
    """From where to where an entry is taken out, its comma or its line break with it."""
    key, node = mapping.value[place]
    start, end = key.start_mark.index, _end_of(text, node)
    if not mapping.flow_style:
        return text.rfind("\n", 0, start) + 1, _line_end(text, end) + 1
    if place:
        return _end_of(text, mapping.value[place - 1][1]), end
    return start, mapping.value[1][0].start_mark.index if len(mapping.value) > 1 else end


def _flow(value: Mapping[str, object]) -> str:
    """A mapping on one line, in the order given."""
    return yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=1_000_000).strip()


def _node(text: str, path: Path) -> Node:
    """The value at a path; of an alias the one it stands for, which no edit can be sure of."""
    node: Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    for part in path:
        pairs: list[tuple[Node, Node]] = node.value if isinstance(node, MappingNode) else []
        found = [pair for pair in pairs if pair[0].value == part]
        node = found[-1][1] if found else None
    if node is None:
        raise CannotEditError(f"got no {dotted(path)}, wanted one")
    return node


def _mapping(text: str, path: Path) -> MappingNode:
    node = _node(text, path)
    if not isinstance(node, MappingNode):
        raise CannotEditError(f"got no mapping at {dotted(path)}, wanted one")
    return node


def _end_of(text: str, node: Node) -> int:
    """Where the text of a value ends, what follows it left out."""
    if isinstance(node, CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        return _end_of(text, last[1] if isinstance(node, MappingNode) else last)
    # A block scalar's mark is where the next thing starts.
    return len(text[: node.end_mark.index].rstrip())


def _line_end(text: str, index: int) -> int:
    found = text.find("\n", index)
    found = len(text) if found < 0 else found
    return found - 1 if text[found - 1 : found] == "\r" else found


def _at(value: object, path: Path) -> object:
    for part in path:
        value = (
            cast("dict[str | int, object]", value).get(part) if isinstance(value, dict) else None
        )
    return value


def _mapping_at(text: str, path: Path) -> dict[str | int, object]:
    value = _at(parse(text).value, path)
    return dict(cast("dict[str | int, object]", value)) if isinstance(value, dict) else {}


def _checked(text: str, edited: str, path: Path, wanted: Mapping[str | int, object]) -> str:
    """The edited text, if it says what the first one said but for the mapping at the path."""
    document: Any = parse(text).value
    if path:
        *above, name = path
        cast("dict[str | int, object]", _at(document, tuple(above)))[name] = dict(wanted)
    else:
        document = dict(wanted)
    unusual = CannotEditError(f"got an unusual form of {dotted(path)}, wanted plain YAML")
    try:
        found = parse(edited).value
    except BrokenYamlError:
        raise unusual from None
    if found != document:
        raise unusual
    return edited
