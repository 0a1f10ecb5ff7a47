"""Which provider plugins a program's installed packages need."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast


@dataclass(frozen=True, kw_only=True)
class RequiredPlugin:
    """One resource plugin, as a package's `pulumi-plugin.json` names it."""

    name: str
    version: str
    server: str


def required_plugins(site_packages: list[Path]) -> list[RequiredPlugin]:
    """Every resource plugin the installed Pulumi packages ask for, sorted by name.

    Each provider SDK carries a `pulumi-plugin.json`; one with `"resource": false` (the policy SDK)
    has no plugin. A file that cannot be read is the package's fault, not worth failing a run for.
    """
    found = (
        plugin
        for folder in site_packages
        for file in folder.glob("*/pulumi-plugin.json")
        for plugin in _plugin_of(file)
    )
    return sorted(found, key=lambda plugin: plugin.name)


def _plugin_of(file: Path) -> Iterator[RequiredPlugin]:
    try:
        document: object = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    if not isinstance(document, dict):
        return
    fields = cast("dict[str, object]", document)
    if fields.get("resource") is not True:
        return
    name = str(fields.get("name") or file.parent.name.removeprefix("pulumi_").replace("_", "-"))
    yield RequiredPlugin(
        name=name, version=str(fields.get("version") or ""), server=str(fields.get("server") or "")
    )
