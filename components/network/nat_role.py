"""The role of a NAT instance: attach one interface, take one address, be reached by SSM."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.network.session_policy import agent_statement
from components.statements import allow, document

TRUST_POLICY = document(
    [allow("Instances", ["sts:AssumeRole"], principal={"Service": "ec2.amazonaws.com"})]
)


@dataclass(frozen=True, kw_only=True)
class NatRoleArgs:
    """Inputs of :class:`NatRole`.

    Attributes:
        machine_name: The ``Name`` tag of the instance and its interfaces. The permissions hang
            on it: with another tag the interface is never attached, and nothing gets out.
        allocation_id: The Elastic IP it takes.
        account_id: The account, for the ARN of its address.
        region: The Region, likewise.
        session_policy: What recorded sessions need besides, where they are recorded.
    """

    machine_name: str
    allocation_id: pulumi.Input[str]
    account_id: pulumi.Input[str]
    region: str
    session_policy: pulumi.Input[str] | None


class NatRole(Component):
    """An instance profile whose role may do what fck-nat does when it starts, and no more.

    Deleting it leaves a running instance running and the next one unable to take over.
    """

    profile_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: NatRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        role = aws.iam.Role(
            f"{name}-role",
            description="A NAT instance",
            assume_role_policy=TRUST_POLICY,
            opts=self.child(),
        )
        permissions = pulumi.Output.all(args.account_id, args.allocation_id).apply(
            lambda ids: start_policy(
                machine_name=args.machine_name,
                region=args.region,
                account_id=ids[0],
                allocation_id=ids[1],
            )
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy", role=role.id, policy=permissions, opts=self.child()
        )
        if args.session_policy is not None:
            aws.iam.RolePolicy(
                f"{name}-sessions", role=role.id, policy=args.session_policy, opts=self.child()
            )
        profile = aws.iam.InstanceProfile(
            f"{name}-profile", role=role.name, opts=self.child(depends_on=[policy])
        )
        self.finish(profile_arn=profile.arn)


def start_policy(*, machine_name: str, region: str, account_id: str, allocation_id: str) -> str:
    """The calls of fck-nat's start script, and Session Manager's (its User Guide, minimum role)."""
    ec2 = f"arn:aws:ec2:{region}:{account_id}"
    addressing = ["ec2:AssociateAddress", "ec2:DisassociateAddress"]
    return document(
        [
            allow(
                "TakeInterface",
                ["ec2:AttachNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute"],
                [f"{ec2}:instance/*", f"{ec2}:network-interface/*"],
                condition={"StringEquals": {"ec2:ResourceTag/Name": machine_name}},
            ),
            allow("TakeAddress", addressing, [f"{ec2}:elastic-ip/{allocation_id}"]),
            allow(
                "AddressOwnInterface",
                addressing,
                [f"{ec2}:network-interface/*"],
                condition={"StringEquals": {"ec2:ResourceTag/Name": machine_name}},
            ),
            agent_statement(),
        ]
    )
