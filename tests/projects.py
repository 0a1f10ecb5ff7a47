"""Small projects on disk, with a blueprint of their own, for tests of what reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from automation.graph import Edge, Graph, Node
from components.contracts import AccountKind, LayerConfig, LayerContract, Read

IDS = Read(kind=AccountKind.MANAGEMENT, layer="base", output="ids")
ZONE = Read(kind=AccountKind.SHARED, layer="net", output="zone_id")


class Peer(LayerConfig):
    """A nested model."""

    name: str
    port: int = 443


class BaseConfig(LayerConfig):
    """A layer with defaults alone."""

    owner: str = "platform"
    token: str = "none"


class NetConfig(LayerConfig):
    """A layer with something required."""

    cidr: str
    zones: tuple[str, ...] = ("a",)
    nat: bool = True
    size: int = Field(default=1, ge=1, le=9)
    peers: tuple[Peer, ...] = ()
    labels: dict[str, Peer] = Field(default_factory=dict)
    zone_reader: bool = True


@dataclass(frozen=True, kw_only=True)
class Published:
    """What both layers publish."""

    ids: str
    zone_id: str


def organization_problems(configs: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """No two networks may be the same; found by `automation.stack_files` because it is here."""
    problems: list[tuple[str, str, str]] = []
    owners: dict[str, str] = {}
    for stack, config in configs.items():
        if isinstance(config, NetConfig):
            other = owners.setdefault(config.cidr, stack)
            if other != stack:
                problems.append(
                    (stack, "cidr", f"got {config.cidr}, wanted another than {other}'s")
                )
    return problems


BASE = LayerContract(
    name="base",
    config=BaseConfig,
    outputs=Published,
    reads=lambda _config, kind: () if kind is AccountKind.MANAGEMENT else (IDS,),
)
NET = LayerContract(
    name="net",
    config=NetConfig,
    outputs=Published,
    reads=lambda config, kind: (
        (ZONE,) if kind is not AccountKind.SHARED and config.zone_reader else ()
    ),
)


class SmallBlueprint:
    """Every account has `base`; shared and workloads have `net` as well."""

    def contracts_of(self, kind: AccountKind) -> tuple[LayerContract, ...]:
        """The layers of an account kind."""
        networked = kind in {AccountKind.SHARED, AccountKind.WORKLOAD}
        return (BASE, NET) if networked else (BASE,)


PROJECT = """\
name: acme
runtime: python
config:
  pulumi:disable-default-providers:
    value: [aws]
  acme:organization:
    value:
      domain: acme.example
      email: aws+{account}@acme.example
      regions:
        home: eu-central-1
        replica: eu-west-1
      accounts:
        management:
          kind: management
          id: "111122223333"
        identity:
          kind: identity
        shared:
          kind: shared
        backup:
          kind: backup
        monitoring:
          kind: monitoring
        staging:
          kind: workload
          environment: staging
        production:
          kind: workload
          environment: production
          gate: true
          after:
            - staging
"""

STACKS = {
    "management": "",
    "identity": "",
    "shared": "config:\n  acme:net:\n    cidr: 10.0.0.0/16\n",
    "backup": "",
    "monitoring": "",
    "staging": "config:\n  acme:net:\n    cidr: 10.1.0.0/16\n",
    "production": "config:\n  acme:net:\n    cidr: 10.2.0.0/16\n",
}


def write_project(root: Path, files: Mapping[str, str | None] | None = None) -> Path:
    """Write the small organisation, some files of it replaced or (None) left out."""
    stacks = {f"Pulumi.{name}.yaml": text for name, text in STACKS.items()}
    content: dict[str, str | None] = {"Pulumi.yaml": PROJECT, **stacks, **(files or {})}
    for name, text in content.items():
        if text is not None:
            (root / name).write_text(text, encoding="utf-8")
    return root


def line_of(text: str, fragment: str) -> int:
    """The line of the first occurrence of a fragment, from 1."""
    return text[: text.index(fragment)].count("\n") + 1


def graph_of(needs: Mapping[str, tuple[str, ...]]) -> Graph:
    """A graph from what each stack needs."""
    edges = [Edge(source, target) for target, sources in needs.items() for source in sources]
    return Graph.build([Node(name, "workload", name) for name in needs], edges)


def as_yaml(value: object) -> str:
    """A value as YAML text."""
    return yaml.safe_dump(value, sort_keys=False)
