"""The jumphost: a machine that operators reach by Session Manager and nobody by the network."""

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
from components.network.nat_role import TRUST_POLICY

_SECONDS_A_DAY = 86_400


@dataclass(frozen=True, kw_only=True)
class JumphostArgs:
    """Inputs of :class:`Jumphost`.

    Attributes:
        subnet_ids: The private subnets it may stand in.
        security_group_id: The group of role ``jumphost``: no ingress at all.
        image: An image id, or ``resolve:ssm:`` and the name of a parameter with one.
        instance_type: Its size.
        lifetime_days: How long it lives before a fresh one replaces it.
        kms_key_arn: The account's key for EBS volumes.
        session_policy: What its role may do: be reached, and record it. Nothing else.
        tags: The required tags, which launched instances do not inherit.
        after: What it needs to be reached: the routes, the endpoints.
    """

    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    image: str
    instance_type: str
    lifetime_days: int
    kms_key_arn: pulumi.Input[str]
    session_policy: pulumi.Input[str]
    tags: Mapping[str, str]
    after: Sequence[pulumi.Resource]


class Jumphost(Component):
    """One small instance without key pair, public address or ingress (playbook SEC-05, SEC-06).

    Who may use it is said in IAM, by ``ssm:StartSession`` on its ``Name`` tag. A group of one
    keeps it in any zone that works, and replaces it at the end of its life with one of the
    newest image. Nothing is kept on it; deleting it ends the sessions through it.
    """

    role_arn: pulumi.Output[str]
    machine_name: str

    def __init__(
        self, name: str, args: JumphostArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        role = aws.iam.Role(
            f"{name}-role",
            description="The jumphost: be reached by Session Manager, and record it",
            assume_role_policy=TRUST_POLICY,
            opts=self.child(),
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy", role=role.id, policy=args.session_policy, opts=self.child()
        )
        profile = aws.iam.InstanceProfile(f"{name}-profile", role=role.name, opts=self.child())
        template = self._launch_template(name, args, profile)
        aws.autoscaling.Group(
            f"{name}-instances",
            min_size=1,
            max_size=1,
            desired_capacity=1,
            health_check_type="EC2",
            max_instance_lifetime=args.lifetime_days * _SECONDS_A_DAY,
            vpc_zone_identifiers=[*args.subnet_ids],
            launch_template={"id": template.id, "version": template.latest_version.apply(str)},
            # It holds nothing: the old one may go before the new one stands.
            instance_refresh={"strategy": "Rolling", "preferences": {"min_healthy_percentage": 0}},
            tags=group_tags({**args.tags, "Name": name}),
            opts=self.child(depends_on=[policy, *args.after]),
        )
        self.finish(role_arn=role.arn, machine_name=name)

    def _launch_template(
        self, name: str, args: JumphostArgs, profile: aws.iam.InstanceProfile
    ) -> aws.ec2.LaunchTemplate:
        return aws.ec2.LaunchTemplate(
            f"{name}-template",
            image_id=args.image,
            instance_type=args.instance_type,
            update_default_version=True,
            iam_instance_profile={"arn": profile.arn},
            metadata_options=metadata_options(),
            network_interfaces=[
                {
                    "associate_public_ip_address": "false",
                    "delete_on_termination": "true",
                    "security_groups": [args.security_group_id],
                }
            ],
            block_device_mappings=[encrypted_disk(args.kms_key_arn)],
            tag_specifications=launch_tags({**args.tags, "Name": name}),
            tags={"Name": name},
            opts=self.child(),
        )
