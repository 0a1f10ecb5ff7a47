"""Tables of charts as schemas."""

from collections.abc import Mapping

import pytest

from sandbox.charts import values
from sandbox.kubernetes import schemas

TABLE = {
    "replicas": "integer",
    "port": "integer|string",
    "labels": "strings",
    "ports": {"*": {"expose": "boolean"}},
    "tolerations": ["core.v1.Toleration"],
    "rules": "any",
}


def _problems(given: Mapping[str, object]) -> list[tuple[str, str]]:
    schema = schemas.named("chart/it", values.schema(TABLE))
    return schemas.refusals(schemas.compiled(schema), given)


def test_values_of_their_types_are_known() -> None:
    given: dict[str, object] = {
        "replicas": 2,
        "port": "http",
        "labels": {"a": "b"},
        "ports": {"web": {"expose": True}},
        "tolerations": [{"key": "a", "operator": "Exists"}],
        "rules": [{"what": "ever"}],
    }
    assert _problems(given) == []
    # Null deletes a chart's default (Helm docs, "Values Files").
    nothing = dict.fromkeys(given)
    assert _problems(nothing) == []


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"replica": 2}, "replica"),
        ({"replicas": "two"}, "replicas"),
        ({"port": True}, "port"),
        ({"labels": {"a": 1}}, "labels.a"),
        ({"ports": {"web": {"exposed": True}}}, "ports.web.exposed"),
        ({"tolerations": [{"kye": "a"}]}, "tolerations[0].kye"),
    ],
    ids=str,
)
def test_what_a_table_lacks_is_found_with_its_path(given: dict[str, object], path: str) -> None:
    ((where, _),) = _problems(given)
    assert where == path


def test_a_misspelt_type_is_an_error_of_the_table() -> None:
    with pytest.raises(ValueError, match="'int'"):
        values.schema({"a": "int"})


@pytest.mark.parametrize("chart", values.charts())
def test_every_table_is_one(chart: str) -> None:
    version = str((values.table(chart) or {})["version"])
    assert values.problems(chart, version, {}) == []
    assert values.problems(chart, f"v{version}", {"nonsense": 1}) == [("nonsense", "unknown field")]


def test_the_readme_names_every_chart_with_its_version() -> None:
    text = (values.HERE / "README.md").read_text()
    for chart in values.charts():
        assert f"| {chart} | {(values.table(chart) or {})['version']} |" in text
