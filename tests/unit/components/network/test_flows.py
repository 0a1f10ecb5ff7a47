import re
from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components.network.contract import NetworkConfig
from components.network.flows import (
    DESCRIPTIONS,
    FLOWS,
    PEER_FLOW,
    Flow,
    Outside,
    Role,
    flows_between,
)
from tests.recording import ROOT

RULES_PER_GROUP = 60
"""Per direction (Amazon VPC quotas)."""

WIDEST_RANGE = 100

DESCRIPTION = re.compile(r"^[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}$")
"""What EC2 takes (API reference, CreateSecurityGroup and SecurityGroupRuleRequest)."""

every_end = st.sets(st.sampled_from([*Role, *Outside]))


def flags(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: st.booleans() for name in names})


def choices(*values: object) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


configs: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "runs": flags("cluster", "kafka"),
        "tiers": flags("database", "elasticache"),
        "nat": choices("single", "per-az", "fck-nat", "none"),
        "access": choices("jumphost", "client-vpn", "none"),
        "endpoints": choices(
            *({"interface": one} for one in ("default", "full", ["ssm", "ssmmessages"]))
        ),
    }
)


def config(values: dict[str, Any]) -> NetworkConfig:
    given: dict[str, Any] = {"cidr": "10.48.0.0/16", **values}
    if values["nat"] == "fck-nat":
        given["fck_nat"] = {"image_id": "ami-0123456789abcdef0"}
    if values["access"] == "client-vpn":
        vpn = {"client_cidr": "10.200.0.0/22", "saml_metadata": "x" * 1000, "groups": ["g"]}
        given["client_vpn"] = vpn
    return NetworkConfig.model_validate(given)


def width(flow: Flow) -> int:
    return flow.last_port - flow.first_port + 1


def sources_of(target: Role) -> set[Role]:
    return {flow.source for flow in FLOWS if flow.target is target}


def test_every_row_is_there_once() -> None:
    rows = Counter((flow.source, flow.target, flow.protocol, flow.port) for flow in FLOWS)
    assert max(rows.values()) == 1


def test_every_row_says_why_in_words_that_ec2_takes() -> None:
    for text in (*(flow.why for flow in FLOWS), *DESCRIPTIONS.values()):
        assert DESCRIPTION.match(text), text


def test_every_role_but_the_nats_own_is_described() -> None:
    assert DESCRIPTIONS.keys() == set(Role) - {Role.NAT}


def test_databases_are_reached_by_applications_operators_and_their_proxy_alone() -> None:
    assert sources_of(Role.DATABASE) == {
        Role.APPLICATION,
        Role.DATABASE,
        Role.JUMPHOST,
        Role.VPN,
    }
    assert {flow.port for flow in FLOWS if flow.target is Role.DATABASE} == {"5432"}


def test_nothing_in_the_network_connects_to_operators_or_to_load_balancers() -> None:
    for role in (Role.JUMPHOST, Role.VPN, Role.LOAD_BALANCER, Role.NAT):
        assert sources_of(role) == set()


def test_what_keeps_data_opens_no_connection_to_anything_else() -> None:
    for role in (Role.DATABASE, Role.CACHE, Role.KAFKA, Role.ENDPOINT):
        assert {flow.target for flow in FLOWS if flow.source is role} <= {role}


def test_the_internet_is_reached_by_https_and_only_by_those_who_need_it() -> None:
    out = [flow for flow in FLOWS if flow.target is Outside.INTERNET]
    assert {flow.source for flow in out} == {Role.APPLICATION, Role.JUMPHOST, Role.NODE}
    assert {(flow.protocol, flow.port) for flow in out} == {("tcp", "443")}


def test_only_pods_among_themselves_have_a_wide_range_of_ports() -> None:
    wide = {(flow.source, flow.target) for flow in FLOWS if width(flow) > WIDEST_RANGE}
    assert wide == {(Role.APPLICATION, Role.APPLICATION)}


@given(every_end)
def test_a_network_has_the_rows_whose_two_ends_it_has(ends: set[Role | Outside]) -> None:
    found = flows_between(ends)
    assert all(flow.source in ends and flow.target in ends for flow in found)
    left = set(FLOWS) - set(found)
    assert not [flow for flow in left if flow.source in ends and flow.target in ends]


@given(configs)
def test_every_end_of_a_flow_is_in_the_network(values: dict[str, Any]) -> None:
    made = config(values)
    own = {*made.roles()}
    if values["nat"] == "fck-nat":
        own.add(Role.NAT)
    for flow in made.flows():
        assert flow.source in own
        assert flow.target in own or isinstance(flow.target, Outside)


@given(configs)
def test_without_nat_nothing_leaves_for_the_internet(values: dict[str, Any]) -> None:
    out = [flow for flow in config(values).flows() if flow.target is Outside.INTERNET]
    if values["nat"] == "none":
        assert out == []
    elif values["runs"]["cluster"]:
        assert Role.APPLICATION in {flow.source for flow in out}


@given(configs)
def test_every_role_that_runs_programs_reaches_the_endpoints(values: dict[str, Any]) -> None:
    made = config(values)
    callers = {flow.source for flow in made.flows() if flow.target is Role.ENDPOINT}
    programs = {Role.APPLICATION, Role.CONNECTOR, Role.JUMPHOST, Role.NODE, Role.VPN}
    assert programs & {*made.roles()} <= callers


@given(configs)
def test_no_group_has_more_rules_than_aws_allows(values: dict[str, Any]) -> None:
    flows = config(values).flows()
    for end in (Counter(flow.source for flow in flows), Counter(flow.target for flow in flows)):
        assert max(end.values(), default=0) < RULES_PER_GROUP


def test_the_page_shows_the_table_as_it_is() -> None:
    page = (ROOT / "docs" / "layers" / "network.md").read_text()
    shown = page.partition("<!-- flows -->")[2].partition("<!-- /flows -->")[0].splitlines()[3:]
    rows = [
        f"| {one.source} | {one.target} | {one.protocol} {one.port} | {one.why} |" for one in FLOWS
    ]
    peer = PEER_FLOW
    rows.append(
        f"| {peer.source} of the hub | {peer.target} | {peer.protocol} {peer.port} | {peer.why} |"
    )
    assert shown == rows
