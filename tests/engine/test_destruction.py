"""That an order of deletion that is wrong, or only chance, is seen."""

import json
from pathlib import Path
from typing import Any

from tests.engine.destruction import deletions, rule, unordered, violations

RULE = rule("*:NodePool *", "*:Release *", "machines live on")
POOL, CHART, KUBERNETES = "karpenter.sh/v1:NodePool", "helm.sh/v3:Release", "kubernetes"


def urn(kind: str, name: str) -> str:
    return f"urn:pulumi:staging::superinc::{KUBERNETES}:{kind}::{name}"


def events(file: Path, *steps: tuple[str, str, str]) -> Path:
    lines = [
        {
            "event": "ResourceEvent",
            "phase": phase,
            "urn": urn(kind, name),
            "type": f"{KUBERNETES}:{kind}",
            "operation": "delete",
        }
        for phase, kind, name in steps
    ]
    file.write_text("\n".join(map(json.dumps, [{"event": "Summary"}, *lines])))
    return file


def test_what_begins_before_the_other_has_gone_is_told_with_its_reason(tmp_path: Path) -> None:
    began, gone = ("started", POOL, "spot"), ("done", POOL, "spot")
    then = [("started", CHART, "karpenter"), ("done", CHART, "karpenter")]
    right = deletions(events(tmp_path / "right", began, gone, *then))
    assert violations(right, [RULE]) == []
    (told,) = violations(deletions(events(tmp_path / "wrong", began, *then, gone)), [RULE])
    assert told.endswith("spot had gone: machines live on")
    (told,) = violations(right[:1], [RULE])
    assert told.startswith("nothing is told by")


def test_an_order_without_dependencies_is_told() -> None:
    def resource(kind: str, name: str, **more: object) -> dict[str, Any]:
        return {"urn": urn(kind, name), "type": f"{KUBERNETES}:{kind}", "custom": True, **more}

    chart, middle = resource(CHART, "karpenter"), resource("core/v1:Secret", "between")
    loose = resource(POOL, "spot")
    (told,) = unordered([chart, loose], [RULE])
    assert told == f"{KUBERNETES}:{POOL} spot does not depend on {KUBERNETES}:{CHART} karpenter"
    ways = [{"propertyDependencies": {"a": [middle["urn"]]}}, {"parent": middle["urn"]}]
    ways.append({"provider": f"{middle['urn']}::id"})
    middle["dependencies"] = [chart["urn"]]
    for way in ways:
        assert unordered([chart, middle, {**loose, **way}], [RULE]) == []
