"""What the page of the first application tells to write is accepted where it tells to write it."""

import yaml

from components.delivery.contract import DeliveryConfig
from components.workloads.contract import WorkloadsConfig
from tests.engine.extension import joined, of_page
from tests.recording import ROOT

LAYERS = {"superinc:delivery": DeliveryConfig, "superinc:workloads": WorkloadsConfig}


def test_the_lines_of_the_page_are_accepted_below_those_that_are_there() -> None:
    seen: set[str] = set()
    for file, lines in of_page().items():
        config = joined(yaml.safe_load((ROOT / file).read_text("utf-8"))["config"], lines)
        for layer in lines:
            LAYERS[layer].model_validate(config[layer])
            seen.add(layer)
    assert seen == LAYERS.keys()
