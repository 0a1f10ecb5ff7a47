"""What autoscalers read, both ways."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.eks.platform_settings import MetricsConfig
from tests.unit.components.eks.platform_ground import platform, values

EXTERNAL = {"metrics": {"external_metrics": True, "prometheus": "https://metrics.monitoring.svc"}}


def charts(config: dict[str, Any] | None = None) -> set[str]:
    return {one.inputs["name"] for one in platform(config).of("Release")}


def test_the_metrics_server_is_always_there() -> None:
    assert "metrics-server" in charts()
    assert "prometheus-adapter" not in charts()


def test_the_adapter_is_there_when_external_metrics_are_wanted() -> None:
    assert {"metrics-server", "prometheus-adapter"} <= charts(EXTERNAL)
    found = values(platform(EXTERNAL), "prometheus-adapter")
    assert found["prometheus"] == {"url": "https://metrics.monitoring.svc", "port": 443}


def test_the_adapter_leaves_cpu_and_memory_to_the_metrics_server() -> None:
    rules = values(platform(EXTERNAL), "prometheus-adapter")["rules"]
    assert rules["default"] is False
    assert "resource" not in rules
    assert len(rules["external"]) == 1


def test_the_api_server_reaches_both_on_the_kubelets_port() -> None:
    recording = platform(EXTERNAL)
    assert values(recording, "metrics-server")["containerPort"] == 10250
    assert values(recording, "prometheus-adapter")["listenPort"] == 10250


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError, match="pattern"):
        MetricsConfig(prometheus="prometheus:9090")
