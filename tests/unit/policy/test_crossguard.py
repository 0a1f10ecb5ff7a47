"""The rules as the engine drives them: wire values in, diagnostics out."""

import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format, struct_pb2
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from policy.core.results import Enforcement
from policy.core.rule import Rule
from policy.crossguard import Analyzer, Stack
from policy.rules import RULES
from policy.rules.tenancy import REQUIRED_TAGS

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

    def __init__(self, stack: str = "staging", rules: tuple[Rule, ...] = RULES) -> None:
        self._analyzer = Analyzer(rules)
        configuration = {"superinc:organization": json.dumps(ORGANIZATION)}
        self._analyzer.configure_stack(
            analyzer_pb2.AnalyzerStackConfigureRequest(stack=stack, config=configuration)
        )

    def level(self, policy: str, level: analyzer_pb2.EnforcementLevel.ValueType) -> None:
        """What a configuration file of the pack may say of one policy."""
        levels = {
            rule.slug: analyzer_pb2.MANDATORY
            if rule.enforcement is Enforcement.MANDATORY
            else analyzer_pb2.ADVISORY
            for rule in RULES
        } | {policy: level}
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        for name, wanted in levels.items():  # The engine sends every policy's level.
            request.policyConfig[name].enforcementLevel = wanted
        self._analyzer.configure(request)

    def diagnostics(
        self, token: str, *, name: str = "thing", protect: bool = False, **props: object
    ) -> dict[str, analyzer_pb2.AnalyzeDiagnostic]:
        """Policy name → diagnostic of every violation of one resource."""
        request = analyzer_pb2.AnalyzeRequest(
            type=token,
            properties=_struct(props),
            urn=f"urn:pulumi:staging::superinc::{token}::{name}",
            name=name,
            options=analyzer_pb2.AnalyzerResourceOptions(protect=protect),
        )
        return {d.policyName: d for d in self._analyzer.analyze(request).diagnostics}

    def resource(self, token: str, *, protect: bool = False, **props: Any) -> dict[str, str]:  # noqa: ANN401 - any property
        """Policy name → message of every violation of one resource."""
        found = self.diagnostics(token, protect=protect, **props)
        return {name: item.message for name, item in found.items()}

    def stack(self, *resources: analyzer_pb2.AnalyzerResource) -> dict[str, str]:
        """Policy name → message of every violation of the whole stack."""
        request = analyzer_pb2.AnalyzeStackRequest(resources=resources)
        return {d.policyName: d.message for d in self._analyzer.analyze_stack(request).diagnostics}


def _struct(props: dict[str, object]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    json_format.ParseDict(props, struct)
    return struct


@pytest.fixture
def pack() -> Pack:
    return Pack()


def test_a_violation_carries_the_rule_the_remedy_and_the_property(pack: Pack) -> None:
    found = pack.resource(
        KEY, protect=True, deletionWindowInDays=7, enableKeyRotation=True, policy="{}"
    )
    assert "got 7 days, wanted 30" in found["kms-02"]
    assert "leave deletion_window_in_days at 30" in found["kms-02"]
    assert found.keys() == {"kms-02", "kms-06"}


def test_one_unknown_does_not_hide_the_other_violations(pack: Pack) -> None:
    found = pack.resource(KEY, policy=UNKNOWN_STRING_VALUE, enableKeyRotation=False)
    assert found.keys() == {"kms-01", "kms-03", "org-10"}


def test_providers_arrive_as_json_texts(pack: Pack) -> None:
    tags = {"tags": dict.fromkeys(REQUIRED_TAGS, "x")}
    good: dict[str, Any] = {
        "allowedAccountIds": '["222233334444"]',
        "defaultTags": json.dumps(tags),
    }
    token = "pulumi:providers:aws"
    assert pack.resource(token, name="staging", **good) == {}
    assert pack.resource(token, name="staging").keys() == {"org-06", "org-09"}


def test_an_unknown_inside_a_json_text_is_no_value(pack: Pack) -> None:
    ids = json.dumps([UNKNOWN_STRING_VALUE])
    found = pack.resource("pulumi:providers:aws", name="staging", allowedAccountIds=ids)
    assert "org-06" not in found


def test_a_rule_for_production_advises_elsewhere() -> None:
    zone: dict[str, Any] = {"forceDestroy": True}
    elsewhere = Pack("staging").diagnostics(ZONE, **zone)["dns-04"]
    production = Pack("production").diagnostics(ZONE, **zone)["dns-04"]
    assert elsewhere.enforcementLevel == analyzer_pb2.ADVISORY
    assert production.enforcementLevel == analyzer_pb2.MANDATORY


def test_a_diagnostic_says_how_grave_the_rule_is(pack: Pack) -> None:
    found = pack.diagnostics(KEY)["kms-03"]
    assert found.severity == analyzer_pb2.POLICY_SEVERITY_HIGH
    assert found.urn.endswith("::thing")


def test_the_pack_configuration_may_lower_or_disable_one_policy(pack: Pack) -> None:
    pack.level("kms-03", analyzer_pb2.ADVISORY)
    assert pack.diagnostics(KEY)["kms-03"].enforcementLevel == analyzer_pb2.ADVISORY
    assert pack.diagnostics(KEY)["kms-01"].enforcementLevel == analyzer_pb2.MANDATORY
    pack.level("kms-03", analyzer_pb2.DISABLED)
    assert "kms-03" not in pack.resource(KEY)
    assert "kms-01" in pack.resource(KEY)


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


def test_a_rule_that_breaks_is_a_violation_and_not_the_end_of_the_run() -> None:
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
    found = Pack(rules=(broken,)).resource(KEY)
    assert "the rule itself broke: ZeroDivisionError" in found["new-01"]


def test_a_waiver_silences_its_rule(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(
        "waivers: [{id: W-1, rule: KMS-03, urn: '*', owner: data, approved_by: security,"
        " reason: 'the key of a test that has no data', created: 2999-01-01, expires: 2999-02-01}]"
    )
    assert "kms-03" in Pack().resource(KEY)
    monkeypatch.setenv("PLATFORM_WAIVERS", str(waivers))
    assert "kms-03" not in Pack().resource(KEY)


def test_every_rule_is_a_policy_of_its_own_under_its_id() -> None:
    described = Analyzer().info(Empty()).policies
    assert [policy.name for policy in described] == [rule.slug for rule in RULES]
    kinds = {policy.name: policy.policy_type for policy in described}
    assert kinds["kms-01"] == analyzer_pb2.POLICY_TYPE_RESOURCE
    assert kinds["net-14"] == analyzer_pb2.POLICY_TYPE_STACK


def test_a_pack_without_a_stack_finds_it_in_its_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PULUMI_STACK", "production")
    config = {"superinc:organization": json.dumps(ORGANIZATION)}
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(config))
    assert Stack.of_environment().context.production
    request = analyzer_pb2.AnalyzeRequest(type=ZONE, urn="urn:zone", properties=_struct({}))
    found = {d.policyName: d for d in Analyzer().analyze(request).diagnostics}
    assert found["dns-04"].enforcementLevel == analyzer_pb2.MANDATORY


def test_one_conversion_serves_all_graph_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    from policy import crossguard

    converted: list[str] = []
    real = crossguard.properties

    def counted(struct: struct_pb2.Struct) -> object:
        converted.append("once")
        return real(struct)

    monkeypatch.setattr(crossguard, "properties", counted)
    Pack().stack(*(analyzer_pb2.AnalyzerResource(type=VPC, urn=f"urn:{n}") for n in range(3)))
    assert len(converted) == 3
