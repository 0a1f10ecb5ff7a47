"""Which plugins installed packages ask for, and with which Python."""

import json
import sys
from pathlib import Path

import pytest

from automation.engine.language_host.interpreter import InterpreterMissingError, interpreter_for
from automation.engine.language_host.packages import required_plugins


def _package(root: Path, folder: str, content: str) -> None:
    (root / folder).mkdir(parents=True)
    (root / folder / "pulumi-plugin.json").write_text(content, encoding="utf-8")


def test_each_provider_package_asks_for_its_plugin(tmp_path: Path) -> None:
    _package(tmp_path, "pulumi_random", json.dumps({"resource": True, "name": "random"}))
    _package(
        tmp_path,
        "pulumi_aws",
        json.dumps({"resource": True, "name": "aws", "version": "7.5.1", "server": "https://x"}),
    )
    found = [
        (plugin.name, plugin.version, plugin.server) for plugin in required_plugins([tmp_path])
    ]
    assert found == [("aws", "7.5.1", "https://x"), ("random", "", "")]


def test_a_package_that_names_no_plugin_gives_it_its_own_name(tmp_path: Path) -> None:
    _package(tmp_path, "pulumi_my_cloud", json.dumps({"resource": True}))
    assert [plugin.name for plugin in required_plugins([tmp_path])] == ["my-cloud"]


@pytest.mark.parametrize("content", ['{"resource": false}', "{}", "[]", "not json"])
def test_what_is_no_provider_asks_for_nothing(tmp_path: Path, content: str) -> None:
    _package(tmp_path, "pulumi_policy", content)
    assert required_plugins([tmp_path]) == []


def test_a_virtual_environment_is_activated(tmp_path: Path) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    interpreter = interpreter_for(str(tmp_path), {"virtualenv": ".venv"})
    environment = interpreter.environment({"PATH": "/usr/bin", "PYTHONHOME": "/x"})
    assert interpreter.executable == python
    assert environment == {
        "PATH": f"{tmp_path}/.venv/bin:/usr/bin",
        "VIRTUAL_ENV": f"{tmp_path}/.venv",
    }


def test_a_virtual_environment_that_is_missing_is_an_error_with_a_command(tmp_path: Path) -> None:
    with pytest.raises(InterpreterMissingError, match=r"got '\.venv' .* uv sync"):
        interpreter_for(str(tmp_path), {"virtualenv": ".venv"})


def test_without_the_option_the_hosts_own_python_runs_the_program(tmp_path: Path) -> None:
    assert interpreter_for(str(tmp_path), {}).executable == Path(sys.executable)
