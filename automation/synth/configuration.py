"""The configuration of a stack as the engine hands it to a program: text by full key."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from automation import yaml_lines

ENCRYPTED = "[secret]"
"""What stands for a value only the secrets key can open; the text `pulumi policy analyze` uses."""


@dataclass(frozen=True)
class Configuration:
    """A stack's configuration.

    Attributes:
        values: Each value as text; objects and lists as JSON.
        secret_keys: Keys whose value is encrypted in the file.
    """

    values: dict[str, str]
    secret_keys: tuple[str, ...]


def of_stack(project_file: Path, project: str, stack_file: Path) -> Configuration:
    """The project's configuration with the stack's over it, key by key.

    Args:
        project_file: `Pulumi.yaml`.
        project: The project's name: the namespace of keys without one.
        stack_file: `Pulumi.<stack>.yaml`; a stack without configuration may have none.
    """
    merged = {_full(key, project): _default(value) for key, value in _section(project_file).items()}
    if stack_file.is_file():
        merged |= {_full(key, project): value for key, value in _section(stack_file).items()}
    values = {key: value for key, value in merged.items() if value is not None}
    return Configuration(
        {key: _text(_opened(values[key])) for key in sorted(values)},
        tuple(key for key in sorted(values) if _opened(values[key]) != values[key]),
    )


def _section(file: Path) -> Mapping[str, object]:
    content = yaml_lines.parse(file.read_text(encoding="utf-8")).value
    section = cast("Mapping[str, object]", content or {}).get("config")
    return cast("Mapping[str, object]", section or {})


def _full(key: str, project: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def _default(value: object) -> object:
    """A project key is a value, or a declaration that holds one as `value` or `default`."""
    if not isinstance(value, Mapping):
        return value
    declared = cast("Mapping[str, object]", value)
    return declared.get("value", declared.get("default"))


def _opened(value: object) -> object:
    if isinstance(value, list):
        return [_opened(item) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    mapping = cast("dict[str, object]", value)
    if set(mapping) == {"secure"}:
        return ENCRYPTED
    return {key: _opened(item) for key, item in mapping.items()}


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def decoded(value: object) -> object:
    """A value that may be JSON: the SDK and the engine send everything but text so."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
