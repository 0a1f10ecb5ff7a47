"""The variants of this repository, each synthesised once in a process."""

from functools import cache

from automation.audit.variants import Synthesis, Variant, load_variants
from automation.organization import load_project
from automation.synth import Document
from tests.recording import ROOT

NAMES = tuple(sorted(load_variants(ROOT)))


@cache
def synthesis() -> Synthesis:
    """The organisation as it is committed."""
    return Synthesis.of(load_project(ROOT))


@cache
def described() -> dict[str, Variant]:
    """Every variant as its file describes it."""
    return load_variants(ROOT)


@cache
def documents(name: str) -> dict[str, Document]:
    """The documents of the stacks a variant changes."""
    return synthesis().variant(name, described()[name])
