"""Copies of images in the replica Region (playbook: the same artefact, wherever it runs)."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component


@dataclass(frozen=True, kw_only=True)
class ReplicationArgs:
    """Inputs of :class:`Replication`.

    Attributes:
        account_id: The registry's account.
        region: Where the copies are.
        repositories: What is copied; caches are not.
    """

    account_id: pulumi.Input[str]
    region: str
    repositories: Sequence[str]


class Replication(Component):
    """The one replication configuration of a registry: its own repositories, to one Region.

    An image is copied once it is pushed, one that was there before is not. Deleting it leaves the
    copies. Bills as storage in both Regions and as traffic between them.
    """

    region: str

    def __init__(
        self, name: str, args: ReplicationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        aws.ecr.ReplicationConfiguration(
            f"{name}-configuration",
            replication_configuration=aws.ecr.ReplicationConfigurationReplicationConfigurationArgs(
                rules=[
                    aws.ecr.ReplicationConfigurationReplicationConfigurationRuleArgs(
                        destinations=[
                            aws.ecr.ReplicationConfigurationReplicationConfigurationRuleDestinationArgs(
                                region=args.region, registry_id=args.account_id
                            )
                        ],
                        repository_filters=[
                            aws.ecr.ReplicationConfigurationReplicationConfigurationRuleRepositoryFilterArgs(
                                filter=repository, filter_type="PREFIX_MATCH"
                            )
                            for repository in sorted(args.repositories)
                        ],
                    )
                ]
            ),
            opts=self.child(),
        )
        self.finish(region=args.region)
