"""What the pages tell people to write is accepted."""

import re
from typing import Any, cast

import pytest
import yaml

from components.workloads.contract import WorkloadsConfig
from tests.recording import ROOT

PAGES = ("docs/layers/workloads.md", "docs/start/first-application.md")
BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


def configs(page: str) -> list[dict[str, Any]]:
    blocks = BLOCK.findall((ROOT / page).read_text("utf-8"))
    parsed = [cast("dict[str, Any]", yaml.safe_load(block)) for block in blocks]
    layers = [one.get("config", {}).get("superinc:workloads", one) for one in parsed]
    return [one for one in layers if "namespaces" in one]


@pytest.mark.parametrize("page", PAGES)
def test_a_config_on_a_page_is_accepted_and_no_longer_than_promised(page: str) -> None:
    (found,) = configs(page)
    assert WorkloadsConfig.model_validate(found).applications
    assert len(yaml.safe_dump(found).splitlines()) < 50


def test_the_first_application_fits_in_fifteen_lines() -> None:
    page = (ROOT / PAGES[1]).read_text("utf-8")
    (block,) = [one for one in BLOCK.findall(page) if "applications:" in one]
    assert len(block.splitlines()) <= 15
