"""The controller may keep targets and make no load balancer."""

from tests.access import Request, decide
from tests.unit.components.eks.platform_ground import (
    ACCOUNT_ID,
    REGION,
    TARGET_GROUP_ARN,
    platform,
    values,
)

CHART = "aws-load-balancer-controller"
REGIONAL = {"aws:RequestedRegion": REGION}
ELB = "elasticloadbalancing"
CASES = {
    "put pods into our target group": (f"{ELB}:RegisterTargets", TARGET_GROUP_ARN, True),
    "take them out": (f"{ELB}:DeregisterTargets", TARGET_GROUP_ARN, True),
    "put pods into another": (
        f"{ELB}:RegisterTargets",
        TARGET_GROUP_ARN.replace("/pods/", "/others/"),
        False,
    ),
    "look": (f"{ELB}:DescribeTargetHealth", "*", True),
    "make a load balancer": (
        f"{ELB}:CreateLoadBalancer",
        f"arn:aws:{ELB}:{REGION}:{ACCOUNT_ID}:loadbalancer/app/x/1",
        False,
    ),
    "open a security group": (
        "ec2:AuthorizeSecurityGroupIngress",
        f"arn:aws:ec2:{REGION}:{ACCOUNT_ID}:security-group/sg-1",
        False,
    ),
}


def test_its_role_keeps_our_targets_and_nothing_else() -> None:
    policy = platform().one("rolePolicy:RolePolicy", "eks-targets-controller-permissions")
    decisions = decide(
        [
            Request(
                principal=f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/controller/pod",
                action=action,
                resource=resource,
                account=ACCOUNT_ID,
                context=REGIONAL,
                identity=[policy.policy("policy")],
            )
            for action, resource, _ in CASES.values()
        ]
    )
    assert dict(zip(CASES, decisions, strict=True)) == {
        name: "Allowed" if allowed else "ImplicitlyDenied" for name, (*_, allowed) in CASES.items()
    }


def test_it_refuses_no_service_while_it_is_down() -> None:
    assert values(platform(), CHART)["enableServiceMutatorWebhook"] is False


def test_it_is_told_what_it_cannot_ask_the_metadata_service() -> None:
    found = values(platform(), CHART)
    assert (found["region"], found["vpcId"]) == (REGION, "vpc-0123456789abcdef0")


def test_it_serves_neither_ingress_nor_gateways_nor_services() -> None:
    found = values(platform(), CHART)
    assert found["createIngressClassResource"] is False
    assert found["ingressClassParams"] == {"create": False}
    gates = found["controllerConfig"]["featureGates"]
    assert {"ALBGatewayAPI", "NLBGatewayAPI", "EnableServiceController"} <= gates.keys()
    assert not any(gates.values())


def test_without_target_groups_there_is_no_controller() -> None:
    recording = platform(edge=False)
    assert "eks-targets-chart" not in recording.names("Release")
    assert recording.of("TargetGroupBinding") == []
