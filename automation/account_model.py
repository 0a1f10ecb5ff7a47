"""What a new account takes from the one it is modelled on: its file, with what must differ."""

import re
from collections.abc import Collection, Iterator, Mapping
from ipaddress import IPv4Network
from pathlib import Path
from typing import cast

from automation.errors import UsageError
from automation.free_ranges import free_range
from automation.organization import Project, Stack
from automation.problems import dotted
from automation.project_files import SECURE
from automation.stack_config import ENCRYPTED_KEY, SALT
from automation.yaml_edits import remove_entry, replace_scalar
from automation.yaml_lines import Path as KeyPath
from automation.yaml_lines import parse
from components.network.cidr import SERVICE_RANGE

NETWORK = ("network", "cidr")
"""The setting that holds an account's network: the layer, then the keys below it."""

_OWN_RANGES = (NETWORK, ("network", "client_vpn", "client_cidr"))
"""Settings with a range that no two accounts may share."""

_FOR_ONE = (("dns", "apex"), ("edge", "site", "apex"))
"""Switches that one account of an organisation has on, and the new one has off."""

_CIDR = re.compile(r"\d+(\.\d+){3}/\d+")


def free_ranges(project: Project, model: Stack, asked: str | None) -> dict[KeyPath, str]:
    """The ranges of a new account by their setting: as large as the model's, and free.

    Args:
        project: The project.
        model: The stack it is modelled on.
        asked: The network to take instead of a free one.

    Raises:
        UsageError: None is free.
    """
    taken = {
        IPv4Network(text, strict=False)
        for stack in project.stacks.values()
        for config in stack.configs.values()
        for _, text in texts_in(config.model_dump(mode="json"))
        # 0.0.0.0/0 is everything, and nobody's range.
        if _CIDR.fullmatch(text) and not text.endswith("/0")
    } | {IPv4Network(SERVICE_RANGE)}
    ranges: dict[KeyPath, str] = {}
    for path in _OWN_RANGES:
        value = _setting(project, model, path)
        if isinstance(value, str):
            if path == NETWORK and asked:
                ranges[path] = asked
            else:
                found = _free(IPv4Network(value), taken, model)
                ranges[path] = str(found)
                taken.add(found)
    return ranges


def _free(near: IPv4Network, taken: Collection[IPv4Network], model: Stack) -> IPv4Network:
    found = free_range(near.prefixlen, taken, near)
    if found is None:
        raise UsageError(
            f"got no free private range of /{near.prefixlen}, wanted one as large as "
            f"{model.name}'s {near}",
            hint=f"platform account add NAME --like {model.name} --cidr CIDR",
        )
    return found


def _setting(project: Project, model: Stack, path: KeyPath) -> object:
    """The value of a setting in the model's file, its layer the first step; None without one."""
    layer, *below = path
    value: object = parse(text_of(model.file)).value
    for step in ("config", f"{project.name}:{layer}", *below):
        value = (
            cast("dict[str | int, object]", value).get(step) if isinstance(value, dict) else None
        )
    return value


def file_like(
    project: Project, model: Stack, name: str, ranges: Mapping[KeyPath, str]
) -> tuple[str, tuple[str, ...]]:
    """The file of a new stack, and the settings that are left out of it.

    Raises:
        CannotEditError: The model's file is not plain YAML.
    """
    text = text_of(model.file)
    content = parse(text).value
    secrets = tuple(_secrets(content))
    for path in secrets:
        text = remove_entry(text, path)
    for key in (ENCRYPTED_KEY, SALT):  # the engine makes the new stack its own
        if key in cast("dict[str, object]", content):
            text = remove_entry(text, (key,))
    off = {path: "false" for path in _FOR_ONE if _setting(project, model, path) is True}
    for (layer, *below), value in {**ranges, **off}.items():
        text = replace_scalar(text, ("config", f"{project.name}:{layer}", *below), value)
    return _renamed_title(text, model.name, name), tuple(dotted(path[1:]) for path in secrets)


def _renamed_title(text: str, model: str, name: str) -> str:
    """The text with its opening comment about the new account."""
    title, rest = re.match(r"((?:#.*\n)*)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr] # matches everything
    return re.sub(rf"\b{re.escape(model)}\b", name, title) + rest


def _secrets(value: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Where encrypted values are."""
    if isinstance(value, dict):
        entries = cast("dict[str, object]", value)
        if set(entries) == {SECURE}:
            yield path
        else:
            for key, entry in entries.items():
                yield from _secrets(entry, (*path, key))
    elif isinstance(value, list):
        for index, entry in enumerate(cast("list[object]", value)):
            yield from _secrets(entry, (*path, index))


def texts_in(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """Every text of a structure and every key, with its path."""
    if isinstance(value, dict):
        for key, entry in cast("dict[str, object]", value).items():
            yield (*path, key), key
            yield from texts_in(entry, (*path, key))
    elif isinstance(value, (list, tuple)):
        for index, entry in enumerate(cast("list[object]", value)):
            yield from texts_in(entry, (*path, index))
    elif isinstance(value, str):
        yield path, value


def text_of(file: Path) -> str:
    """The text of a file with its line ends as they are."""
    return file.read_bytes().decode("utf-8")
