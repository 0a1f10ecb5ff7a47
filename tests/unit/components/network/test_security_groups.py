from collections.abc import Callable
from typing import Any

import pytest

from components.network.flows import FLOWS, PEER_FLOW, Flow, Outside, Role, flows_between
from tests.recording import Recorded, Recording

NetworkRecorder = Callable[..., Recording]

VPN = {"client_cidr": "10.200.0.0/22", "saml_metadata": "x" * 1000, "groups": ["operators"]}
MODES: dict[str, dict[str, Any]] = {
    "defaults": {},
    "hub": {"runs": {"cluster": False, "kafka": True}, "access": "none"},
    "everything": {
        "runs": {"kafka": True},
        "nat": "fck-nat",
        "fck_nat": {"image_id": "ami-0123456789abcdef0"},
        "access": "client-vpn",
        "client_vpn": VPN,
    },
    "isolated": {"nat": "none", "access": "none"},
    "peered": {"peers": ["shared"]},
}
every_mode = pytest.mark.parametrize("mode", MODES)


def groups_of(recording: Recording) -> dict[str, str]:
    """The role of every group by its id; the NAT instance's own is ``nat``."""
    return {
        one.id: one.inputs["tags"].get("role", "nat")
        for one in recording.of("securityGroup:SecurityGroup")
    }


def rules_of(recording: Recording, kind: str) -> list[Recorded]:
    return [one for one in recording.of(kind) if one.name.startswith("network-security-")]


def row(flow: Flow) -> tuple[str, str, str, int, int, str]:
    return (
        flow.source.value,
        flow.target.value,
        flow.protocol,
        flow.first_port,
        flow.last_port,
        flow.why,
    )


def said(rule: Recorded, near: str, far: str) -> tuple[str, str, str, int, int, str]:
    given = rule.inputs
    ports = (given["ipProtocol"], given["fromPort"], given["toPort"], given["description"])
    source, target = (far, near) if "Ingress" in rule.type else (near, far)
    return (source, target, *ports)


def far_end(recording: Recording, rule: Recorded) -> str:
    """What a rule names on its other end: a role, or what is outside."""
    given, groups = rule.inputs, groups_of(recording)
    targets = [given.get(k) for k in ("referencedSecurityGroupId", "prefixListId", "cidrIpv4")]
    (target,) = [one for one in targets if one is not None]
    lists = {
        recording.one("VpcEndpoint", f"network-endpoint-{service}").outputs["prefixListId"]: service
        for service in ("s3", "dynamodb")
    }
    return {**groups, **lists, "0.0.0.0/0": "internet"}[target]


@every_mode
def test_the_table_and_the_rules_are_one_to_one(network: NetworkRecorder, mode: str) -> None:
    recording = network(**MODES[mode])
    groups = groups_of(recording)
    ends: set[Role | Outside] = {Role(role) for role in groups.values()}
    ends |= {Outside.S3, Outside.DYNAMODB}
    ends |= set() if mode == "isolated" else {Outside.INTERNET}
    wanted = sorted(row(flow) for flow in flows_between(ends))
    found = {
        kind: sorted(
            said(rule, groups[rule.inputs["securityGroupId"]], far_end(recording, rule))
            for rule in rules_of(recording, kind)
        )
        for kind in ("SecurityGroupIngressRule", "SecurityGroupEgressRule")
    }
    assert wanted
    assert found["SecurityGroupEgressRule"] == wanted
    roles = {role.value for role in Role}
    assert found["SecurityGroupIngressRule"] == [one for one in wanted if one[1] in roles]


def test_every_row_of_the_table_is_made_somewhere(network: NetworkRecorder) -> None:
    made: set[str] = set()
    for values in (MODES["everything"], {"runs": {"kafka": True}}):
        made |= network(**values).names("SecurityGroupEgressRule")
    wanted = {
        f"network-security-{flow.source}-to-{flow.target}-{flow.protocol}-{flow.port}"
        for flow in FLOWS
    }
    assert wanted <= made


@every_mode
def test_nothing_is_open_to_the_world(network: NetworkRecorder, mode: str) -> None:
    recording = network(**MODES[mode])
    for rule in recording.of("SecurityGroupIngressRule"):
        assert rule.inputs.get("cidrIpv4", "10.").startswith("10."), rule.name
        assert "cidrIpv6" not in rule.inputs


@every_mode
def test_no_role_may_send_everything_everywhere(network: NetworkRecorder, mode: str) -> None:
    recording = network(**MODES[mode])
    for rule in rules_of(recording, "SecurityGroupEgressRule"):
        assert rule.inputs["ipProtocol"] in ("tcp", "udp"), rule.name
        if rule.inputs.get("cidrIpv4") == "0.0.0.0/0":
            assert (rule.inputs["fromPort"], rule.inputs["toPort"]) == (443, 443)


@every_mode
def test_groups_have_no_rules_inline(network: NetworkRecorder, mode: str) -> None:
    for group in network(**MODES[mode]).of("securityGroup:SecurityGroup"):
        assert not {"ingress", "egress"} & group.inputs.keys(), group.name
        assert group.inputs["description"]


def test_a_load_balancer_lets_in_nobody_until_the_edge_says_whom(network: NetworkRecorder) -> None:
    recording = network()
    group = recording.exports["security_group_ids"]["load-balancer"]
    ingress = recording.of("SecurityGroupIngressRule")
    assert not [one for one in ingress if one.inputs["securityGroupId"] == group]
    egress = recording.of("SecurityGroupEgressRule")
    assert [one.name for one in egress if one.inputs["securityGroupId"] == group] == [
        "network-security-load-balancer-to-application-tcp-8000-8099"
    ]


@pytest.mark.parametrize(
    ("mode", "roles"),
    [
        (
            "defaults",
            {
                *("application", "cache", "control-plane", "database"),
                *("endpoint", "jumphost", "load-balancer", "node"),
            },
        ),
        ("hub", {"cache", "connector", "database", "endpoint", "kafka", "load-balancer"}),
        ("everything", {role.value for role in Role} - {"jumphost", "nat"}),
    ],
)
def test_groups_are_published_by_role(network: NetworkRecorder, mode: str, roles: set[str]) -> None:
    recording = network(**MODES[mode])
    published = recording.exports["security_group_ids"]
    assert published.keys() == roles
    for role, group in published.items():
        assert group == recording.one("SecurityGroup", f"network-security-{role}").id


def test_a_role_without_a_place_has_no_group(network: NetworkRecorder) -> None:
    tiers = {"database": False, "elasticache": False}
    recording = network(tiers=tiers, endpoints={"interface": "none"})
    absent = {"database", "cache", "endpoint"}
    assert not absent & recording.exports["security_group_ids"].keys()
    assert not [
        one
        for one in recording.of("SecurityGroupEgressRule")
        if any(f"-to-{role}-" in one.name for role in absent)
    ]


def test_gateway_endpoints_are_named_by_their_own_prefix_lists(network: NetworkRecorder) -> None:
    recording = network(**MODES["isolated"])
    rule = recording.one("SecurityGroupEgressRule", "network-security-application-to-s3-tcp-443")
    endpoint = recording.one("VpcEndpoint", "network-endpoint-s3")
    assert rule.inputs["prefixListId"] == endpoint.outputs["prefixListId"]
    assert "cidrIpv4" not in rule.inputs


def test_a_peers_flow_is_not_in_the_table() -> None:
    assert row(PEER_FLOW) not in {row(flow) for flow in FLOWS}
