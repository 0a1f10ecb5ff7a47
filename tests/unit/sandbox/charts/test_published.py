"""Tables and releases against charts as published: made here, as Helm unpacks them."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.charts import published, values

CHART = "karpenter-crd"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A chart and a table of it that agree."""
    known = {"version": "1.0.0", "values": {"a": {"b": "string"}, "cache": {"size": "integer"}}}
    monkeypatch.setattr(published, "charts", lambda: (CHART,))
    monkeypatch.setattr(published, "table", {CHART: known}.__getitem__)
    chart = tmp_path / "charts" / CHART
    (chart / "charts" / "cache").mkdir(parents=True)
    write(chart / "Chart.yaml", {"version": "1.0.0"})
    write(chart / "values.yaml", {"a": {"b": "", "other": 1}, "cache": {"enabled": True}})
    write(chart / "charts" / "cache" / "values.yaml", {"size": 1})
    return tmp_path / "charts"


def write(file: Path, content: object) -> None:
    file.write_text(yaml.safe_dump(content))


def found(folder: Path, **given: object) -> list[str]:
    release: dict[str, Any] = {"chart": CHART, "values": given}
    return list(published.findings(folder, [release]))


def test_what_agrees_is_silent_also_for_the_charts_that_a_chart_depends_on(folder: Path) -> None:
    assert found(folder, a={"b": "c"}) == []


def test_a_path_that_the_chart_does_not_have_is_found(folder: Path) -> None:
    write(folder / CHART / "values.yaml", {"a": {"bee": ""}, "cache": {}})
    assert found(folder) == [f"{CHART}: no value a.b"]


@pytest.mark.parametrize("text", ["a:\n  c: 1\n  # b: text\ncache: {}\n", "a: {}\ncache: {}\n"])
def test_an_optional_value_in_a_comment_and_an_empty_default_take_it(
    folder: Path, text: str
) -> None:
    (folder / CHART / "values.yaml").write_text(text)
    assert found(folder) == []


def test_a_value_that_only_the_schema_names_is_known(folder: Path) -> None:
    write(folder / CHART / "values.yaml", {"a": {"c": 1}, "cache": {}})
    inner = {"properties": {"b": {"type": "string"}}}
    schema = {"$defs": {"inner": inner}, "properties": {"a": {"$ref": "#/$defs/inner"}}}
    (folder / CHART / "values.schema.json").write_text(json.dumps(schema))
    assert found(folder, a={"b": "c"}) == []
    assert found(folder, a={"b": 1}) == [f"{CHART}: $.a.b: 1 is not of type 'string'"]


def test_another_version_and_a_chart_that_is_not_there_are_said(folder: Path) -> None:
    write(folder / CHART / "Chart.yaml", {"version": "2.0.0"})
    assert found(folder) == [f"{CHART}: got version 2.0.0, the table is of 1.0.0"]
    (folder / CHART / "Chart.yaml").unlink()
    assert found(folder) == [f"{CHART}: not in {folder}"]


def test_the_command_reads_releases_of_synth_documents(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = {"properties": {"a": {"properties": {"b": {"maxLength": 3}}}}}
    (folder / CHART / "values.schema.json").write_text(json.dumps(schema))
    given = {"a": {"b": {"secret": "hidden"}, "c": {"unknown": True}}}
    inputs = {"chart": f"oci://registry.example/{CHART}", "values": given}
    resources: list[dict[str, Any]] = [
        {"type": "kubernetes:helm.sh/v3:Release", "inputs": inputs},
        {"type": "kubernetes:core/v1:ConfigMap", "inputs": {"data": {}}},
    ]
    (tmp_path / "synth").mkdir()
    (tmp_path / "synth" / "staging.json").write_text(json.dumps({"resources": resources}))
    assert published.main([str(folder), str(tmp_path / "synth")]) == 1
    assert capsys.readouterr().out == f"{CHART}: $.a.b: 'hidden' is too long\n"


def test_the_tables_are_those_of_the_sandbox() -> None:
    assert published.charts() == values.charts()
