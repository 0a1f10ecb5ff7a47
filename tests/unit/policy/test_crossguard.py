"""The rules through CrossGuard's own servicer: wire values in, diagnostics out."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer  # pyright: ignore[reportPrivateUsage] - the only faithful way to drive a pack without an engine
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from policy import crossguard
from policy.core.rule import Rule
from policy.rules import RULES
from policy.rules.organization import REQUIRED_TAGS

ORGANIZATION = {
    "domain": "example.com",
    "regions": {"home": "eu-central-1", "replica": "eu-west-1"},
    "accounts": {
        "management": {"kind": "management", "id": "111122223333"},
        "staging": {"kind": "workload", "environment": "staging"},
        "production": {"kind": "workload", "environment": "production"},
    },
}
KEY = "aws:kms/key:Key"
ZONE = "aws:route53/zone:Zone"
VPC = "aws:ec2/vpc:Vpc"


class Pack:
    """The pack as the engine talks to it."""

    def __init__(self) -> None:
        self._servicer: Any = _PolicyAnalyzerServicer(
            "superinc", "0.0.1", crossguard.policies(), EnforcementLevel.MANDATORY
        )

    def resource(
        self, token: str, *, name: str = "thing", protect: bool = False, **props: object
    ) -> dict[str, str]:
        """Policy name → message of every violation of one resource."""
        request = analyzer_pb2.AnalyzeRequest(
            type=token,
            properties=_struct(props),
            urn=f"urn:pulumi:staging::superinc::{token}::{name}",
            name=name,
            options=analyzer_pb2.AnalyzerResourceOptions(protect=protect),
        )
        return _violations(self._servicer.Analyze(request, None))

    def stack(self, *resources: analyzer_pb2.AnalyzerResource) -> dict[str, str]:
        """Policy name → message of every violation of the whole stack."""
        request = analyzer_pb2.AnalyzeStackRequest(resources=resources)
        return _violations(self._servicer.AnalyzeStack(request, None))


def _struct(props: dict[str, object]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    json_format.ParseDict(props, struct)
    return struct


def _violations(response: analyzer_pb2.AnalyzeResponse) -> dict[str, str]:
    return {item.policyName: item.message for item in response.diagnostics}


@pytest.fixture
def pack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pack]:
    crossguard.forget()
    monkeypatch.setattr(pulumi, "get_stack", lambda: "staging")
    pulumi.runtime.set_config("superinc:organization", json.dumps(ORGANIZATION))
    yield Pack()
    crossguard.forget()


def test_a_violation_carries_the_rule_the_remedy_and_the_property(pack: Pack) -> None:
    found = pack.resource(KEY, protect=True, deletionWindowInDays=7, enableKeyRotation=True)
    assert list(found) == ["kms-02"]
    assert "got 7 days, wanted 30" in found["kms-02"]
    assert "leave deletion_window_in_days at 30" in found["kms-02"]


def test_one_unknown_does_not_hide_the_other_violations(pack: Pack) -> None:
    found = pack.resource(KEY, policy=UNKNOWN_STRING_VALUE, enableKeyRotation=False)
    assert found.keys() == {"kms-01", "kms-03"}


def test_providers_arrive_as_json_texts(pack: Pack) -> None:
    tags = {"tags": dict.fromkeys(REQUIRED_TAGS, "x")}
    good: dict[str, Any] = {
        "allowedAccountIds": '["222233334444"]',
        "defaultTags": json.dumps(tags),
    }
    token = "pulumi:providers:aws"
    assert pack.resource(token, name="staging", **good) == {}
    assert pack.resource(token, name="staging").keys() == {"org-06", "org-09"}


def test_a_rule_for_production_is_silent_elsewhere(
    pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "dns-04" not in pack.resource(ZONE)
    monkeypatch.setattr(pulumi, "get_stack", lambda: "production")
    assert "dns-04" in pack.resource(ZONE)


def test_graph_rules_join_by_dependencies(pack: Pack) -> None:
    vpc = analyzer_pb2.AnalyzerResource(type=VPC, urn="urn:vpc", name="vpc")
    group = analyzer_pb2.AnalyzerResource(
        type="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        urn="urn:group",
        name="group",
        properties=_struct({"vpcId": UNKNOWN_STRING_VALUE}),
    )
    assert "net-14" in pack.stack(vpc)
    group.propertyDependencies["vpcId"].urns.append("urn:vpc")
    assert "net-14" not in pack.stack(vpc, group)


def test_a_rule_that_breaks_is_a_violation_and_not_the_end_of_the_run(
    pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> list[Any]:
        raise ZeroDivisionError

    broken = Rule(
        id="NEW-01",
        title="broken",
        severity=RULES[0].severity,
        remedy="mend the rule",
        types=(KEY,),
        resource=breaks,
    )
    monkeypatch.setattr(crossguard, "RULES", (broken,))
    assert "the rule itself broke: ZeroDivisionError" in Pack().resource(KEY)["new-01"]


def test_a_waiver_silences_its_rule(
    pack: Pack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(
        "waivers: [{id: W-1, rule: KMS-03, urn: '*', owner: data, approved_by: security,"
        " reason: 'the key of a test that has no data', created: 2999-01-01, expires: 2999-02-01}]"
    )
    assert "kms-03" in pack.resource(KEY, enableKeyRotation=True)
    crossguard.forget()
    monkeypatch.setenv("PLATFORM_WAIVERS", str(waivers))
    assert "kms-03" not in pack.resource(KEY, enableKeyRotation=True)


def test_every_rule_is_registered_once_under_its_id() -> None:
    assert sorted(p.name for p in crossguard.policies()) == sorted(r.slug for r in RULES)
