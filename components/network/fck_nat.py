"""A NAT instance (fck-nat) in place of NAT gateways, where cheap matters more than available."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component
from components.network.machine import (
    encrypted_disk,
    group_tags,
    launch_tags,
    metadata_options,
)
from components.network.nat_role import NatRole, NatRoleArgs
from components.network.vpc import ANYWHERE

EVERY_PROTOCOL = "-1"


@dataclass(frozen=True, kw_only=True)
class FckNatArgs:
    """Inputs of :class:`FckNat`.

    Attributes:
        vpc_id: The VPC.
        subnet_id: The public subnet it stands in.
        sources: The ranges of the private subnets it forwards for, by zone.
        image_id: The fck-nat image of the Region.
        instance_type: Its size.
        kms_key_arn: The account's key for EBS volumes.
        account_id: The account, for the ARN of its address.
        region: The Region, likewise.
        tags: The required tags, which launched instances do not inherit.
        session_policy: What its role needs for recorded sessions, where they are recorded.
        after: What must exist before it and go after it: the VPC with its internet gateway,
            and the public route.
    """

    vpc_id: pulumi.Input[str]
    subnet_id: pulumi.Input[str]
    sources: Mapping[str, str]
    image_id: str
    instance_type: str
    kms_key_arn: pulumi.Input[str]
    account_id: pulumi.Input[str]
    region: str
    tags: Mapping[str, str]
    session_policy: pulumi.Input[str] | None
    after: Sequence[pulumi.Resource]


class FckNat(Component):
    """One self-healing NAT instance behind a network interface that stays.

    Private routes point at the interface; an auto scaling group of one keeps an instance, which
    attaches it and takes the Elastic IP when it starts. A replacement, planned or not, is an
    outage of minutes (fck-nat, "Limitations"): never in production.
    Deleting it cuts off what it serves and releases its address.
    """

    network_interface_id: pulumi.Output[str]
    public_ips: list[pulumi.Output[str]]
    security_group_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: FckNatArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        group = self._security_group(name, args)
        address = aws.ec2.Eip(
            f"{name}-address",
            domain="vpc",
            tags={"Name": name},
            opts=self.child(depends_on=[*args.after]),
        )
        interface = aws.ec2.NetworkInterface(
            f"{name}-interface",
            description="Stays while NAT instances come and go",
            subnet_id=args.subnet_id,
            security_groups=[group.id],
            source_dest_check=False,
            tags={"Name": name},
            opts=self.child(),
        )
        role = NatRole(
            f"{name}-access",
            NatRoleArgs(
                machine_name=name,
                allocation_id=address.allocation_id,
                account_id=args.account_id,
                region=args.region,
                session_policy=args.session_policy,
            ),
            self.child(),
        )
        settings = pulumi.Output.all(interface.id, address.allocation_id).apply(
            lambda ids: _user_data(interface_id=ids[0], allocation_id=ids[1])
        )
        template = self._launch_template(name, args, group, role, settings)
        self._instances(name, args, template, role)
        self.finish(
            network_interface_id=interface.id,
            public_ips=[address.public_ip],
            security_group_id=group.id,
        )

    def _security_group(self, name: str, args: FckNatArgs) -> aws.ec2.SecurityGroup:
        group = aws.ec2.SecurityGroup(
            f"{name}-group",
            vpc_id=args.vpc_id,
            description="The NAT instance and its interface",
            tags={"Name": name},
            opts=self.child(),
        )
        for zone, source in args.sources.items():
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-ingress-{zone}",
                security_group_id=group.id,
                description="What private subnets send to the internet",
                ip_protocol=EVERY_PROTOCOL,
                cidr_ipv4=source,
                opts=self.child(),
            )
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-egress",
            security_group_id=group.id,
            description="Forwarded to the internet",
            ip_protocol=EVERY_PROTOCOL,
            cidr_ipv4=ANYWHERE,
            opts=self.child(),
        )
        return group

    def _launch_template(
        self,
        name: str,
        args: FckNatArgs,
        group: aws.ec2.SecurityGroup,
        role: NatRole,
        user_data: pulumi.Output[str],
    ) -> aws.ec2.LaunchTemplate:
        tags = {**args.tags, "Name": name}
        return aws.ec2.LaunchTemplate(
            f"{name}-template",
            image_id=args.image_id,
            instance_type=args.instance_type,
            update_default_version=True,
            iam_instance_profile={"arn": role.profile_arn},
            metadata_options=metadata_options(),
            network_interfaces=[
                {
                    "description": "Leads to the internet",
                    # It must reach the EC2 API once, to be given the Elastic IP.
                    "associate_public_ip_address": "true",
                    "delete_on_termination": "true",
                    "security_groups": [group.id],
                }
            ],
            block_device_mappings=[encrypted_disk(args.kms_key_arn)],
            tag_specifications=launch_tags(tags),
            user_data=user_data,
            tags={"Name": name},
            opts=self.child(),
        )

    def _instances(
        self, name: str, args: FckNatArgs, template: aws.ec2.LaunchTemplate, role: NatRole
    ) -> None:
        aws.autoscaling.Group(
            f"{name}-instances",
            min_size=1,
            max_size=1,
            desired_capacity=1,
            health_check_type="EC2",
            vpc_zone_identifiers=[args.subnet_id],
            launch_template={
                "id": template.id,
                "version": template.latest_version.apply(str),
            },
            instance_refresh={
                "strategy": "Rolling",
                # The interface can be attached to one instance at a time: the old one goes first.
                "preferences": {"min_healthy_percentage": 0},
            },
            tags=group_tags({**args.tags, "Name": name}),
            opts=self.child(depends_on=[role, *args.after]),
        )


def _user_data(*, interface_id: str, allocation_id: str) -> str:
    """The settings fck-nat reads when it starts (fck-nat, "Configuration")."""
    script = (
        "#!/bin/sh\n"
        f"printf 'eni_id={interface_id}\\neip_id={allocation_id}\\n' > /etc/fck-nat.conf\n"
        "service fck-nat restart\n"
    )
    return b64encode(script.encode()).decode()
