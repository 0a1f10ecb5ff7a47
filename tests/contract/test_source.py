"""What holds for the source text: sizes, forbidden words, and tests that really run."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.organization import organization
from tests.recording import ROOT

FILE_LINES, FUNCTION_LINES = 400, 60
PACKAGES = ("automation", "components", "policy", "sandbox", "tests", "toolchain")

LOOK_UPS = {"boto3", "botocore", "datetime", "os", "random", "requests", "socket", "time", "uuid"}
"""Modules through which the world or the clock would get into a component."""


def sources(*packages: str) -> list[Path]:
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def called(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def compared(path: Path) -> Iterator[str]:
    """Text constants in comparisons and match cases."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Compare | ast.match_case):
            for inner in ast.walk(node if isinstance(node, ast.Compare) else node.pattern):
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                    yield inner.value


COMPONENT_SOURCES = sources("components")


@pytest.mark.parametrize("package", PACKAGES)
def test_files_stay_readable_in_one_sitting(package: str) -> None:
    sizes = {relative(path): len(path.read_text().splitlines()) for path in sources(package)}
    assert {name: size for name, size in sizes.items() if size > FILE_LINES} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_functions_fit_a_screen(package: str) -> None:
    long = {
        f"{relative(path)}:{node.lineno} {node.name}"
        for path in sources(package)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES
    }
    assert long == set()


@pytest.mark.parametrize("path", COMPONENT_SOURCES, ids=relative)
def test_components_look_nothing_up(path: Path) -> None:
    assert LOOK_UPS.isdisjoint(imported(path))
    look_ups = [
        call
        for call in called(path)
        if call.startswith(("aws.", "kubernetes.", "eks.")) and ".get" in call
    ]
    assert look_ups == []
    assert "pulumi.runtime.invoke" not in set(called(path))


@pytest.mark.parametrize("path", COMPONENT_SOURCES, ids=relative)
def test_only_the_program_exports(path: Path) -> None:
    assert "pulumi.export" not in set(called(path))


@pytest.mark.parametrize("path", COMPONENT_SOURCES, ids=relative)
def test_no_condition_names_an_environment(path: Path) -> None:
    environments = {account.environment for account in organization().accounts.values()}
    assert environments.isdisjoint(compared(path))


def test_the_program_is_at_most_forty_lines() -> None:
    assert len((ROOT / "__main__.py").read_text().splitlines()) <= 40


def test_every_test_is_in_a_file_that_is_collected() -> None:
    """A misnamed file or a test inside a plain class or function would never run."""
    lost: set[str] = set()
    for path in sources("tests"):
        for node in ast.walk(tree(path)):
            for inner in ast.iter_child_nodes(node):
                if not isinstance(inner, ast.FunctionDef) or not inner.name.startswith("test_"):
                    continue
                in_place = isinstance(node, ast.Module) or (
                    isinstance(node, ast.ClassDef) and node.name.startswith("Test")
                )
                if not in_place or not path.name.startswith("test_"):
                    lost.add(f"{relative(path)}:{inner.lineno} {inner.name}")
    assert lost == set()
